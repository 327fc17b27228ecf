"""Tests of experiments.studies.machinery.runner."""

import threading
import time

import pytest

from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError
from experiments.studies.machinery import runner
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import plan

TINY = (
    "--dataset=digits",
    "--width=2",
    "--noaugment",
    "--epochs=1",
    "--batch_size=16",
    "--train_examples=32",
    "--validation_examples=20",
    "--test_examples=20",
)


def planned(root, *arguments, seeds=(0,), method="baseline"):
    line = Line("Digits", method, (*TINY, *arguments))
    return plan([line], seeds, (), root, {})


def test_runs_are_made_once_and_found_again(tmp_path, capfd):
    runs = planned(tmp_path, seeds=(0, 1))
    assert [runner.state_of(run) for run in runs] == ["to do", "to do"]
    # The same run under another name is still one run.
    runner.make([*runs, *planned(tmp_path, method="again")], jobs=2)
    assert [runner.state_of(run) for run in runs] == ["finished", "finished"]
    assert "[2/2]" in capfd.readouterr().out
    before = [
        (run.directory / "record.json").stat().st_mtime_ns for run in runs
    ]
    runner.make(runs, jobs=2)
    assert before == [
        (run.directory / "record.json").stat().st_mtime_ns for run in runs
    ]


def test_a_failed_run_is_named_with_its_last_words_and_stops_no_other(tmp_path):
    bad = planned(tmp_path, "--weight_decay=0", "--learning_rate=1e30")
    good = planned(tmp_path, seeds=(1,))
    failed = runner.make([*bad, *good], jobs=1)
    assert list(failed) == [bad[0].directory]
    said = failed[bad[0].directory]
    assert "exit status 2" in said and "Lower the learning" in said
    assert runner.state_of(good[0]) == "finished"


def test_the_directory_of_other_flags_is_refused_before_anything(tmp_path):
    (run,) = planned(tmp_path)
    directory = RunDirectory(run.directory)
    directory.claim({**run.settings.written(), "batch_size": 7})
    (run.directory / "best.weights.h5").touch()
    with pytest.raises(RunDirectoryError, match="--batch_size: 7 there"):
        runner.make([run])


def test_a_run_that_another_process_holds_is_waited_for(tmp_path):
    (run,) = planned(tmp_path)
    directory = RunDirectory(run.directory)
    directory.claim(run.settings.written())
    made = threading.Thread(target=runner.make, args=([run],))
    with directory.locked():
        made.start()
        time.sleep(1)
        assert not (run.directory / "run.log").exists()
        # What the other process finishes is not made again.
        directory.write_record({"by": "another"})
    made.join(timeout=60)
    assert not made.is_alive()
    assert directory.read_record()["by"] == "another"
