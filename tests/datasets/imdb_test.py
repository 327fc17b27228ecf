"""Tests of tfmixup.datasets.imdb."""

import os
import tarfile

import numpy as np
import pytest

from tests.real_data import real
from tfmixup.datasets.imdb import ImdbReviews
from tfmixup.datasets.imdb import without_line_breaks


def write(root, **changes):
    """Two reviews of each class and split, in `root`."""
    for split in ("train", "test"):
        for name in ("neg", "pos"):
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in (1, 0):
                text = f"{split} {name} {number}"
                path = folder / f"{number}_{8 - number}.txt"
                path.write_text(changes.get(text.replace(" ", "_"), text))
    return root


def test_reviews_are_read_in_order_with_the_label_of_their_folder(tmp_path):
    source = ImdbReviews.find(write(tmp_path))
    texts, labels = source.read("test")
    assert texts == ["test neg 0", "test neg 1", "test pos 0", "test pos 1"]
    assert labels.tolist() == [0, 0, 1, 1] and labels.dtype == np.int64
    assert source.read("train")[0][0] == "train neg 0"
    assert ImdbReviews.class_names == ("neg", "pos")


def test_the_folder_that_the_archive_unpacks_to_is_found(tmp_path):
    write(tmp_path / "aclImdb")
    assert len(ImdbReviews.find(tmp_path).read("train")[0]) == 4


def test_other_files_and_unlabelled_reviews_are_left_out(tmp_path):
    write(tmp_path)
    (tmp_path / "train" / "labeledBow.feat").write_text("9 0:9\n")
    (tmp_path / "train" / "neg" / ".DS_Store").write_text("x")
    (tmp_path / "train" / "unsup").mkdir()
    (tmp_path / "train" / "unsup" / "0_0.txt").write_text("no label")
    assert len(ImdbReviews(tmp_path).read("train")[0]) == 4


def test_files_of_macos_are_no_reviews(tmp_path, recwarn):
    write(tmp_path)
    for name in ("neg", "pos"):
        for number in (0, 1):
            path = tmp_path / "train" / name / f"._{number}_8.txt"
            path.write_bytes(b"\x00\x05\x16\x07Mac OS X")
    texts, labels = ImdbReviews(tmp_path).read("train")
    assert labels.tolist() == [0, 0, 1, 1] and all("train" in t for t in texts)
    assert not recwarn.list
    (tmp_path / "train" / "neg" / ".draft.txt").write_text("words")
    with pytest.warns(UserWarning, match="1 hidden files"):
        assert len(ImdbReviews(tmp_path).read("train")[0]) == 4


def test_a_class_without_reviews_is_refused_and_what_is_no_file_named(tmp_path):
    write(tmp_path)
    os.mkfifo(tmp_path / "test" / "neg" / "9_1.txt")
    with pytest.raises(ValueError, match=r"1 pipes.*9_1\.txt"):
        ImdbReviews(tmp_path).read("test")
    for path in (tmp_path / "train" / "pos").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="1 class folders without any texts"):
        ImdbReviews(tmp_path).read("train")


def test_marks_of_line_breaks_are_no_words(tmp_path):
    write(tmp_path, train_neg_0="Bad.<br /><br />Very bad")
    texts, _ = ImdbReviews(tmp_path).read("train")
    assert texts[0].split() == ["Bad.", "Very", "bad"]
    assert without_line_breaks("<b>a</b>") == "<b>a</b>"


def test_an_empty_review_stays(tmp_path):
    write(tmp_path, train_neg_1="")
    texts, labels = ImdbReviews(tmp_path).read("train")
    assert texts[1] == "" and len(labels) == 4


def test_a_review_that_is_not_utf_8_is_refused_by_name(tmp_path):
    write(tmp_path)
    path = tmp_path / "train" / "pos" / "0_8.txt"
    path.write_bytes(b"caf\xe9 ")
    with pytest.raises(ValueError, match="Expected text in utf-8") as why:
        ImdbReviews(tmp_path).read("train")
    assert str(path) in str(why.value)


@pytest.mark.parametrize("missing", ["train/neg", "test/pos"])
def test_a_folder_without_one_of_the_four_is_not_the_set(tmp_path, missing):
    write(tmp_path)
    for path in (tmp_path / missing).iterdir():
        path.unlink()
    (tmp_path / missing).rmdir()
    assert ImdbReviews.find(tmp_path) is None


def test_real_reviews_are_read(tmp_path):
    # Every hundredth review: the whole set takes seconds.
    with tarfile.open(real("imdb_aclImdb.tar.gz")) as tar:
        files = [member for member in tar if member.isfile()]
        assert len(files) == 50000
        tar.extractall(tmp_path, files[::100], filter="data")
    source = ImdbReviews.find(tmp_path)
    for split in source.splits:
        texts, labels = source.read(split)
        assert np.bincount(labels).tolist() == [125, 125]
        assert all(texts) and not any("<br />" in text for text in texts)
