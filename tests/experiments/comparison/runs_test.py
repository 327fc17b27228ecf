"""Tests of experiments.comparison.runs, by way of a comparison."""

import numpy as np
import pytest

from experiments.comparison import comparing
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError
from tests.experiments.comparison.comparing_test import BASELINE
from tests.experiments.comparison.comparing_test import MIXUP
from tests.experiments.comparison.comparing_test import write_run


def test_other_test_examples_are_refused(tmp_path):
    first, _, labels = write_run(tmp_path / "a", BASELINE)
    test = {"examples": 400, "labels": "0a", "pixels": "2c"}
    data = {"train": {"examples": 9}, "test": test}
    second, *_ = write_run(tmp_path / "b", MIXUP, data=data)
    with pytest.raises(RunDirectoryError, match="test pixels: others") as error:
        comparing.compare([first, second])
    assert str(first) in str(error.value) and str(second) in str(error.value)
    # Runs without digests have their labels.
    old, logits, _ = write_run(tmp_path / "c", MIXUP, data={"train": None})
    assert len(comparing.compare([first, old]).groups) == 2
    np.savez(old / "test.npz", logits=logits, labels=np.roll(labels, 1))
    directory = RunDirectory(old)
    directory.write_record(directory.read_record())
    with pytest.raises(RunDirectoryError, match="test labels: others"):
        comparing.compare([first, old])


def test_groups_are_named_by_what_tells_them_apart(tmp_path):
    test = {"examples": 400, "labels": "0a", "pixels": "1b"}
    more = {"train": {"examples": 99}, "test": test}
    paths = [
        write_run(tmp_path / "a", BASELINE)[0],
        write_run(tmp_path / "b", ("--width=8",))[0],
        write_run(tmp_path / "c", (*MIXUP, "--per_example"))[0],
        write_run(tmp_path / "d", BASELINE, data=more)[0],
    ]
    names = list(comparing.compare(paths[:3]).groups)
    assert names == [
        "baseline, width None",
        "baseline, width 8",
        "mixup, alpha 0.3 (for each example), width None",
    ]
    names = list(comparing.compare(paths[::3]).groups)
    assert len(names) == 2
    assert all(name.startswith("baseline, training data ") for name in names)


def test_a_run_that_stands_there_twice_is_refused(tmp_path):
    first, *_ = write_run(tmp_path / "a", BASELINE)
    second, *_ = write_run(tmp_path / "b", BASELINE)
    with pytest.raises(RunDirectoryError, match="same settings, data and seed"):
        comparing.compare([first, second])


def test_damage_is_named(tmp_path):
    first, *_ = write_run(tmp_path / "a", BASELINE)
    second, *_ = write_run(tmp_path / "b", MIXUP)
    with pytest.raises(RunDirectoryError, match="holds no finished run"):
        comparing.compare([first, tmp_path / "none"])
    (second / "test.npz").write_bytes(b"")
    with pytest.raises(RunDirectoryError, match="test.npz is damaged"):
        comparing.compare([first, second])
