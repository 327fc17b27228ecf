"""Tests of tfmixup.files: whole or not there."""

import errno
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


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("new", [files.new_file, files.new_directory])
def test_an_error_of_the_disk_carries_the_final_name(tmp_path, new, number):
    path = tmp_path / "a"
    with pytest.raises(OSError) as caught:
        with new(path):
            raise OSError(number, "no room")
    assert caught.value.errno == number
    assert caught.value.filename == str(path)
    assert not list(tmp_path.iterdir())


def test_an_error_of_another_file_keeps_its_name(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        with files.new_file(tmp_path / "a"):
            (tmp_path / "input").read_text()
    assert caught.value.filename == str(tmp_path / "input")


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with files.new_file("~/a.txt") as temporary:
        temporary.write_text("new")
    with files.new_directory("~/b"):
        pass
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b"]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    # Neither below a file nor in /proc can a directory be made.
    for path in (tmp_path / "file" / "index.json", "/proc/none/index.json"):
        files.write_cache(path, lambda temporary: temporary.write_text("{}"))
        assert f"The cache {path} cannot be written" in caplog.text
    full = tmp_path / "full.json"

    def write(temporary):
        raise OSError(errno.ENOSPC, "No space left on device")

    files.write_cache(full, write)
    assert "No space left" in caplog.text
    assert os.listdir(tmp_path) == ["file"]
