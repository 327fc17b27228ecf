"""Tests of experiments.studies.results."""

import numpy as np
import pytest

from experiments.studies.results import Results
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
    with pytest.raises(FileNotFoundError, match="record.json"):
        Results([run], "made up")


@pytest.mark.parametrize(
    ("protocol", "said"), [("honest", "on validation"), ("paper", "same split")]
)
def test_the_choice_of_the_epoch_is_said(tmp_path, protocol, said):
    (run,) = make_runs(tmp_path, {"baseline": 1.0}, seeds=[0])
    run.settings["protocol"] = protocol
    assert said in Results([run], "made up").selection
