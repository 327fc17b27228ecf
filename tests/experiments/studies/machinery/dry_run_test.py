"""Tests of experiments.studies.machinery.dry_run."""

import json

from experiments.run_directory import RunDirectory
from experiments.studies.catalog import STUDIES
from experiments.studies.machinery import dry_run
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import plan

LINE = Line("Digits", "baseline", ("--dataset=digits", "--width=2"))


def planned(root, seeds, *arguments):
    return plan([LINE], seeds, ("--epochs=4", *arguments), root, {})


def finish(run, seconds):
    directory = RunDirectory(run.directory)
    directory.claim(run.settings.written())
    directory.write_record({"seconds": seconds})
    record = json.loads((run.directory / "record.json").read_text())
    assert record["seconds"] == seconds


def test_a_plan_without_experience_says_so(tmp_path):
    text = dry_run.describe(planned(tmp_path, [0, 1]), jobs=1)
    assert text.count("to do, time unknown") == 2
    assert "2 runs, 0 finished" in text and "2 runs unlike any" in text


def test_the_cost_is_that_of_finished_runs_of_the_kind(tmp_path):
    runs = planned(tmp_path, [0, 1, 2])
    finish(runs[0], seconds=240.0)
    text = dry_run.describe(runs, jobs=2)
    assert text.count("to do, 4.0 min") == 2
    assert text.endswith("Left: about 4.0 min with --jobs=2.")


def test_a_fresh_checkout_has_the_estimates_of_the_flagfiles(tmp_path):
    lines = STUDIES["figure2"].lines("full")[:2]
    runs = plan(lines, [0], (), tmp_path, {})
    text = dry_run.describe(runs, jobs=2)
    # STL-10 with VGG-16, twice.
    assert text.count("to do, about 30.0 min on one A100") == 2
    assert text.endswith(
        "Left: about 1.0 h on one A100, as the flagfiles estimate it."
    )


def test_the_commands_can_be_copied(tmp_path):
    (run,) = planned(tmp_path, [0])
    text = dry_run.describe([run], jobs=1)
    command = text.splitlines()[1].strip()
    assert command == (
        "python -m experiments.run --dataset=digits --width=2 --epochs=4 "
        f"--seed=0 --run_dir={run.directory}"
    )


def test_a_run_of_two_lines_is_counted_once(tmp_path):
    runs = planned(tmp_path, [0])
    assert "1 runs, 0 finished" in dry_run.describe([*runs, *runs], jobs=1)
