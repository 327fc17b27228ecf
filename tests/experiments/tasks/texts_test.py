"""Tests of experiments.tasks.texts; the last ones are whole runs."""

import json

import keras
import numpy as np
import pytest

from experiments import run_settings
from experiments.tasks import texts as task
from tests.experiments.run_test import run_here
from tfmixup.layers import MixingModel

WORDS = {"neg": "dull", "pos": "great"}
SIZE = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """MR with 60 sentences of each class, each with a word of its own."""
    root = tmp_path_factory.mktemp("mr")
    for name, word in WORDS.items():
        lines = [f"{word} film {name}{i}\n" for i in range(SIZE)]
        (root / f"rt-polarity.{name}").write_text("".join(lines))
    (root / "vectors.txt").write_text("film 1 0 2\ngreat 1 2 1\ndull -1 -2 0\n")
    return root


def settings(*arguments):
    return run_settings.parse(
        [
            "--dataset=mr",
            "--model=sentence_cnn",
            "--dropout=0.5",
            "--weight_decay=0",
            "--batch_size=16",
            "--width=2",
            *arguments,
        ]
    )


def where(folder, **changes):
    return {"data_dir": folder, "glove": None, **changes}


def rows(examples):
    ids, _ = examples.fetch(range(len(examples)))
    return {tuple(row) for row in ids.numpy().tolist()}


def test_the_protocols_choose_on_validation_or_on_test(folder):
    honest = task.open_splits(settings(), where(folder))
    assert {name: len(rows(part)) for name, part in honest.items()} == {
        "train": 86,
        "validation": 10,
        "test": 24,
    }
    paper = task.open_splits(settings("--protocol=paper"), where(folder))
    assert rows(paper["test"]) == rows(honest["test"])
    assert rows(paper["validation"]) == rows(paper["test"])
    assert rows(paper["train"]) == rows(honest["train"]) | rows(
        honest["validation"]
    )


def test_the_fold_and_the_limits_are_followed(folder):
    one, other = (
        task.open_splits(
            settings(f"--fold={fold}", "--train_examples=20"), where(folder)
        )
        for fold in (0, 9)
    )
    assert len(one["test"]) == len(other["test"]) == 12
    assert not rows(one["test"]) & rows(other["test"])
    # Stratified, and from the whole of the split.
    assert np.bincount(one["train"].labels).tolist() == [10, 10]


@pytest.mark.parametrize("method", ["baseline", "mixup"])
def test_the_model_starts_from_the_vectors_of_the_file(folder, method):
    strength = ["--alpha=0.4"] if method == "mixup" else []
    wanted = settings(f"--method={method}", "--glove=x", *strength)
    train = task.open_splits(wanted, where(folder))["train"]
    model = task.build_model(
        wanted, train, where(folder, glove=folder / "vectors.txt")
    )
    assert isinstance(model, MixingModel) == (method == "mixup")
    (vectors,) = model.get_layer("embedding").get_weights()
    for word, values in (("film", [1, 0, 2]), ("dull", [-1, -2, 0])):
        np.testing.assert_array_equal(
            vectors[train.vocabulary.id_of(word)], values
        )
    assert model.get_layer("windows_of_3").filters == 2
    assert model.get_layer("dropout").rate == 0.5
    assert model.output_shape == (None, 2)


def test_the_optimizer_is_that_of_kim(folder):
    made = task.optimizer(settings("--learning_rate=0.5"), None)
    found = made.get_config()
    assert isinstance(made, keras.optimizers.Adadelta)
    assert (found["learning_rate"], found["rho"], found["epsilon"]) == (
        pytest.approx((0.5, 0.95, 1e-6))
    )


def test_labels_are_one_hot_or_mixed_by_a_plan(folder):
    plain = settings("--method=baseline")
    train = task.open_splits(plain, where(folder))["train"]
    for ids, labels in task.training_stream(plain, train, 0).take(3):
        assert ids.shape == (16, 3)
        assert set(labels.numpy().ravel()) == {0.0, 1.0}
    mixed = settings("--method=mixup", "--alpha=0.4")
    for planned, labels in task.training_stream(mixed, train, 0).take(3):
        one_hot = np.array(
            [
                np.eye(2)[
                    int(words & {train.vocabulary.id_of("great")} != set())
                ]
                for words in map(set, planned.features.numpy().tolist())
            ]
        )
        weight = planned.plan.coefficients[0].numpy()[:, None]
        partners = np.arange(16) + planned.plan.distances.numpy()
        np.testing.assert_allclose(
            labels,
            weight * one_hot + (1 - weight) * one_hot[partners],
            atol=1e-6,
        )


