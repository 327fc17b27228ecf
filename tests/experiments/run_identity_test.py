"""Tests of experiments.run_identity, alone and through whole runs."""

import json
import shutil

import numpy as np
import pytest

from experiments import run_identity
from tests.datasets.files import class_folders
from tests.datasets.files import pixels
from tests.datasets.files import save
from tests.experiments import made_data
from tests.experiments.run_test import run_here
from tfmixup.datasets import open_examples

TINY = ["--epochs=1", "--batch_size=16", "--width=2"]


def test_each_part_is_told_apart_by_name(tmp_path):
    digits = open_examples("digits", "test", limit=40)
    other = open_examples("digits", "train", limit=40)
    vectors = tmp_path / "a.txt"
    vectors.write_text("film 1 2")
    splits = {"train": other, "test": digits}
    whole = run_identity.identity_of(splits, {"glove": vectors})
    assert run_identity.differences(whole, whole) == []
    moved = json.loads(json.dumps(whole))
    assert run_identity.differences(whole, moved) == []

    swapped = run_identity.identity_of(
        {"train": digits, "test": digits}, {"glove": None}
    )
    lines = run_identity.differences(whole, swapped)
    assert "train pixels: others than there" in lines
    assert "vectors: given there, none here" in lines
    assert not any(line.startswith("test") for line in lines)
    fewer = run_identity.identity_of(
        {"train": other, "test": digits.subset(range(30))}, {"glove": vectors}
    )
    lines = run_identity.differences(whole, fewer)
    assert lines[0] == "test examples: 40 there, 30 here"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run on class folders: (its directory, its data)."""
    root = tmp_path_factory.mktemp("finished")
    for split, count in (("train", 20), ("test", 6)):
        class_folders(root / "data" / split, ["cat", "dog"], count)
    assert run_on(root / "data", root / "run") == 0
    return root / "run", root / "data"


def run_on(data, directory, *more):
    return run_here(
        "--dataset=pets",
        *TINY,
        f"--data_dir={data}",
        f"--run_dir={directory}",
        *more,
    )


def test_the_digests_stand_in_the_settings_and_in_the_record(finished):
    found = [
        json.loads((finished[0] / f"{name}.json").read_text())["data"]
        for name in ("settings", "record")
    ]
    assert found[0] == found[1]
    assert list(found[0]) == ["train", "validation", "test"]
    assert found[0]["test"]["examples"] == 12


def test_data_that_moved_are_the_same_run(finished, tmp_path, capsys):
    moved = shutil.copytree(finished[1], tmp_path / "moved")
    before = (finished[0] / "record.json").read_bytes()
    assert run_on(moved, finished[0]) == 0
    assert "Already complete" in capsys.readouterr().out
    assert (finished[0] / "record.json").read_bytes() == before


def other_image(data):
    save(data / "test" / "dog" / "003.png", pixels(4711))
    return "test pixels: others than there"


def one_image_less(data):
    (data / "test" / "dog" / "003.png").unlink()
    return "test examples: 12 there, 11 here"


def other_label(data):
    shutil.move(
        data / "test" / "dog" / "003.png", data / "test" / "cat" / "103.png"
    )
    return "test labels: others than there"


def other_class_name(data):
    for split in ("train", "test"):
        shutil.move(data / split / "dog", data / split / "fox")
    return "train class names: others than there"


@pytest.mark.parametrize(
    "change", [other_image, one_image_less, other_label, other_class_name]
)
def test_a_finished_run_does_not_answer_for_other_data(
    change, finished, tmp_path, capsys
):
    data = shutil.copytree(finished[1], tmp_path / "data")
    difference = change(data)
    before = {
        path.name: path.read_bytes()
        for path in finished[0].iterdir()
        if path.is_file() and path.name != ".lock"
    }
    assert run_on(data, finished[0]) == 1
    output, errors = capsys.readouterr()
    assert "Already complete" not in output
    assert "was made on other data" in errors and difference in errors
    for name, content in before.items():
        assert (finished[0] / name).read_bytes() == content, name


def test_an_interrupted_run_does_not_go_on_with_other_data(
    finished, tmp_path, capsys
):
    run, data = tmp_path / "run", tmp_path / "data"
    shutil.copytree(finished[0], run)
    shutil.copytree(finished[1], data)
    (run / "record.json").unlink()
    other_image(data)
    assert run_on(data, run) == 1
    output, errors = capsys.readouterr()
    assert "Goes on" not in output and "was made on other data" in errors
    # And it goes on with its own.
    assert run_on(finished[1], run) == 0
    assert "Goes on" in capsys.readouterr().out


def test_what_failed_before_it_trained_refuses_nothing(finished, tmp_path):
    run = tmp_path / "run"
    assert run_on(tmp_path / "nowhere", run) == 1
    # More than there are: no step.
    assert run_on(finished[1], run, "--batch_size=64") == 1
    assert run_on(finished[1], run) == 0


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """A finished run from word vectors: (directory, data, vectors)."""
    root = tmp_path_factory.mktemp("sentences")
    data = made_data.write_movie_reviews(root / "mr")
    vectors = made_data.write_vectors(root / "vectors.txt")
    assert run_on_sentences(data, vectors, root / "run") == 0
    return root / "run", data, vectors


def run_on_sentences(data, vectors, directory):
    return run_here(
        "--dataset=mr",
        "--model=sentence_cnn",
        *TINY,
        f"--data_dir={data}",
        *([f"--glove={vectors}"] if vectors else []),
        f"--run_dir={directory}",
    )


def test_vectors_are_their_content_and_not_their_name(
    sentences, tmp_path, capsys
):
    run, data, vectors = sentences
    renamed = shutil.copy(vectors, tmp_path / "renamed.txt")
    assert run_on_sentences(data, renamed, run) == 0
    assert "Already complete" in capsys.readouterr().out
    other = tmp_path / "vectors.txt"
    other.write_text(vectors.read_text().replace("film", "movie"))
    assert run_on_sentences(data, other, run) == 1
    assert "vectors content: others" in capsys.readouterr().err
    assert run_on_sentences(data, None, run) == 1
    assert "--glove: vectors.txt there, None here" in capsys.readouterr().err


def test_an_interrupted_run_goes_on_from_vectors_of_another_name(
    sentences, tmp_path, capsys
):
    run = shutil.copytree(sentences[0], tmp_path / "run")
    (run / "record.json").unlink()
    renamed = shutil.copy(sentences[2], tmp_path / "renamed.txt")
    assert run_on_sentences(sentences[1], renamed, run) == 0
    assert "Goes on" in capsys.readouterr().out


def test_other_texts_are_other_data(sentences, tmp_path, capsys):
    run, data, vectors = sentences
    other = shutil.copytree(data, tmp_path / "mr")
    path = other / "rt-polarity.pos"
    path.write_text(path.read_text().replace("pos7 ", "pos777 "))
    assert run_on_sentences(other, vectors, run) == 1
    assert "words: others than there" in capsys.readouterr().err


def test_a_run_without_digests_takes_any_data(finished, tmp_path, capsys):
    run = shutil.copytree(finished[0], tmp_path / "run")
    for name in ("settings", "record"):
        path = run / f"{name}.json"
        old = json.loads(path.read_text())
        del old["data"]
        old.pop("sha256", None)
        path.write_text(json.dumps(old))
    data = shutil.copytree(finished[1], tmp_path / "data")
    other_image(data)
    assert run_on(data, run) == 0
    assert "Already complete" in capsys.readouterr().out


def test_identities_are_json_values(finished):
    found = run_identity.identity_of(
        {"test": open_examples("pets", "test", finished[1])}, {}
    )
    assert json.loads(json.dumps(found)) == found
    assert not any(
        isinstance(each, np.generic) for each in found["test"].values()
    )
