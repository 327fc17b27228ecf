"""Tests of tfmixup.callbacks.epoch_table."""

import os

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.callbacks.epoch_table import as_cell
from tfmixup.callbacks.epoch_table import EpochTable


@pytest.fixture
def table(tmp_path):
    """A written table of the epochs 0, 1 and 2."""
    table = EpochTable(tmp_path / "history.csv")
    for epoch in range(3):
        table.put(epoch, [{"loss": 0.1 + epoch / 3, "note": "a,b"}])
    table.write()
    return table


def test_what_is_written_is_read_to_the_last_bit(table):
    again = EpochTable(table.path)
    again.read(3)
    assert again.rows == table.rows
    content = table.path.read_bytes()
    again.write()
    assert table.path.read_bytes() == content


def test_rows_of_an_epoch_replace_those_of_it_and_of_later_ones(table):
    table.put(1, [{"loss": 5.0}, {"loss": 6.0}])
    assert [row["epoch"] for row in table.rows] == [0, 1, 1]
    assert [row["loss"] for row in table.rows[1:]] == [5.0, 6.0]


def test_only_earlier_epochs_are_read(table):
    again = EpochTable(table.path)
    again.read(1)
    assert [row["epoch"] for row in again.rows] == [0]


def test_a_log_of_the_name_epoch_does_not_hide_the_epoch(table):
    table.put(3, [{"epoch": 99}])
    assert table.rows[-1] == {"epoch": 3}


def test_without_a_file_there_is_nothing_to_read(tmp_path):
    table = EpochTable(tmp_path / "none.csv")
    table.read(3)
    assert table.rows == []
    table.write()
    assert not table.path.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text[:-1],
        lambda text: "",
        lambda text: "\0" * len(text),
        lambda text: text.replace("epoch", "epohc"),
        lambda text: text.replace("\n1,", "\n7,"),
        lambda text: text.replace("\n1,", "\nx,"),
        lambda text: text.encode("latin-1").decode("latin-1") + "\xff\xfe,,,,",
    ],
)
def test_a_damaged_file_is_named_with_the_remedy(table, damage):
    table.path.write_bytes(damage(table.path.read_text()).encode("latin-1"))
    again = EpochTable(table.path)
    with pytest.raises(ValueError, match="history.csv .*damaged.*Remove that"):
        again.read(3)


def test_rows_that_could_not_be_written_are_written_later(table, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = table.path.read_bytes()
    table.put(3, [{"loss": 3.0}])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.warns(RuntimeWarning, match="No space left") as warned:
            table.write()
            table.write()
    assert len(warned) == 1  # Not one for each epoch.
    assert table.path.read_bytes() == before
    table.write()
    assert table.path.read_text().endswith("\n3,3.0,\n")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (3, 3),
        (np.float32(0.5), 0.5),
        (np.array([0.5]), 0.5),
        (tf.constant(0.5), 0.5),
        (tf.constant(0.5, tf.bfloat16), 0.5),
        (tf.Variable(0.5), 0.5),
        (True, True),
        (np.array([0.5, 1]), "[0.5, 1.0]"),
        ([0.5, 1], "[0.5, 1.0]"),
        (np.zeros([0]), "[]"),
        ("cosine", "cosine"),
        (None, None),
        ({"a": 1}, "{'a': 1}"),
        ([[1], [2, 3]], "[[1], [2, 3]]"),
        (b"x", "b'x'"),
        (np.zeros([2000]), "array of shape (2000,)"),
    ],
    ids=str,
)
def test_any_logged_value_becomes_a_cell(value, cell):
    found = as_cell(value)
    assert found == cell and type(found) is type(cell)
