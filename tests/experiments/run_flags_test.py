"""Tests of the command line: wrong flags answer at once, in one line."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def run(*arguments, cwd=ROOT, timeout=60):
    """(exit status, standard output, standard error) of experiments.run."""
    done = subprocess.run(
        [sys.executable, "-m", "experiments.run", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=timeout,
    )
    return done.returncode, done.stdout, done.stderr


def refused(*arguments):
    """Standard error of a command line that must be refused before training.

    TensorFlow takes seconds to import, and says so on standard error.
    """
    status, output, errors = run(*arguments)
    assert status == 1
    assert "Traceback" not in errors
    assert output == ""
    assert len(errors.splitlines()) <= 2
    return errors


HELP = """
import runpy, sys
sys.argv = ["experiments.run", "--helpshort"]
try:
    runpy.run_module("experiments.run", run_name="__main__")
finally:
    print("TensorFlow:", "tensorflow" in sys.modules)
"""


def test_help_answers_without_tensorflow():
    # Its import takes seconds.
    done = subprocess.run(
        [sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True
    )
    output = done.stdout + done.stderr
    assert "--method" in output and "--alpha" in output
    for name in ("digits", "cifar10", "imagenet2012", "mr", "imdb_reviews"):
        assert name in output
    for name in ("image_folder", "preact_resnet18", "sentence_cnn"):
        assert name in output
    assert done.stdout.splitlines()[-1] == "TensorFlow: False"


def test_an_unknown_flag_gets_a_suggestion():
    assert "Did you mean: alpha" in refused("--alphaa=0.3", "--method=mixup")


def test_an_unknown_flag_in_a_flagfile_is_refused(tmp_path):
    path = tmp_path / "x.flags"
    path.write_text("--method=mixup\n--alpha=0.3\n--epoch=3\n")
    assert "epoch" in refused(f"--flagfile={path}")


def test_a_missing_flagfile_is_named_with_the_directory_it_is_relative_to():
    message = refused("--flagfile=experiments/flags/none.flags")
    assert "experiments/flags/none.flags" in message and str(ROOT) in message


def test_a_line_without_dashes_is_named(tmp_path):
    path = tmp_path / "x.flags"
    path.write_text("alpha=0.3\n")
    message = refused(f"--flagfile={path}")
    assert "'alpha=0.3'" in message and "start with --" in message


@pytest.mark.parametrize("value", ["-0.1", "nan", "inf", "high"])
def test_a_bad_alpha_is_refused(value):
    assert "--alpha" in refused("--method=mixup", f"--alpha={value}")


@pytest.mark.parametrize(
    "flag",
    [
        "--batch_size=0",
        "--epochs=-1",
        "--num_bins=0",
        "--learning_rate=0",
        "--learning_rate=nan",
        "--weight_decay=-1",
        "--width=0",
        "--train_examples=0",
        "--model=alexnet",
        "--protocol=generous",
    ],
)
def test_a_value_out_of_range_is_refused(flag):
    assert flag.split("=")[0].lstrip("-") in refused(flag)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--method=mixup"], "needs --alpha"),
        (["--method=erl"], "needs --kappa"),
        (["--method=label_smoothing"], "needs --epsilon"),
        (["--alpha=0.3"], "--alpha does nothing with --method=baseline"),
        (
            ["--method=mixup", "--alpha=0.3", "--kappa=1"],
            "--kappa does nothing",
        ),
        (["--method=erl", "--kappa=1", "--per_example"], "--per_example goes"),
        (["--model=resnet18", "--dropout=0.3"], "--dropout goes"),
    ],
)
def test_a_flag_of_another_method_is_refused(arguments, named):
    assert named in refused(*arguments)
