"""Tests of experiments.export_run, as a user starts it.

What it does is tested in exporting_test.py.
"""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--saved_model=x"], "--run_dir is required"),
        (["--run_dir=/nowhere"], "--saved_model is required"),
        (
            ["--run_dir=/nowhere", "--saved_model=x"],
            "--run_dir=/nowhere: /nowhere holds no finished run",
        ),
        (["--run_dirr=x"], "Unknown command line flag 'run_dirr'"),
        (["x"], "flags start with --"),
    ],
)
def test_a_wrong_flag_answers_in_one_line(arguments, message):
    done = subprocess.run(
        [sys.executable, "-m", "experiments.export_run", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1 and message in done.stderr
    assert "Traceback" not in done.stderr
    assert "tensorflow" not in done.stderr


def test_what_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "record.json").write_text("{}")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "experiments.export_run",
            f"--run_dir={tmp_path}",
            f"--saved_model={tmp_path}",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1 and "exists already" in done.stderr
