"""Tests of tfmixup.files: whole or not there."""

import os
import pathlib

import pytest

from tfmixup import files


def test_a_new_file_takes_its_name_only_when_it_is_complete(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    with files.new_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(OSError, match="disk full"):
        with files.new_file(path) as temporary:
            temporary.write_text("ha")
            raise OSError("disk full")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_at_any_step_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def crash(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, step, crash)
    with pytest.raises(OSError, match="no space"):
        with files.new_file(path) as temporary:
            temporary.write_text("new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_the_temporary_name_keeps_all_suffixes(tmp_path):
    # Keras and NumPy choose the format by the suffix.
    with files.new_file(tmp_path / "model.weights.h5") as temporary:
        assert temporary.name.endswith(".weights.h5")
        temporary.write_text("")


def test_a_new_directory_appears_at_once(tmp_path):
    path = tmp_path / "backup"
    with files.new_directory(path) as temporary:
        (temporary / "a").write_text("1")
        (temporary / "sub").mkdir()
        (temporary / "sub" / "b").write_text("2")
        assert not path.exists()
    assert (path / "sub" / "b").read_text() == "2"
    assert os.listdir(tmp_path) == ["backup"]


def test_a_failure_leaves_no_directory(tmp_path):
    with pytest.raises(RuntimeError):
        with files.new_directory(tmp_path / "backup") as temporary:
            (temporary / "a").write_text("1")
            raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_an_existing_directory_is_not_replaced(tmp_path):
    with pytest.raises(FileExistsError, match=pathlib.Path(tmp_path).name):
        with files.new_directory(tmp_path):
            pass
