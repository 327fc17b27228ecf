"""Tests of the flagfiles: each is what it says, and trains."""

import functools
import pathlib
import re

import keras
import numpy as np
import pandas as pd
import pytest

from experiments import run_settings
from experiments import training
from experiments.run_flags import RunSettings
from experiments.studies.catalog import STUDIES
from tests import reference
from tests.datasets.files import class_folders
from tests.experiments import made_data

ROOT = pathlib.Path(__file__).parents[3]
FOLDER = ROOT / "experiments" / "flags"
ALL = sorted(FOLDER.rglob("*.flags"))
# What goes behind other flagfiles.
SCALES = [p for p in ALL if p.parent in (FOLDER, FOLDER / "scale")]
RUNS = [path for path in ALL if path not in SCALES]
OF_THE_PAPER = [path for path in RUNS if path.parent.name != "digits"]
DATA = {
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    "fashion_mnist": "Fashion-MNIST",
    "imagenet2012": "ImageNet",
    "imdb_reviews": "IMDB",
    "mr": "MR",
    "stl10": "STL-10",
    "trec": "TREC",
}
NETWORKS = {
    "preact_resnet18": "PreActResNet-18",
    "preact_resnet34": "PreActResNet-34",
    "resnet18": "ResNet-18",
    "resnet34": "ResNet-34",
    "resnet50": "ResNet-50",
    "resnext101_32x4d": "ResNeXt-101 (32x4d)",
    "sentence_cnn": "sentence CNN",
    "vgg16": "VGG-16",
}
METHODS = {
    "baseline": "baseline",
    "temperature scaling": "baseline",  # Of the same run.
    "MC dropout": "baseline",
    "mixup": "mixup",
    "manifold mixup": "manifold_mixup",
    "label smoothing": "label_smoothing",
    "ERL": "erl",
}
# "p=0.3;passes=10" of the table: passes are counted after training.
FLAGS = {"p": "dropout", "passes": None}


def name_of(path):
    """The name by which a study knows a flagfile: "cifar10/vgg16_mixup"."""
    return path.relative_to(FOLDER).as_posix().removesuffix(".flags")


def base_of(settings):
    """The name of the flagfile that others of a network read."""
    name = f"{settings['dataset']}/{settings['model']}"
    return name.replace("/preact_", "/preact/")


def all_of(paths):
    return pytest.mark.parametrize("path", paths, ids=name_of)


@functools.cache
def parse(*paths):
    """The settings of a run with some flagfiles, as a run writes them."""
    arguments = [f"--flagfile={path}" for path in paths]
    return run_settings.parse(arguments).written()


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    """Flagfiles name each other from where runs are started."""
    monkeypatch.chdir(ROOT)


def comment(path):
    """The comment that a flagfile opens with, as one line."""
    lines = path.read_text().splitlines()
    first_flag = next(
        number for number, line in enumerate(lines) if line.startswith("--")
    )
    assert all(line.startswith("# ") for line in lines[:first_flag])
    return " ".join(line[2:] for line in lines[:first_flag])


def makes(path):
    """The studies that a flagfile says it is part of."""
    found = set()
    opening = re.sub(r" \([^)]*\)", "", comment(path).partition("The paper")[0])
    for kind, numbers in re.findall(
        r"(Figure|Table)s? (\d+(?:(?:, | and )\d+)*)", opening
    ):
        found |= {f"{kind.lower()}{n}" for n in re.findall(r"\d+", numbers)}
    return found


@all_of(OF_THE_PAPER)
def test_a_flagfile_opens_with_what_it_makes_and_what_it_costs(path):
    settings, text = parse(path), comment(path)
    pair = f"{DATA[settings['dataset']]} / {NETWORKS[settings['model']]}"
    base = base_of(settings)
    assert makes(path) and pair in text
    assert re.search(
        r"About [\d.]+ (h|min) on (one A100|32 A100s|two CPU cores)[.,]", text
    )
    assert name_of(path).startswith(base)
    if name_of(path) == base:
        assert "An estimate from arithmetic" in text
    else:
        assert re.search(r"The paper (prints|draws)[^.]*", text)
        assert f"--flagfile=experiments/flags/{base}.flags" in path.read_text()


def test_the_flagfile_that_users_know_is_at_its_old_path_too():
    old = ROOT / "experiments" / "stl10_vgg16_mixup.flags"
    assert parse(old) == parse(FOLDER / "stl10" / "vgg16_mixup.flags")
    assert list(old.parent.glob("*.flags")) == [old]


@all_of([path for path in ALL if path not in OF_THE_PAPER])
def test_other_flagfiles_say_what_they_are_for(path):
    assert re.search(
        "^Scale: |^After any other|quickstart|half a minute", comment(path)
    )


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_a_study_takes_flagfiles_that_name_it(name):
    for line in STUDIES[name].lines("full"):
        (file,) = [each for each in line.arguments if "--flagfile" in each]
        path = ROOT / file.removeprefix("--flagfile=")
        assert name in makes(path), path


