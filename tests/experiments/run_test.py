"""Tests of whole runs, as a user starts them."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver
from PIL import Image

from experiments import run as program
from experiments import run_report
from experiments.run_checks import ALPHA_BOUNDS
from tests import reference

ROOT = pathlib.Path(__file__).parents[2]
SMALL = [
    "--noaugment",
    "--epochs=2",
    "--train_examples=64",
    "--validation_examples=60",
    "--test_examples=60",
    "--batch_size=16",
    "--width=2",
]


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.run", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def run(*arguments):
    process = start(*arguments)
    output, errors = process.communicate(timeout=300)
    return process.returncode, output, errors


def run_here(*arguments):
    """The exit status of a run in this process, which saves the imports."""
    with flagsaver.flagsaver():
        try:
            program.main(program.COMMAND.parse(["run", *map(str, arguments)]))
        except SystemExit as ending:
            return ending.code
        finally:
            flags.FLAGS.unparse_flags()
            keras.config.set_floatx("float32")
            keras.config.set_dtype_policy("float32")
    return 0


def weights(path):
    import h5py

    found = {}
    with h5py.File(path / "best.weights.h5") as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    return found


def assert_same_run(first, second):
    for name, value in weights(first).items():
        np.testing.assert_array_equal(value, weights(second)[name], name)
    for split in ("validation", "test"):
        a, b = (np.load(path / f"{split}.npz") for path in (first, second))
        np.testing.assert_array_equal(a["logits"], b["logits"])
    tables = [pd.read_csv(path / "history.csv") for path in (first, second)]
    pd.testing.assert_frame_equal(*tables)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "baseline"
    status, output, errors = run(*SMALL, f"--run_dir={path}")
    assert status == 0, errors
    return path, output, errors


def test_the_run_directory_holds_all_that_a_later_analysis_needs(baseline):
    path, output, errors = baseline
    assert {
        "best.weights.h5",
        "flags.txt",
        "history.csv",
        "record.json",
        "reliability.png",
        "report.csv",
        "report.md",
        "report.png",
        "settings.json",
        "test.npz",
        "validation.npz",
    } <= set(os.listdir(path))
    assert len(pd.read_csv(path / "history.csv")) == 2
    with Image.open(path / "reliability.png") as picture:
        assert min(picture.size) > 300
    assert "--width=2" in (path / "flags.txt").read_text()
    assert "accuracy" in output and "ece" in output
    page = (path / "report.md").read_text()
    assert run_report.on_terminal(page) in output
    report = pd.read_csv(path / "report.csv", index_col=0)
    record = json.loads((path / "record.json").read_text())
    assert report.loc["ece_15", "value"] == pytest.approx(
        record["metrics"]["test"]["ece"], abs=1e-9
    )
    assert "cuInit" not in errors and "oneDNN" not in errors


def test_the_record_equals_what_its_logits_say(baseline):
    path, _, _ = baseline
    record = json.loads((path / "record.json").read_text())
    for split in ("validation", "test"):
        saved = np.load(path / f"{split}.npz")
        # The record is of the float32 confidences: their edges are float32.
        logits = saved["logits"]
        probabilities = reference.softmax(logits)
        confidence, correct = reference.winners(saved["labels"], probabilities)
        sums = reference.bins(confidence.astype(np.float32), correct, 15)
        metrics = record["metrics"][split]
        assert metrics["accuracy"] == pytest.approx(np.mean(correct), abs=1e-12)
        for name, score in (
            ("ece", reference.expected_calibration_error),
            ("oe", reference.overconfidence_error),
        ):
            assert metrics[name] == pytest.approx(score(*sums), abs=1e-6)
        np.testing.assert_array_equal(record["bins"][split]["count"], sums[0])
    assert record["examples"] == {"train": 64, "validation": 60, "test": 60}
    assert record["settings"]["seed"] == 0
    assert record["versions"]["tensorflow"]


def test_tensorboard_holds_the_bins_of_the_record_to_the_last_digit(baseline):
    path, _, _ = baseline
    record = json.loads((path / "record.json").read_text())
    (events,) = (path / "calibration").iterdir()
    (table,) = [
        tf.make_ndarray(value.tensor)
        for event in tf.compat.v1.train.summary_iterator(str(events))
        for value in event.summary.value
        if value.tag == "validation" and event.step == record["best_epoch"]
    ]
    for row, name in ((2, "count"), (3, "confidence"), (4, "correct")):
        np.testing.assert_array_equal(
            table[row], record["bins"]["validation"][name]
        )


def test_a_finished_run_is_left_alone(baseline):
    path, _, _ = baseline
    before = (path / "record.json").stat().st_mtime_ns
    status, output, _ = run(*SMALL, f"--run_dir={path}")
    assert status == 0 and "Already complete" in output
    assert (path / "record.json").stat().st_mtime_ns == before


def test_another_run_in_its_directory_is_refused(baseline):
    path, _, _ = baseline
    status, _, errors = run(*SMALL, "--seed=1", f"--run_dir={path}")
    assert status == 1 and "--seed: 0 there, 1 here" in errors


def test_alpha_zero_is_the_baseline_bit_for_bit(baseline, tmp_path):
    mixup = ["--method=mixup", "--alpha=0", f"--run_dir={tmp_path / 'run'}"]
    assert run_here(*SMALL, *mixup) == 0
    assert_same_run(baseline[0], tmp_path / "run")


LONG = [
    *SMALL[1:],
    "--epochs=6",
    "--model=vgg16",
    "--dropout=0.3",
    "--method=mixup",
    "--alpha=0.5",
    "--per_example",
]


def end_after_first_epoch(path, sent):
    """Starts a run, ends it after its first backup; its exit status."""
    process = start(*LONG, f"--run_dir={path}")
    deadline = time.monotonic() + 240
    while not (path / "backup" / "epoch-000001").exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)
    assert not (path / "record.json").exists()
    return process.returncode, errors


def test_a_killed_run_goes_on_to_the_end_of_an_unbroken_one(tmp_path, capsys):
    killed, unbroken = tmp_path / "killed", tmp_path / "unbroken"
    status, _ = end_after_first_epoch(killed, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert run_here(*LONG, f"--run_dir={killed}") == 0
    assert "Goes on from the last backup" in capsys.readouterr().out
    assert run_here(*LONG, f"--run_dir={unbroken}") == 0
    assert_same_run(killed, unbroken)


@pytest.mark.parametrize(
    ("sent", "status"),
    [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)],
)
def test_a_signal_ends_a_run_with_its_status(tmp_path, sent, status):
    # Shells show the first one as 143.
    ended, errors = end_after_first_epoch(tmp_path / "run", sent)
    assert ended == status
    if sent == signal.SIGINT:
        assert "same command goes on" in errors and "Traceback" not in errors


def test_a_diverging_run_ends_with_status_2_and_keeps_its_backup(tmp_path):
    path = tmp_path / "run"
    status, _, errors = run(
        *SMALL, "--weight_decay=0", "--learning_rate=1e30", f"--run_dir={path}"
    )
    assert status == 2
    assert "Lower the learning rate" in errors and "Traceback" not in errors
    assert not (path / "record.json").exists()


def test_missing_data_end_in_one_message_with_the_remedy(tmp_path):
    start_time = time.monotonic()
    status, _, errors = run(
        "--flagfile=experiments/stl10_vgg16_mixup.flags",
        f"--run_dir={tmp_path / 'run'}",
    )
    assert time.monotonic() - start_time < 60
    assert status == 1 and "Traceback" not in errors
    assert "stl10" in errors and "tools/stage_dataset stl10" in errors


def test_alpha_is_adapted_on_examples_of_its_own(tmp_path):
    path = tmp_path / "run"
    mixup = ["--method=mixup", "--alpha=0.5", "--adaptive_alpha"]
    assert run_here(*SMALL, *mixup, "--epochs=4", f"--run_dir={path}") == 0
    record = json.loads((path / "record.json").read_text())
    whole = record["data"]["validation"]["examples"]
    examples = record["examples"]
    assert examples["adaptation"] == whole // 2
    assert examples["adaptation"] + examples["validation"] == whole
    with np.load(path / "validation.npz") as saved:
        assert len(saved["labels"]) == examples["validation"]
    alphas = pd.read_csv(path / "history.csv")["alpha"]
    assert alphas[0] == 0.5 and alphas.nunique() > 1
    assert alphas.between(*ALPHA_BOUNDS).all()
    assert "mixup, alpha 0.5 at first, adapted" in (
        path / "report.md"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--method=feature_mixup", "--alpha=0.4"],
        [
            "--method=manifold_mixup",
            "--alpha=2",
            "--model=preact_resnet18",
            "--dropout=0",
        ],
        ["--method=label_smoothing", "--epsilon=0.1"],
        ["--method=erl", "--kappa=0.1"],
        ["--protocol=paper"],
        ["--precision=mixed_bfloat16", "--jit_compile=true"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_method_and_option_trains(arguments, tmp_path, capsys):
    assert run_here(*SMALL, *arguments, f"--run_dir={tmp_path / 'run'}") == 0
    paper = "--protocol=paper" in arguments
    assert ("chosen on the test split" in capsys.readouterr().out) == paper
