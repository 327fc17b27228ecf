"""Tests of tfmixup.datasets.mr."""

import numpy as np
import pytest

from tests.real_data import real
from tfmixup.datasets.mr import FILES
from tfmixup.datasets.mr import MovieReviews


def write(folder, negative, positive):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILES[0]).write_bytes(negative)
    (folder / FILES[1]).write_bytes(positive)
    return folder


def test_each_line_is_a_text_with_the_label_of_its_file(tmp_path):
    write(tmp_path, b"bad one\nworse\n", b"good\n")
    texts, labels = MovieReviews.find(tmp_path).read("train")
    assert texts == ["bad one", "worse", "good"]
    assert labels.tolist() == [0, 0, 1] and labels.dtype == np.int64
    assert MovieReviews.class_names == ("neg", "pos")


def test_the_folder_that_the_official_archive_unpacks_to_is_found(tmp_path):
    write(tmp_path / "rt-polaritydata", b"bad\n", b"good\n")
    texts, _ = MovieReviews.find(tmp_path).read("train")
    assert texts == ["bad", "good"]


def test_blank_lines_are_no_sentences(tmp_path):
    write(tmp_path, b"bad\n\nworse\n", b"good\n\n \n\n\n")
    texts, labels = MovieReviews(tmp_path).read("train")
    assert texts == ["bad", "worse", "good"]
    assert labels.tolist() == [0, 0, 1]


def test_a_byte_order_mark_is_no_word(tmp_path):
    write(tmp_path, b"\xef\xbb\xbfcaf\xc3\xa9\n", b"good\n")
    texts, _ = MovieReviews(tmp_path).read("train")
    assert texts == ["caf\u00e9", "good"]


def test_bytes_that_cp1252_lacks_are_refused(tmp_path):
    write(tmp_path, b"bad\n", b"good\nbetter \x8d\n")
    with pytest.raises(ValueError, match="8d in line 2"):
        MovieReviews(tmp_path).read("train")


@pytest.mark.parametrize("missing", FILES)
def test_a_folder_without_one_of_the_files_is_not_the_set(tmp_path, missing):
    write(tmp_path, b"bad\n", b"good\n")
    (tmp_path / missing).unlink()
    assert MovieReviews.find(tmp_path) is None


def test_real_files_have_their_published_counts():
    texts, labels = MovieReviews.find(real("mr")).read("train")
    # Two wrong ways give 10,685: latin-1 and `splitlines`.
    assert len(texts) == 10662
    assert np.bincount(labels).tolist() == [5331, 5331]
    # Decoded as latin-1, these would be control characters.
    everything = "".join(texts)
    assert not any("\x80" <= each <= "\x9f" for each in everything)
    assert "\u2026" in everything
