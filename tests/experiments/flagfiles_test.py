"""Tests of the flagfiles: each is what it says, and trains."""

import pathlib
import re

import keras
import numpy as np
import pandas as pd
import pytest

from experiments import run_settings
from experiments import training
from tests.datasets.files import class_folders
from tests.datasets.files import SHARED

ROOT = pathlib.Path(__file__).parents[2]
ALL = sorted((ROOT / "experiments").glob("*.flags"))
SMOKE = f"--flagfile={ROOT / 'experiments' / 'smoke.flags'}"
# Behind another flagfile, or beneath others.
SCALES = [path for path in ALL if path.stem.startswith(("scale_", "smoke"))]
RUNS = [path for path in ALL if path not in SCALES]
NAMES = {
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    "digits": "Digits",
    "fashion_mnist": "Fashion-MNIST",
    "imdb_reviews": "IMDB",
    "mr": "MR",
    "stl10": "STL-10",
    "trec": "TREC",
}


def ids(path):
    return path.stem


def comment(path):
    lines = path.read_text().splitlines()
    return " ".join(line[2:] for line in lines if line.startswith("# "))


@pytest.mark.parametrize("path", ALL, ids=ids)
def test_a_flagfile_opens_with_what_it_makes(path):
    assert path.read_text().startswith("# ")
    if path.stem.startswith("digits") or path in SCALES:
        return
    assert re.search(r"Figures? \d|Table \d", comment(path))
    settings = run_settings.parse([f"--flagfile={path}"])
    assert NAMES[settings["dataset"]] in comment(path)
    if not path.stem.endswith(settings["model"]):
        # Not a base file: it names the device that its hours are of.
        assert (
            "A100" in comment(path)
            or "sentence" in path.stem
            or ("Stand-in" in comment(path))
        )


@pytest.mark.parametrize("path", RUNS, ids=ids)
def test_the_paper_prints_what_a_flagfile_says_that_it_prints(path):
    said = re.findall(
        r"prints accuracy ([\d.]+) %, ECE ([\d.]+)\.", comment(path)
    )
    if not said:
        assert "paper prints accuracy" not in comment(path)
        return
    ((accuracy, ece),) = said
    table = pd.read_csv(ROOT / "experiments/paper_results.csv", comment="#")
    settings = run_settings.parse([f"--flagfile={path}"])
    strength = {
        "mixup": f"alpha={settings['alpha']}",
        "erl": f"kappa={settings['kappa']}",
        "label_smoothing": f"epsilon={settings['epsilon']}",
        "baseline": None,
    }
    rows = table[
        (table["dataset"] == NAMES[settings["dataset"]])
        & (
            table["architecture"].str.replace("-", "").str.lower()
            == settings["model"].replace("_", "")
        )
        & (
            table["method"].str.replace(" ", "_").str.lower()
            == settings["method"]
        )
    ]
    if "Table 3" in comment(path):
        rows = rows[rows["setting"] == f"epochs={settings['epochs']}"]
    else:
        assert rows["source"].str.startswith("Table 2").any()
        expected = strength[settings["method"]]
        rows = rows[rows["source"].str.startswith("Table 2")]
        if expected:
            rows = rows[rows["setting"] == expected]
    values = dict(zip(rows["metric"], rows["value"], strict=True))
    assert values == {
        "accuracy": pytest.approx(float(accuracy) / 100),
        "ece": pytest.approx(float(ece)),
    }


@pytest.mark.parametrize("path", RUNS, ids=ids)
def test_image_runs_have_the_protocol_of_the_paper(path):
    settings = run_settings.parse([f"--flagfile={path}"])
    if path.stem.startswith("digits") or settings["model"] == "sentence_cnn":
        return
    epochs = re.search(r"(\d+)_epochs", path.stem)
    assert settings["epochs"] == (int(epochs[1]) if epochs else 200)
    assert settings["batch_size"] == 128
    assert settings["learning_rate"] == 0.1
    assert settings["weight_decay"] == 5e-4
    assert settings["protocol"] == "honest"
    assert settings["width"] is None and settings["train_examples"] is None


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Class folders of small pictures for every data set of images."""
    root = tmp_path_factory.mktemp("folders")
    for split in ("train", "test"):
        class_folders(root / split, ["ant", "bee", "cat"], 12, 32, 32)
    return root


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """A few reviews in the layout of IMDB."""
    root = tmp_path_factory.mktemp("reviews")
    for split in ("train", "test"):
        for kind, word in (("pos", "great"), ("neg", "dull")):
            folder = root / "aclImdb" / split / kind
            folder.mkdir(parents=True)
            for number in range(20):
                text = f"A {word} film, {split} {number}."
                (folder / f"{number}_9.txt").write_text(text)
    return root / "aclImdb"


def places(settings, request):
    """Where the data of a run are: small, or real where they are small."""
    dataset = settings["dataset"]
    if dataset in ("mr", "trec"):
        folder = SHARED / dataset
        if not folder.exists():
            pytest.skip(f"needs {dataset} in the data folder")
    elif dataset == "imdb_reviews":
        folder = request.getfixturevalue("reviews")
    elif dataset == "digits":
        folder = None
    else:
        folder = request.getfixturevalue("images")
    return {"data_dir": folder, "glove": None}


def weights(model):
    return [
        keras.ops.convert_to_numpy(each) for each in model.trainable_variables
    ]


def test_every_method_and_model_has_a_flagfile():
    found = [run_settings.parse([f"--flagfile={path}"]) for path in RUNS]
    assert {settings["method"] for settings in found} == {
        "baseline",
        "erl",
        "feature_mixup",
        "label_smoothing",
        "manifold_mixup",
        "mixup",
    }
    assert {settings["dataset"] for settings in found} == set(NAMES)


@pytest.mark.parametrize("path", RUNS, ids=ids)
def test_a_flagfile_trains_two_steps(path, request):
    settings = run_settings.parse(
        [f"--flagfile={path}", SMOKE, "--width=2", "--batch_size=4"]
    )
    where = places(settings, request)
    task = training.task_of(settings)
    splits = task.open_splits(settings, where)
    model = training.compile_model(task, settings, splits["train"], where)
    # Two steps are not worth a graph.
    model.run_eagerly = True
    before = weights(model)
    stream = task.training_stream(settings, splits["train"], 0)
    history = model.fit(stream, steps_per_epoch=2, shuffle=False, verbose=0)
    assert np.isfinite(history.history["loss"][0])
    changed = [
        not np.array_equal(old, new)
        for old, new in zip(before, weights(model), strict=True)
    ]
    # Nearly all: a bias behind a dead unit may stay.
    assert np.mean(changed) > 0.8
