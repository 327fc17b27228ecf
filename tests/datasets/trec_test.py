"""Tests of tfmixup.datasets.trec."""

import numpy as np
import pytest

from tests.real_data import real
from tfmixup.datasets.trec import Trec

TRAIN = b"DESC:manner How did it ?\nENTY:animal What cat ?\nNUM:date When ?\n"
TEST = b"LOC:city Where ?\nHUM:ind Who ?\nABBR:exp What is X.25 ?\n"
NAMES = [("TREC.train", "TREC.test"), ("train_5500.label", "TREC_10.label")]


def write(folder, train=TRAIN, test=TEST, names=NAMES[0]):
    for name, data in zip(names, (train, test), strict=True):
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("names", NAMES)
def test_questions_and_coarse_classes_are_read(tmp_path, names):
    source = Trec.find(write(tmp_path, names=names))
    texts, labels = source.read("train")
    assert texts == ["How did it ?", "What cat ?", "When ?"]
    assert [source.class_names[i] for i in labels] == ["DESC", "ENTY", "NUM"]
    texts, labels = source.read("test")
    assert texts[2] == "What is X.25 ?"
    assert [source.class_names[i] for i in labels] == ["LOC", "HUM", "ABBR"]
    assert labels.dtype == np.int64


def test_windows_line_ends_change_nothing(tmp_path):
    texts, labels = Trec(write(tmp_path)).read("train")
    write(tmp_path, train=TRAIN.replace(b"\n", b"\r\n"))
    again, labels_again = Trec(tmp_path).read("train")
    assert texts == again
    np.testing.assert_array_equal(labels, labels_again)


def test_a_byte_that_is_no_ascii_is_latin_1(tmp_path):
    write(tmp_path, train=b"LOC:city What sister\xf0city ?\n")
    texts, _ = Trec(tmp_path).read("train")
    assert texts == ["What sister\u00f0city ?"]


def test_blank_lines_are_no_questions(tmp_path):
    write(tmp_path, train=b"\n" + TRAIN + b"\n \n")
    texts, _ = Trec.find(tmp_path).read("train")
    write(tmp_path, train=TRAIN)
    assert Trec.find(tmp_path).read("train")[0] == texts


@pytest.mark.parametrize(
    "line",
    [
        b"What cat ?",
        b"DESC What cat ?",
        b"desc:def What cat ?",
        b"FOOD:fruit What cat ?",
    ],
)
def test_a_line_without_a_class_is_refused_by_its_number(tmp_path, line):
    write(tmp_path, train=TRAIN + line + b"\n" + TRAIN)
    with pytest.raises(ValueError, match="Expected lines `COARSE:fine") as why:
        Trec(tmp_path).read("train")
    assert f"TREC.train', line 4: {line.decode()!r}" in str(why.value)


@pytest.mark.parametrize("missing", NAMES[0])
def test_a_folder_without_one_of_the_files_is_not_the_set(tmp_path, missing):
    write(tmp_path)
    (tmp_path / missing).unlink()
    assert Trec.find(tmp_path) is None


def test_real_files_have_their_published_counts():
    source = Trec.find(real("trec"))
    train, train_labels = source.read("train")
    test, test_labels = source.read("test")
    assert (len(train), len(test)) == (5452, 500)
    # ABBR, DESC, ENTY, HUM, LOC, NUM.
    counts = [86, 1162, 1250, 1223, 835, 896]
    assert np.bincount(train_labels).tolist() == counts
    assert np.bincount(test_labels).tolist() == [9, 138, 94, 65, 81, 113]
    assert train[0] == "How did serfdom develop in and then leave Russia ?"
