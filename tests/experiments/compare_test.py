"""Tests of experiments.compare; comparing_test.py has what it says."""

import pathlib
import subprocess
import sys

from tests.experiments.comparison.comparing_test import MIXUP
from tests.experiments.comparison.comparing_test import write_run

ROOT = pathlib.Path(__file__).parents[2]


def compare(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "experiments.compare", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )


def test_runs_are_put_side_by_side_without_tensorflow(tmp_path):
    first, *_ = write_run(tmp_path / "a", ())
    second, *_ = write_run(tmp_path / "b", MIXUP, sharpness=3.0)
    folder = tmp_path / "out"
    done = subprocess.run(
        [
            *[sys.executable, "-X", "importtime", "-m", "experiments.compare"],
            *[str(first), str(second), f"--output_dir={folder}"],
        ],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    page = (folder / "comparison.md").read_text(encoding="utf-8")
    assert page.strip() in done.stdout
    for file in ("comparison.csv", "comparison.png", "comparison.svg"):
        assert str(folder / file) in done.stdout
    assert "tensorflow" not in done.stderr and "keras" not in done.stderr


def test_a_mistake_is_one_sentence_and_status_1(tmp_path):
    first, *_ = write_run(tmp_path / "a", ())
    for arguments, said in (
        ([], "two or more runs. Received: none"),
        ([first], f"two or more runs. Received: {first}"),
        ([first, tmp_path], "holds no finished run"),
        ([first, first], "have the same settings"),
        ([first, first, "--bins=3"], "Unknown command line flag 'bins'"),
    ):
        done = compare(*arguments, f"--output_dir={tmp_path / 'out'}")
        assert done.returncode == 1 and said in done.stderr
        assert "Traceback" not in done.stderr and not done.stdout
    assert not (tmp_path / "out").exists()
