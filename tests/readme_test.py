"""The examples of the pages run as they stand."""

import json
import re
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from experiments import run_settings
from tests import pages
from tests.datasets.files import class_folders
from tests.experiments.run_test import run_here
from tests.experiments.tasks.texts_test import own_sentences
from tfmixup.layers import HiddenMixup
from tfmixup.layers import MixingModel

RUNS_PAGE = "experiments/README.md"


def random_images():
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, [300, 8, 8, 1], np.uint8)
    return images, generator.integers(0, 10, 300)


def data_and_model():
    """What the front page takes as given."""
    data = tf.data.Dataset.from_tensor_slices(random_images())
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    return {"train": data, "validation": data, "model": model}


def check_the_logs(names, folder):
    history = pd.read_csv(folder / "logs" / "history.csv")
    for name in ("ece", "oe", "nll", "brier", "accuracy", "gap"):
        assert np.isfinite(history[f"val_{name}"]).all() and len(history) == 2


def plain_strips():
    """Images of one shade, that of their class."""
    shades = np.arange(500)[:, None, None, None] % 10
    images = np.full([500, 8, 8, 1], shades).astype(np.uint8)
    labels = images[:, 0, 0, 0].astype(np.int64)
    model = keras.Sequential(
        [keras.Input([8, 8, 1]), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1e-6), loss)
    return {
        "train": tf.data.Dataset.from_tensor_slices((images, labels)),
        "steering": (images[:50], labels[:50]),
        "model": model,
    }


def check_what_is_mixed(names, folder):
    del folder
    check_the_strips(names["strips"])
    for data in (names["epochs"], names["endless"], names["by_hand"]):
        for _, soft in data.take(3):
            assert soft.shape == [128, 10]
            np.testing.assert_allclose(tf.reduce_sum(soft, 1), 1, atol=1e-5)
    # Untrained, its confidence says nothing: alpha has moved.
    assert names["adaptive"].stage.alpha != 0.3
    assert isinstance(names["model"], MixingModel)
    assert len(names["model"].history.epoch) == 2


def check_the_strips(dataset):
    batches = list(dataset)
    assert [len(labels) for _, labels in batches] == [128, 128, 128, 116]
    mixed = 0
    for features, soft in batches:
        # The label is the share of the columns that each class has.
        share = tf.one_hot(features[:, 0, :, 0], 10).numpy().mean(1)
        np.testing.assert_allclose(soft, share, atol=1e-6)
        mixed += (soft.numpy().max(1) < 1).sum()
    assert mixed > 50


def check_the_metrics(names, folder):
    del folder
    # Confidence .9, .8 and .6; right, right and wrong.
    expected = (0.1 + 0.2 + 0.6) / 3
    np.testing.assert_allclose(names["ece"], expected)
    np.testing.assert_allclose(float(names["metric"].result()), expected)
    assert names["bins"].count.sum() == 3


def a_mixing_model():
    inputs = keras.Input([8, 8, 1])
    hidden = keras.layers.Flatten()(HiddenMixup(depth=0)(inputs))
    model = MixingModel(inputs, keras.layers.Dense(10)(hidden))
    images, labels = random_images()
    # Right for most images, so that there is a temperature to be found.
    labels[60:] = np.argmax(model(images[60:]), axis=1)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    return {"validation": data, "model": model}


def check_the_export(names, folder):
    served = tf.saved_model.load(folder / "classifier")
    served = served.signatures["serving_default"]
    (argument,) = served.structured_input_signature[1]
    signature = served.structured_input_signature[1][argument]
    pixels = tf.cast(random_images()[0][:5], signature.dtype)
    confidence = served(**{argument: pixels})["confidence"]
    assert np.isfinite(confidence).all() and confidence.shape == [5]


def some_logits():
    generator = np.random.default_rng(0)
    return {
        "labels": generator.integers(0, 10, 50),
        "logits": generator.normal(size=[50, 10]),
    }


def check_the_events(names, folder):
    (events,) = (folder / "logs" / "mine").glob("events.out.tfevents.*")
    assert b"validation" in events.read_bytes()


def check_the_folders(names, folder):
    del folder
    assert len(names["images"]) == 36  # 60 percent of 60.
    assert list(names["images"].class_names) == ["rose", "tulip"]
    assert list(names["texts"].class_names) == ["neg", "pos"]


EXAMPLES = {
    "README.md": (data_and_model, check_the_logs),
    "tfmixup/mixing/README.md": (plain_strips, check_what_is_mixed),
    "tfmixup/metrics/README.md": (dict, check_the_metrics),
    "tfmixup/export/README.md": (a_mixing_model, check_the_export),
    "tfmixup/tensorboard/README.md": (some_logits, check_the_events),
    RUNS_PAGE: (dict, check_the_folders),
}


@pytest.mark.parametrize("page", list(EXAMPLES))
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    given, check = EXAMPLES[page]
    monkeypatch.chdir(tmp_path)
    if page == RUNS_PAGE:
        class_folders(tmp_path / "FLOWERS", ["rose", "tulip"], 30, 20, 30)
        own_sentences("lines", tmp_path / "REVIEWS")
    names = given()
    for block in pages.python_blocks(page):
        short = block.replace("epochs=200", "epochs=2")
        exec(short.replace("SGD(0.1,", "SGD(1e-6,"), names)  # noqa: S102
    check(names, tmp_path)


def test_every_page_with_python_is_run():
    with_python = {page for page in pages.PAGES if pages.python_blocks(page)}
    assert set(EXAMPLES) == with_python


def commands_about(name):
    """The arguments of the page's runs of a data set, in their order."""
    lines = re.findall(
        rf"^python -m experiments\.run (.*--dataset={name} .*)$",
        "\n".join(pages.commands(RUNS_PAGE)),
        re.MULTILINE,
    )
    assert len(lines) == 2
    return [line.split() for line in lines]


def compare_as_written(name, runs, tmp_path):
    """The page's comparison of its two runs of a data set; what it says."""
    (line,) = re.findall(
        rf"^python -m experiments\.compare (runs/{name}_.*)$",
        "\n".join(pages.commands(RUNS_PAGE)),
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
    """Runs a line of the page, shrunk, on a folder; its record."""
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
    monkeypatch.chdir(pages.ROOT)
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
    monkeypatch.chdir(pages.ROOT)
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