def test_the_stream_of_a_later_epoch_and_of_a_part_is_that_of_the_whole(folder):
    mixed = settings("--method=mixup", "--alpha=0.4", "--mixing_groups=2")
    train = task.open_splits(mixed, where(folder))["train"]
    whole = list(task.training_stream(mixed, train, 0).skip(7).take(2))
    for part in (0, 1):
        stream = task.training_stream(mixed, train, 7, shard=(part, 2))
        own = slice(8 * part, 8 * part + 8)
        for actual, expected in zip(stream.take(2), whole, strict=True):
            np.testing.assert_array_equal(
                actual[0].features, expected[0].features[own]
            )
            np.testing.assert_array_equal(actual[1], expected[1][own])


@pytest.mark.parametrize("method", ["baseline", "mixup"])
def test_a_run_learns_what_the_sentences_say(folder, method, tmp_path):
    arguments = [
        "--dataset=mr",
        "--model=sentence_cnn",
        f"--method={method}",
        "--dropout=0.1",
        "--weight_decay=0",
        "--learning_rate=1.0",
        "--batch_size=8",
        "--width=32",
        "--epochs=10",
        f"--data_dir={folder}",
        f"--glove={folder / 'vectors.txt'}",
        f"--run_dir={tmp_path / 'run'}",
    ]
    if method == "mixup":
        arguments.append("--alpha=0.4")
    assert run_here(*arguments) == 0
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    # 24 sentences, one word of each of which says all.
    assert record["metrics"]["test"]["accuracy"] > 0.95
    assert 0 <= record["metrics"]["test"]["ece"] < 0.5


def own_sentences(layout, root):
    """The sentences of `folder` as data of one's own, with a test split."""
    for split, first, last in (("train", 0, 48), ("test", 48, SIZE)):
        rows = ["text,label"]
        for name, word in WORDS.items():
            lines = [f"{word} film {name}{i}" for i in range(first, last)]
            rows += [f"{line},{name}" for line in lines]
            if layout == "lines":
                (root / split).mkdir(parents=True, exist_ok=True)
                text = "\n".join(lines)
                (root / split / f"{name}.txt").write_text(text)
            elif layout == "folders":
                (root / split / name).mkdir(parents=True)
                for i, line in enumerate(lines):
                    (root / split / name / f"{i:02}.txt").write_text(line)
        if layout == "table":
            root.mkdir(exist_ok=True)
            (root / f"{split}.csv").write_text("\n".join(rows))
    return root


def test_sentences_of_ones_own_are_alike_in_every_layout(tmp_path):
    own = settings("--dataset=my_reviews")
    opened = {
        layout: task.open_splits(
            own, where(own_sentences(layout, tmp_path / layout))
        )
        for layout in ("lines", "folders", "table")
    }
    for splits in opened.values():
        assert [len(splits[n]) for n in ("train", "validation", "test")] == [
            86,
            10,
            24,
        ]
        assert splits["test"].class_names == ("neg", "pos")
        assert rows(splits["test"]) == rows(opened["lines"]["test"])


@pytest.mark.parametrize("method", ["mixup", "manifold_mixup"])
def test_a_run_on_sentences_of_ones_own_has_their_name(method, tmp_path):
    folder = own_sentences("table", tmp_path / "data")
    arguments = [
        "--dataset=my_reviews",
        "--model=sentence_cnn",
        f"--method={method}",
        "--alpha=0.4",
        "--weight_decay=0",
        "--learning_rate=1.0",
        "--batch_size=8",
        "--width=32",
        "--epochs=8",
        f"--data_dir={folder}",
        f"--runs_root={tmp_path / 'runs'}",
    ]
    assert run_here(*arguments) == 0
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("my_reviews_sentence_cnn_")
    record = json.loads((run / "record.json").read_text())
    assert record["settings"]["dataset"] == "my_reviews"
    assert record["classes"] == ["neg", "pos"]
    assert record["examples"]["test"] == 24
    # One word of each sentence says all.
    assert record["metrics"]["test"]["accuracy"] > 0.95


def test_manifold_mixup_draws_embeddings_and_features(folder):
    mixed = settings("--method=manifold_mixup", "--alpha=2")
    train = task.open_splits(mixed, where(folder))["train"]
    model = task.build_model(mixed, train, where(folder))
    assert isinstance(model, MixingModel)
    ((planned, _),) = task.training_stream(mixed, train, 0).take(1)
    assert sorted(planned.plan.coefficients) == [0, 1]
