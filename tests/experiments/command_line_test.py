"""Tests of experiments.command_line, alone and by way of the commands."""

import pathlib
import subprocess
import sys

import pytest

from experiments.command_line import moved

ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = sorted(
    path.stem
    for path in (ROOT / "experiments").glob("*.py")
    if "__main__" in path.read_text(encoding="utf-8")
)
OLD = "experiments/cifar10_preact_resnet18_mixup.flags"
NEW = "experiments/flags/cifar10/preact/resnet18_mixup.flags"


def refused(command, *arguments):
    """What a command says of a wrong command line, on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", f"experiments.{command}", *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert done.returncode == 1 and done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_old_path_is_answered_with_the_new_one(command):
    said = refused(command, f"--flagfile={OLD}")
    assert said == f"experiments.{command}: {OLD} is now {NEW}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_flag_is_one_line(command):
    said = refused(command, "--nonsense=1")
    assert said.startswith(f"experiments.{command}: Unknown command line flag")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("command", sorted({*COMMANDS} - {"compare"}))
def test_what_is_no_flag_is_refused(command):
    said = refused(command, "mixup")
    assert "flags start with --. Received: 'mixup'" in said


def test_an_old_path_in_a_flagfile_is_answered_too(tmp_path):
    path = tmp_path / "own.flags"
    path.write_text(f"--flagfile={OLD}\n", encoding="utf-8")
    said = refused("run", f"--flagfile={path}")
    assert said == f"experiments.run: {OLD} is now {NEW}\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("experiments/smoke.flags", "experiments/flags/smoke.flags"),
        (
            "experiments/scale_cpu_short.flags",
            "experiments/flags/scale/cpu_short.flags",
        ),
        (
            "./experiments/cifar10_vgg16_mixup_0.4.flags",
            "experiments/flags/cifar10/vgg16_mixup_0.4.flags",
        ),
        (
            f"{ROOT}/experiments/mr_sentence_cnn.flags",
            f"{ROOT}/experiments/flags/mr/sentence_cnn.flags",
        ),
        ("experiments/none.flags", None),
        ("/nowhere/smoke.flags", None),
    ],
)
def test_where_a_flagfile_lies_now(old, new, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert moved(old) == (new and pathlib.Path(new))
