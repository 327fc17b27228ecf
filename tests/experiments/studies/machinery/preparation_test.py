"""Tests of experiments.studies.machinery.preparation."""

import json
import shutil

import pytest

from experiments.run_directory import RunDirectory
from experiments.run_identity import identity_of
from experiments.studies.catalog import STUDIES
from experiments.studies.machinery import preparation
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import plan
from tests.datasets.files import class_folders
from tfmixup.datasets import open_examples

LINES = (
    Line("Pets", "baseline", ("--dataset=pets",)),
    Line("Pets", "label smoothing", ("--dataset=pets", "--epochs=3")),
    Line("Digits", "baseline", ("--dataset=digits",)),
)


@pytest.mark.parametrize(
    ("name", "scale", "names"),
    [
        ("figure4", "smoke", ["glove", "imdb_reviews", "mr", "trec"]),
        ("figure2", "smoke", ["fashion_mnist"]),
        (
            "figure2",
            "full",
            ["cifar10", "cifar100", "fashion_mnist", "stl10"],
        ),
        ("table1", "cpu", ["cifar10", "unseen"]),
        ("figure8", "full", ["stl10", "unseen"]),
        ("figure5", "full", []),
    ],
)
def test_the_names_of_data_are_those_that_runs_read(name, scale, names):
    assert preparation.data_names(STUDIES[name], scale) == names


def test_lines_are_chosen_by_words_of_their_names():
    assert preparation.choose(LINES, []) == LINES
    assert preparation.choose(LINES, ["BASE"]) == (LINES[0], LINES[2])
    chosen = preparation.choose(LINES, ["digits", "smoothing"])
    assert chosen == LINES[1:]
    with pytest.raises(ValueError, match="--only=trec is in none of:") as error:
        preparation.choose(LINES, ["digits", "trec"])
    assert "\n  Pets: label smoothing" in str(error.value)


@pytest.fixture
def pets(tmp_path):
    for split in ("train", "test"):
        class_folders(tmp_path / "pets" / split, ["cat", "dog"], 12)
    return tmp_path / "pets"


def planned(root, **folders):
    return plan(LINES, [0], (), root / "runs", folders)


def test_all_data_are_opened_once_and_counted(pets, tmp_path, capsys):
    runs = planned(tmp_path, pets=pets)
    assert preparation.check(runs) == (runs, {})
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "pets: 22 train, 2 validation, 24 test examples.",
        "digits: 1,078 train, 360 validation, 359 test examples.",
    ]
    assert not (tmp_path / "runs").exists()


def test_runs_whose_data_are_missing_leave_the_others_alone(tmp_path, capsys):
    runs = planned(tmp_path)
    usable, problems = preparation.check(runs)
    assert usable == [runs[2]]
    assert set(problems) == {runs[0].directory, runs[1].directory}
    assert all("pets" in reason for reason in problems.values())
    assert "pets: not there" in capsys.readouterr().out


def finish(run, data):
    directory = RunDirectory(run.directory)
    directory.claim(run.settings.written(), data)
    directory.write_record({"settings": run.settings.written(), "data": data})


def test_a_run_on_other_data_is_named(pets, tmp_path):
    runs = planned(tmp_path, pets=pets)
    data = identity_of(
        {
            split: open_examples("pets", split, pets)
            for split in ("train", "validation", "test")
        },
        {},
    )
    finish(runs[0], data)
    assert preparation.check(runs) == (runs, {})
    # Data that are not there are no other data.
    usable, problems = preparation.check(planned(tmp_path))
    assert runs[0].directory not in problems
    assert runs[0].directory in [run.directory for run in usable]
    assert runs[1].directory in problems
    (pets / "test" / "dog" / "003.png").unlink()
    usable, problems = preparation.check(planned(tmp_path, pets=pets))
    assert list(problems) == [runs[0].directory]
    assert "test examples: 24 there, 23 here" in problems[runs[0].directory]
    shutil.rmtree(runs[0].directory)
    assert preparation.check(runs) == (runs, {})


def test_a_directory_of_other_flags_is_named(tmp_path, pets):
    runs = planned(tmp_path, pets=pets)
    finish(runs[1], None)
    path = runs[1].directory / "settings.json"
    settings = json.loads(path.read_text())
    settings.pop("sha256", None)
    path.write_text(json.dumps({**settings, "batch_size": 7}))
    usable, problems = preparation.check(runs)
    assert "--batch_size: 7 there" in problems[runs[1].directory]
    assert usable == [runs[0], runs[2]]