def rows():
    """The rows of the paper's tables: key -> metric -> number."""
    table = pd.read_csv(
        ROOT / "experiments/studies/machinery/paper_results.csv",
        comment="#",
        keep_default_na=False,
    )
    table = table[table["source"].str.startswith("Table")]
    keys = ["source", "dataset", "architecture", "method", "setting"]
    return {
        key: dict(zip(group["metric"], group["value"], strict=True))
        for key, group in table.groupby(keys)
    }


def wanted(row):
    """The settings of a row of the paper."""
    source, data, network, method, setting = row
    names = {name: key for key, name in DATA.items()}
    models = {name: key for key, name in NETWORKS.items()}
    found = {
        "dataset": names[data.partition(" vs ")[0]],
        "model": models[network],
        "method": METHODS[method],
        "epochs": 200,
        "dropout": 0.0,
    }
    for each in filter(None, setting.split(";")):
        name, value = each.split("=")
        name = FLAGS.get(name, name)
        if name:
            found[name] = type(found.get(name, 0.0))(value)
    return found


def flagfiles_of(row):
    table = row[0].lower().replace(" ", "").rstrip("ab")
    found = []
    for path in OF_THE_PAPER:
        settings = parse(path)
        fits = wanted(row).items() <= settings.items()
        # The base flagfile is no row, though it is a baseline.
        is_base = name_of(path) == base_of(settings)
        if fits and not is_base and table in makes(path):
            found.append(path)
    return found


def said(path, row):
    """The numbers of a row that the comment of a flagfile prints."""
    text = comment(path)
    if row[0] == "Table 1":
        _, after, scaled = text.partition("after temperature scaling")
        if after and row[3] == "temperature scaling":
            text = scaled
        where = row[1].partition(" vs ")[2].partition(" (")[0]
        found = re.search(rf"([\d.]+) against {where}", text)
        return {"auroc": float(found[1])}
    accuracy, ece = re.search(
        r"The paper prints accuracy ([\d.]+) %, ECE ([\d.]+)\. ", text
    ).groups()
    return {
        "accuracy": pytest.approx(float(accuracy) / 100, abs=1e-12),
        "ece": float(ece),
    }


@pytest.mark.parametrize("row", sorted(rows()), ids="-".join)
def test_each_row_of_the_paper_has_one_flagfile_that_prints_it(row):
    (path,) = flagfiles_of(row)
    assert rows()[row] == said(path, row)


def test_no_flagfile_prints_a_number_that_is_in_no_row():
    with_row = {path for row in rows() for path in flagfiles_of(row)}
    printing = {
        path
        for path in OF_THE_PAPER
        if re.search(r"(accuracy|AUROC|ECE) [\d.]+", comment(path))
    }
    assert printing == with_row


@all_of(OF_THE_PAPER)
def test_the_protocol_is_that_of_the_paper(path):
    settings = parse(path)
    expected = dict(epochs=200, batch_size=128, learning_rate=0.1)
    expected |= dict(weight_decay=5e-4, decay_factor=0.5, dropout=0.0)
    if settings["model"] == "sentence_cnn":  # Kim (2014).
        expected |= dict(batch_size=50, learning_rate=1.0, weight_decay=0.0)
        expected |= dict(dropout=0.5, epochs=25)
    if settings["dataset"] == "imagenet2012":  # Goyal et al. (2017).
        expected |= dict(epochs=90, batch_size=1024, weight_decay=1e-4)
        expected |= dict(schedule="goyal", stop_at_top5=0.93, image_size=224)
        expected |= dict(strategy="multi_worker")
    if path.stem.endswith("_1000_epochs"):
        expected |= dict(epochs=1000)
    if path.stem.endswith("_2000_epochs"):  # Verma et al. (2019).
        expected |= dict(epochs=2000, batch_size=100, weight_decay=1e-4)
        expected |= dict(decay_factor=0.1)
    if path.stem.endswith("_dropout"):
        expected |= dict(dropout=0.3)
    # Everything else is the default, but for what the method needs.
    free = ("dataset", "model", "method", "alpha", "epsilon", "kappa")
    default = run_settings.parse([]).written()
    for name, value in settings.items():
        if name not in free:
            assert value == expected.get(name, default[name]), name


@all_of(SCALES)
def test_a_scale_goes_behind_any_flagfile_and_wins(path):
    text = comment(path)
    for under in OF_THE_PAPER:
        plain = parse(under)
        kind = "sentences" if plain["model"] == "sentence_cnn" else "images"
        other = {"images": "sentences", "sentences": "images"}[kind]
        if other in text or ("CIFAR-10" in text and kind == "sentences"):
            continue
        scaled = parse(under, path)
        assert scaled["epochs"] < plain["epochs"]
        for name in ("dataset", "model", "method", "alpha", "decay_factor"):
            assert scaled[name] == plain[name]


