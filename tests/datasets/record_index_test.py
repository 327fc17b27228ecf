"""Tests of tfmixup.datasets.record_index, on whole and on damaged files."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

from tests.datasets.records_made import example
from tests.datasets.records_made import flip
from tests.datasets.records_made import write
from tfmixup.datasets import record_index
from tfmixup.datasets.record_index import index_records
from tfmixup.datasets.record_index import RecordFields

FIELDS = RecordFields()


def records(count, first=0):
    """Records of growing length with label 1, 2, 3, 1, 2, ..."""
    return [example(b"x" * (50 * i), 1 + (first + i) % 3) for i in range(count)]


def test_an_index_says_where_records_are_and_what_labels_they_have(tmp_path):
    # More than one batch of reading, and a file of one record.
    first = write(tmp_path / "a", records(300))
    second = write(tmp_path / "b", records(1, first=300))
    index = index_records(
        [tmp_path / "a", tmp_path / "b"], FIELDS, tmp_path / "cache"
    )
    assert index.files.tolist() == [0] * 300 + [1]
    assert index.offsets.tolist() == first + second
    assert index.numbers.tolist() == [*range(300), 0]
    assert index.labels.tolist() == [1 + i % 3 for i in range(301)]
    assert index.class_names[1] == "n00000002"


def test_files_are_read_once_while_they_stay_as_they_are(tmp_path, monkeypatch):
    path = tmp_path / "a"
    write(path, records(5))
    first = index_records([path], FIELDS, tmp_path)
    reads = []
    read = record_index._table
    monkeypatch.setattr(
        record_index, "_table", lambda *x: reads.append(x) or read(*x)
    )
    for each in index_records([path], FIELDS, tmp_path):
        assert len(each) == 5
    assert not reads
    np.testing.assert_array_equal(
        index_records([path], FIELDS, tmp_path).offsets, first.offsets
    )
    write(path, records(6))
    assert len(index_records([path], FIELDS, tmp_path).files) == 6 and reads


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no archive"])
def test_a_damaged_cache_is_made_again(tmp_path, content):
    write(tmp_path / "a", records(5))
    index_records([tmp_path / "a"], FIELDS, tmp_path)
    (cache,) = tmp_path.glob("records-*.npz")
    cache.write_bytes(content)
    assert len(index_records([tmp_path / "a"], FIELDS, tmp_path).files) == 5
    assert len(cache.read_bytes()) > 100


def refuses(path, match, fields=FIELDS):
    with pytest.raises(ValueError, match=match):
        index_records([path], fields, path.parent / "cache")
    assert not list(path.parent.glob("cache/*"))


def test_a_truncated_file_is_named_with_the_record(tmp_path):
    path = tmp_path / "train-00000-of-00001"
    starts = write(path, records(300))
    path.write_bytes(path.read_bytes()[: starts[270] + 40])
    refuses(path, r"train-00000-of-00001', record 270 .*truncated")


@pytest.mark.parametrize("left", range(1, 12))
def test_a_file_cut_within_a_header_is_not_taken_for_a_shorter_one(
    tmp_path, left
):
    # A header has 12 bytes, and TensorFlow reads as far as before them.
    path = tmp_path / "train-00000-of-00001"
    starts = write(path, records(300))
    path.write_bytes(path.read_bytes()[: starts[270] + left])
    refuses(path, f"00001' with {left} bytes behind record 269 .*was cut")
    path.write_bytes(path.read_bytes()[:left])
    refuses(path, "ends within the header of the first")


@pytest.mark.parametrize("into", [0, 9, 30], ids=["length", "crc", "data"])
def test_a_flipped_bit_is_found_and_named(tmp_path, into):
    path = tmp_path / "train-00000-of-00001"
    starts = write(path, records(20))
    flip(path, starts[7] + into)
    refuses(path, r"train-00000-of-00001', record 7 .*corrupted")


def test_an_empty_file_and_no_file_are_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    refuses(tmp_path / "a", r"must hold records. Received: '.*a', .*empty")
    with pytest.raises(ValueError, match=r"At least one.*Received: \[\]"):
        index_records([], FIELDS, tmp_path)


@pytest.mark.parametrize("name", ["image/encoded", "image/class/label"])
def test_a_record_without_a_field_is_named_with_the_field(tmp_path, name):
    made = records(5)
    made[3] = example(b"", 1, **{name: None})
    write(tmp_path / "a", made)
    refuses(tmp_path / "a", f"a', record 3 .*{name}")


def test_a_label_of_another_type_is_refused(tmp_path):
    text = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"1"]))
    write(tmp_path / "a", [example(b"", 1, **{"image/class/label": text})])
    refuses(tmp_path / "a", "a', record 0 .*image/class/label")


def test_a_compressed_file_is_refused_with_the_way_out(tmp_path):
    with tf.io.TFRecordWriter(str(tmp_path / "a"), "GZIP") as writer:
        writer.write(records(1)[0])
    refuses(tmp_path / "a", "a', record 0 .*compressed files must be unpacked")


def test_a_record_needs_no_class_name(tmp_path):
    write(tmp_path / "a", [example(b"x", 1, **{"image/class/synset": None})])
    index = index_records([tmp_path / "a"], FIELDS, tmp_path)
    assert index.class_names.tolist() == [""]
    without = FIELDS._replace(class_name="")
    index = index_records([tmp_path / "a"], without, tmp_path)
    assert index.class_names.tolist() == [""]


def test_the_default_cache_is_where_caches_are(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert record_index.default_cache() == pathlib.Path("/somewhere/tfmixup")
    monkeypatch.delenv("XDG_CACHE_HOME")
    expected = pathlib.Path.home() / ".cache" / "tfmixup"
    assert record_index.default_cache() == expected
