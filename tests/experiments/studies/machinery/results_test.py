"""Tests of experiments.studies.machinery.results."""

import dataclasses
import shutil

import numpy as np
import pytest

from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError
from experiments.studies.machinery.results import Results
from experiments.studies.machinery.results import sound
from tests.experiments.studies.fake_runs import make_runs


def test_runs_are_found_by_line_in_the_order_of_seeds(tmp_path):
    runs = make_runs(tmp_path, {"baseline": 1.0, "mixup": 2.0})
    results = Results(runs, "made up")
    assert [line.method for line in results.lines] == ["baseline", "mixup"]
    mixup = results.lines[1]
    assert [run.seed for run in results.of(mixup)] == [0, 1, 2]
    values = results.values(mixup, "ece")
    for value, run in zip(values, results.of(mixup), strict=True):
        assert value == results.record(run)["metrics"]["test"]["ece"]
        assert value == pytest.approx(
            results.report(run).loc["ece_15", "value"], abs=1e-6
        )


def test_bins_and_predictions_are_of_the_same_examples(tmp_path):
    (run,) = make_runs(tmp_path, {"baseline": 1.0}, seeds=[0])
    results = Results([run], "made up")
    logits, labels = results.predictions(run)
    assert results.bins(run).count.sum() == len(logits) == len(labels)
    by_epoch = results.epoch_bins(run)
    assert list(by_epoch) == [0, 1, 2]
    assert by_epoch[1].count.sum() == len(logits)
    np.testing.assert_array_equal(by_epoch[0].correct, by_epoch[2].correct)


def test_a_run_that_is_not_finished_is_no_result(tmp_path):
    (run,) = make_runs(tmp_path, {"baseline": 1.0}, seeds=[0])
    (run.directory / "record.json").unlink()
    with pytest.raises(RunDirectoryError, match="record.json"):
        Results([run], "made up")


@pytest.mark.parametrize(
    ("protocol", "said"), [("honest", "on validation"), ("paper", "same split")]
)
def test_the_choice_of_the_epoch_is_said(tmp_path, protocol, said):
    (run,) = make_runs(tmp_path, {"baseline": 1.0}, seeds=[0])
    settings = dataclasses.replace(run.settings, protocol=protocol)
    run = run._replace(settings=settings)
    assert said in Results([run], "made up").selection


def test_differences_are_of_the_seeds_that_both_have(tmp_path):
    runs = make_runs(tmp_path, {"baseline": 1.0, "mixup": 2.0})
    # Seed 0 of one and seed 2 of the other are missing.
    runs = [run for run in runs if (run.line.method, run.seed) != ("mixup", 0)]
    runs = [
        run for run in runs if (run.line.method, run.seed) != ("baseline", 2)
    ]
    results = Results(runs, "made up")
    baseline, mixup = results.lines
    (difference,) = results.differences(mixup, baseline, "ece")
    assert difference == (
        results.values(mixup, "ece")[0] - results.values(baseline, "ece")[1]
    )
    (last,) = results.differences(mixup, baseline, "ece", "last")
    assert last == difference


@pytest.mark.parametrize(
    "file",
    [
        "record.json",
        "validation.npz",
        "test.npz",
        "report.csv",
        "history.csv",
        "bins.csv",
    ],
)
@pytest.mark.parametrize("damage", ["cut", "emptied", "removed", "exchanged"])
def test_a_damaged_run_is_named_and_the_others_are_kept(tmp_path, file, damage):
    runs = make_runs(tmp_path, {"baseline": 1.0, "mixup": 3.0}, seeds=(0,))
    good, bad = runs
    assert sound(runs) == (runs, {})
    path = bad.directory / file
    content = path.read_bytes()
    if damage == "removed":
        path.unlink()
    elif damage == "exchanged":
        path.write_bytes(b"\0" * len(content))
    else:
        # The half of a table would be a shorter table: its last line is cut.
        path.write_bytes(content[: 10 if damage == "cut" else 0])
    found, damaged = sound(runs)
    assert found == [good] and list(damaged) == [bad.directory]
    assert str(path.parent) in damaged[bad.directory]
    assert file in damaged[bad.directory]


def test_a_byte_that_is_another_is_noticed(tmp_path):
    (run,) = make_runs(tmp_path, {"baseline": 1.0}, seeds=(0,))
    directory = RunDirectory(run.directory)
    directory.write_record(directory.read_record())
    assert sound([run]) == ([run], {})
    path = run.directory / "report.csv"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"7", b"8"))
    found, damaged = sound([run])
    assert not found and f"{path} is damaged" in damaged[run.directory]


def test_the_record_of_another_run_is_noticed(tmp_path):
    sharp, flat = make_runs(tmp_path, {"a": 3.0, "b": 1.0}, seeds=(0,))
    other = make_runs(tmp_path / "other", {"a": 1.0}, seeds=(5,))[0]
    shutil.copy(other.directory / "record.json", sharp.directory)
    found, damaged = sound([sharp, flat])
    assert found == [flat]
    assert "is not of this run" in damaged[sharp.directory]
