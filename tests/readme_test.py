"""The examples of the README run as they stand."""

import json
import pathlib
import re
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from experiments import run_settings
from tests.datasets.files import class_folders
from tests.experiments.run_test import run_here
from tests.experiments.texts_test import own_sentences

README = pathlib.Path(__file__).parents[1] / "README.md"


def python_blocks():
    text = README.read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_a_stage_of_ones_own_mixes_strips_and_their_labels():
    (block,) = [each for each in python_blocks() if "(Stage)" in each]
    images = np.full([500, 4, 10, 1], np.arange(500)[:, None, None, None] % 10)
    images = images.astype(np.uint8)
    labels = images[:, 0, 0, 0].astype(np.int64)
    names = {"train": tf.data.Dataset.from_tensor_slices((images, labels))}
    exec(block, names)  # noqa: S102
    batches = list(names["train"])
    assert [len(labels) for _, labels in batches] == [128, 128, 128, 116]
    mixed = 0
    for features, soft in batches:
        # The label is the share of the columns that each class has.
        share = tf.one_hot(features[:, 0, :, 0], 10).numpy().mean(1)
        np.testing.assert_allclose(soft, share, atol=1e-6)
        mixed += (soft.numpy().max(1) < 1).sum()
    assert mixed > 50


def test_the_examples_train_log_and_export(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plain, inside, _, export = python_blocks()
    assert "epochs=200" in plain and "epochs=200" in inside
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, [300, 8, 8, 1], np.uint8)
    labels = generator.integers(0, 10, 300)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    names = {"train": data, "validation": data, "model": model}
    short = plain.replace("epochs=200", "epochs=2").replace("0.1,", "1e-6,")
    exec(short, names)  # noqa: S102
    history = pd.read_csv(tmp_path / "logs" / "history.csv")
    for name in ("ece", "oe", "nll", "brier", "accuracy", "gap"):
        assert np.isfinite(history[f"val_{name}"]).all() and len(history) == 2
    names["train"] = data  # As it was before it was mixed.
    exec(inside.replace("epochs=200", "epochs=2"), names)  # noqa: S102
    exec(export, names)  # noqa: S102
    served = tf.saved_model.load("classifier").signatures["serving_default"]
    (argument,) = served.structured_input_signature[1]
    signature = served.structured_input_signature[1][argument]
    pixels = tf.cast(images[:5], signature.dtype)
    confidence = served(**{argument: pixels})["confidence"]
    assert np.isfinite(confidence).all() and confidence.shape == [5]


def commands_about(name):
    """The arguments of README's runs of a data set, in their order."""
    lines = re.findall(
        rf"^python -m experiments\.run (.*--dataset={name} .*)$",
        README.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(lines) == 2
    return [line.split() for line in lines]


def compare_as_written(name, runs, tmp_path):
    """README's comparison of its two runs of a data set; what it says."""
    (line,) = re.findall(
        rf"^python -m experiments\.compare (runs/{name}_.*)$",
        README.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert line.split() == [
        f"runs/{run_settings.run_name(run_settings.parse(arguments))}"
        for arguments in commands_about(name)
    ]
    done = subprocess.run(
        [
            *[sys.executable, "-m", "experiments.compare", *map(str, runs)],
            f"--output_dir={tmp_path / 'comparison'}",
        ],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_as_written(arguments, data_dir, tmp_path):
    """Runs a line of README, shrunk, on a folder; its record."""
    at = [arg for arg in arguments if arg.startswith("--data_dir=")]
    arguments = [arg for arg in arguments if arg not in at]
    small = [
        "--epochs=1",
        "--width=2",
        "--batch_size=8",
        f"--data_dir={data_dir}",
        f"--runs_root={tmp_path / 'runs'}",
    ]
    before = set((tmp_path / "runs").glob("*"))
    assert run_here(*arguments, *small) == 0
    (run,) = set((tmp_path / "runs").glob("*")) - before
    return run, json.loads((run / "record.json").read_text(encoding="utf-8"))


def test_images_of_ones_own_run_as_written(tmp_path, monkeypatch):
    monkeypatch.chdir(README.parent)
    folder = tmp_path / "FLOWERS"
    class_folders(folder / "train", ["rose", "tulip/a"], 12, 20, 30)
    class_folders(folder / "test", ["rose", "tulip/a"], 4, 20, 30)
    runs = []
    for arguments, method in zip(
        commands_about("flowers"), ("baseline", "mixup"), strict=True
    ):
        run, record = run_as_written(arguments, folder, tmp_path)
        runs.append(run)
        assert run.name.startswith("flowers_resnet18_")
        assert record["settings"]["method"] == method
        assert record["settings"]["dataset"] == "flowers"
        assert record["classes"] == ["rose", "tulip"]
        assert record["examples"]["test"] == 8
    said = compare_as_written("flowers", runs, tmp_path)
    assert "# flowers: baseline, mixup, alpha 0.3" in said
    assert "8 test examples, the same for all" in said


def test_texts_of_ones_own_run_as_written(tmp_path, monkeypatch):
    monkeypatch.chdir(README.parent)
    folder = own_sentences("lines", tmp_path / "REVIEWS")
    runs = []
    for arguments, method in zip(
        commands_about("reviews"), ("baseline", "mixup"), strict=True
    ):
        run, record = run_as_written(arguments, folder, tmp_path)
        runs.append(run)
        assert run.name.startswith("reviews_sentence_cnn_")
        assert record["settings"]["method"] == method
        assert record["settings"]["dataset"] == "reviews"
        assert record["classes"] == ["neg", "pos"]
    said = compare_as_written("reviews", runs, tmp_path)
    assert "# reviews: baseline, mixup, alpha 0.4" in said
