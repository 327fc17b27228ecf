"""Tests of tfmixup.datasets.text_prepared, on sets that TFDS prepares."""

import pathlib

import numpy as np
import pytest

from tfmixup.datasets.text_catalog import open_texts
from tfmixup.datasets.text_prepared import PreparedTexts

tfds = pytest.importorskip("tensorflow_datasets")

# The order of TFDS, which is not the alphabetical one.
TREC_CLASSES = ["DESC", "ENTY", "ABBR", "HUM", "NUM", "LOC"]


def prepare(root, name, features, splits, version="1.0.0"):
    """Prepares {split: list of examples}."""
    tfds.disable_progress_bar()
    builder = tfds.dataset_builders.AdhocBuilder(
        name=name,
        version=version,
        features=tfds.features.FeaturesDict(features),
        split_datasets={k: list(enumerate(v)) for k, v in splits.items()},
        data_dir=root,
        file_format="tfrecord",
    )
    builder.download_and_prepare()
    return pathlib.Path(builder.data_path)


@pytest.fixture(scope="module")
def trec(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    features = {
        "label-coarse": tfds.features.ClassLabel(names=TREC_CLASSES),
        "label-fine": tfds.features.ClassLabel(names=["x"]),
        "text": tfds.features.Text(),
    }
    splits = {
        split: [
            {
                "label-coarse": name,
                "label-fine": "x",
                "text": f"{split} {name} {i} caf\u00e9 ?",
            }
            for i in range(count)
            for name in TREC_CLASSES
        ]
        for split, count in (("train", 10), ("test", 2))
    }
    prepare(root, "trec", features, splits)
    return root


@pytest.fixture(scope="module")
def imdb(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    features = {
        "label": tfds.features.ClassLabel(names=["neg", "pos"]),
        "text": tfds.features.Text(),
    }
    splits = {
        split: [
            {"label": name, "text": f"{name}<br />{name} {name} review"}
            for name in ("pos", "neg") * 5
        ]
        for split in ("train", "test")
    }
    splits["unsupervised"] = [{"label": -1, "text": "unlabelled"}]
    path = prepare(root, "imdb_reviews", features, splits)
    # Where TFDS puts its configuration.
    target = root / "imdb_reviews" / "plain_text"
    target.mkdir()
    path.rename(target / path.name)
    return root


def test_each_question_is_read_with_its_class(trec):
    source = PreparedTexts.find(trec, "trec")
    assert source.splits == ("train", "test")
    texts, labels = source.read("train")
    assert len(texts) == len(set(texts)) == 60
    assert labels.dtype == np.int64
    for text, label in zip(texts, labels, strict=True):
        assert text.split()[:2] == ["train", source.class_names[label]]
        assert text.endswith("caf\u00e9 ?")


def test_reviews_are_read_without_line_breaks_and_unlabelled_ones(imdb):
    source = PreparedTexts.find(imdb, "imdb_reviews")
    assert source.splits == ("train", "test")
    texts, labels = source.read("test")
    assert len(texts) == 10 and source.class_names == ("neg", "pos")
    for text, label in zip(texts, labels, strict=True):
        name = source.class_names[label]
        assert text.split() == [name, name, name, "review"]


def test_the_catalog_opens_them(trec, imdb, monkeypatch):
    splits = open_texts("trec", trec)
    assert [len(splits[n]) for n in ("train", "validation", "test")] == [
        54,
        6,
        12,
    ]
    monkeypatch.setenv("TFDS_DATA_DIR", str(imdb))
    splits = open_texts("imdb_reviews")
    assert len(splits["test"]) == 10
    assert "br" not in splits["test"].vocabulary


def test_another_set_under_the_name_is_refused(tmp_path):
    features = {
        "text": tfds.features.Text(),
        "label": tfds.features.ClassLabel(names=["a", "b"]),
    }
    example = {"text": "a", "label": 0}
    prepare(tmp_path, "trec", features, {"train": [example]})
    with pytest.raises(ValueError, match="'label-coarse'"):
        PreparedTexts.find(tmp_path, "trec")


def test_damaged_files_are_refused(tmp_path):
    features = {
        "text": tfds.features.Text(),
        "label-coarse": tfds.features.ClassLabel(names=["a", "b"]),
    }
    examples = [{"text": f"text {i}", "label-coarse": 0} for i in range(9)]
    path = prepare(tmp_path, "trec", features, {"train": examples})
    (records,) = path.glob("*.tfrecord*")
    records.write_bytes(records.read_bytes()[:-5])
    source = PreparedTexts.find(tmp_path, "trec")
    with pytest.raises(ValueError, match="Expected whole files") as why:
        source.read("train")
    assert str(path) in str(why.value)


def test_a_file_cut_within_a_header_is_not_taken_for_a_shorter_one(tmp_path):
    features = {
        "label-coarse": tfds.features.ClassLabel(names=TREC_CLASSES),
        "text": tfds.features.Text(),
    }
    example = {"label-coarse": "ABBR", "text": "words"}
    splits = {"train": [example] * 9, "test": [example] * 9}
    path = prepare(tmp_path, "trec", features, splits)
    (file,) = path.glob("*train*")
    whole = file.read_bytes()
    # Nine records of one size, of which eight and 5 bytes are left.
    file.write_bytes(whole[: len(whole) // 9 * 8 + 5])
    source = PreparedTexts.find(tmp_path, "trec")
    with pytest.raises(ValueError, match="whole files.*only 8 elements"):
        source.read("train")
    assert len(source.read("test")[0]) == 9