@pytest.fixture(scope="module")
def data_of(tmp_path_factory):
    """Function from a data set to its folder: small ones of each kind."""
    root = tmp_path_factory.mktemp("data")
    images = root / "images"
    for split in ("train", "test"):
        class_folders(images / split, ["ant", "bee", "cat"], 12)
    folders = {
        "digits": None,
        "imdb_reviews": made_data.write_long_reviews(root / "aclImdb"),
        "mr": made_data.write_movie_reviews(root / "mr"),
        "trec": made_data.write_questions(root / "trec"),
    }
    return lambda dataset: folders.get(dataset, images)


def small(path):
    """The settings at smoke size; pictures of all data sets are the same."""
    settings = dict(parse(path, FOLDER / "smoke.flags"), width=2, batch_size=8)
    if settings["dataset"] == "imagenet2012":
        small_imagenet = FOLDER / "smoke_imagenet.flags"
        settings = dict(parse(path, small_imagenet), batch_size=8)
        settings |= dict(image_size=32, train_examples=16)
    elif settings["dataset"] in DATA and settings["model"] != "sentence_cnn":
        settings["dataset"] = "folder"
    return settings


def groups():
    """Flagfiles that differ in nothing at smoke size are trained as one."""
    found = {}
    for path in RUNS:
        found.setdefault(tuple(small(path).items()), []).append(name_of(path))
    # The deepest network takes most of a minute for each method, and those
    # of 34 layers are built as those of 18.
    return [
        pytest.param(
            dict(settings),
            id="+".join(names),
            marks=[pytest.mark.slow]
            if dict(settings)["model"].endswith(("resnet34", "32x4d"))
            else [],
        )
        for settings, names in found.items()
    ]


@functools.cache
def open_train(folder, task, some_settings):
    where = {"data_dir": folder, "cache_dir": folder and folder / ".cache"}
    return task.open_splits(RunSettings(**dict(some_settings)), where)["train"]


def check_stage(settings, batches):
    """Who mixes what: labels, pixels, or neither but by a plan."""
    method, model = settings["method"], settings["model"]
    labels = np.concatenate([y for _, y in batches])
    np.testing.assert_allclose(labels.sum(-1), 1, rtol=0, atol=1e-6)
    mixes_labels = method in ("mixup", "manifold_mixup")
    assert np.any((labels > 0) & (labels < 1)) == mixes_labels
    inside = method == "manifold_mixup"
    inside |= method == "mixup" and model == "sentence_cnn"
    x = [x for x, _ in batches]
    if inside:
        depths = [0] if model == "sentence_cnn" else [0, 1, 2]
        assert all(sorted(each.plan.coefficients) == depths for each in x)
        x = [each.features for each in x]
    mixes_pixels = not inside and method in ("mixup", "feature_mixup")
    assert any(np.any(each != np.round(each)) for each in x) == mixes_pixels


def loss_of(settings, labels, logits):
    """The loss of a method in float64."""
    log_p = np.log(reference.softmax(logits))
    if settings["method"] == "label_smoothing":
        epsilon = settings["epsilon"]
        labels = (1 - epsilon) * labels + epsilon / labels.shape[-1]
    if settings["method"] == "erl":
        labels = labels - settings["kappa"] * np.exp(log_p)
    return -np.mean(np.sum(labels * log_p, axis=-1))


@pytest.mark.parametrize("settings", groups())
def test_a_flagfile_trains_two_steps_its_own_way(settings, data_of):
    folder = data_of(settings["dataset"])
    where = {"data_dir": folder, "glove": None}
    run = RunSettings(**settings)
    task = training.task_of(run)
    names = ("dataset", "protocol", "seed", "max_words", "fold")
    names += ("image_size", "label_base", "skip_corrupt")
    sizes = tuple(name for name in settings if name.endswith("_examples"))
    examples = open_train(
        folder, task, tuple((name, settings[name]) for name in names + sizes)
    )
    stream = task.training_stream(run, examples, 0)
    batches = [(x, y.numpy()) for x, y in stream.take(2)]
    check_stage(settings, batches)

    keras.utils.set_random_seed(settings["seed"])
    model = training.compile_model(task, run, examples, where)
    labels = batches[0][1]
    # Far from uniform: what a new network says would hide the method.
    logits = np.random.default_rng(0).normal(0, 3, labels.shape)
    # Float32, sums of a few numbers of about 10.
    assert float(model.loss(labels, logits.astype(np.float32))) == (
        pytest.approx(loss_of(settings, labels, logits), rel=1e-5)
    )
    # Two steps are not worth the making of a graph.
    model.run_eagerly = True
    before = [variable.numpy() for variable in model.trainable_variables]
    for x, y in batches:
        assert np.isfinite(model.train_on_batch(x, y)[0])
    changed = [
        not np.array_equal(old, new)
        for old, new in zip(before, model.trainable_variables, strict=True)
    ]
    # Nearly all: a weight behind a dead unit may stay.
    assert np.mean(changed) > 0.8
