"""Tests of experiments.evaluate_ood, as a user starts it.

In processes of its own: it defines flags that another program defines too.
"""

import pathlib
import subprocess
import sys

import pandas as pd
import pytest

from tests.experiments.ood import ood_made

ROOT = pathlib.Path(__file__).parents[2]


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "experiments.evaluate_ood", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.returncode, done.stdout, done.stderr


def arguments(tmp_path, **changes):
    given = {
        "saved_model": f"m={tmp_path}",
        "in_data": "digits",
        "out": "uniform",
        "output_dir": tmp_path / "out",
        **changes,
    }
    return [f"--{name}={value}" for name, value in given.items()]


def test_a_model_made_without_this_package_is_evaluated(tmp_path):
    path = ood_made.foreign(tmp_path / "theirs")
    data = ood_made.npz(tmp_path / "colors.npz")
    status, output, errors = run(
        *arguments(tmp_path, saved_model=f"theirs={path}", in_data=data),
        "--out=gaussian",
    )
    assert status == 0, errors
    for line in errors.splitlines():
        assert "Error" not in line and "Traceback" not in line
    table = pd.read_csv(tmp_path / "out" / "detection.csv")
    assert set(table["out"]) == {"uniform", "gaussian"}
    assert set(table["method"]) == {"theirs", "theirs + temperature"}
    assert "| theirs |" in output and "fpr95_in" in output


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"saved_model": "path"}, "--saved_model must be NAME=PATH"),
        ({"saved_model": "m=/nowhere"}, "there is no directory /nowhere"),
        ({"in_data": ""}, "--in_data is required"),
        ({"temperature": "warm"}, "--temperature must be"),
        ({"temperature": "-1"}, "--temperature must be"),
        ({"temperature": "nan"}, "--temperature must be"),
        ({"exclude": "path"}, "--exclude must be NAME=CLASS,CLASS"),
        ({"hull": "1,far"}, "--hull must be distances"),
        ({"hull": "nan"}, "--hull must be distances"),
        ({"passes": -1}, "passes"),
        ({"limitt": 3}, "Unknown command line flag 'limitt'"),
    ],
)
def test_a_wrong_flag_answers_in_one_line(tmp_path, changes, message):
    status, _, errors = run(*arguments(tmp_path, **changes))
    assert status == 1 and message in errors
    assert "Traceback" not in errors and "tensorflow" not in errors
