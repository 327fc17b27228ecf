"""Tests of tfmixup.backup.files: what a crash may leave behind."""

import json
import os
import pathlib

import numpy as np
import pytest

from tfmixup.backup.files import BackupFiles
from tfmixup.backup.files import Position


def write(files, epoch, step=0):
    arrays = {"weights": [np.full([100], float(epoch)), np.int64(step)]}
    files.write(Position(epoch, step), arrays, {"epoch": epoch})


@pytest.fixture
def files(tmp_path):
    """Two backups, of the epochs 1 and 2."""
    files = BackupFiles(tmp_path / "backup")
    write(files, 1)
    write(files, 2)
    return files


def test_what_is_written_is_read(files):
    saved = files.read_newest()
    assert saved.position == (2, 0) and saved.facts == {"epoch": 2}
    values, step = saved.arrays["weights"]
    np.testing.assert_array_equal(values, np.full([100], 2.0))
    assert values.dtype == np.float64 and step == 0


def test_the_newest_is_the_latest_step_and_two_are_kept(files):
    write(files, 2, 9)
    write(files, 2, 10)
    assert files.read_newest().position == (2, 10)
    write(files, 3)
    assert files.read_newest().position == (3, 0)
    assert len(os.listdir(files.directory)) == 2


def test_equal_content_has_an_equal_checksum(tmp_path, files):
    other = BackupFiles(tmp_path / "other")
    write(other, 2)
    assert other.read_newest().checksum == files.read_newest().checksum
    write(other, 3)
    assert other.read_newest().checksum != files.read_newest().checksum


def damage(path, kind):
    """Does to a file what crashes, full disks and bad ones do."""
    content = path.read_bytes()
    middle = len(content) // 2
    if kind == "missing":
        path.unlink()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "truncated":
        path.write_bytes(content[:middle])
    elif kind == "garbage":
        path.write_bytes(os.urandom(len(content)))
    else:
        flipped = bytes([content[middle] ^ 1])
        path.write_bytes(content[:middle] + flipped + content[middle + 1 :])


@pytest.mark.parametrize("name", ["arrays.npz", "manifest.json"])
@pytest.mark.parametrize(
    "kind", ["missing", "empty", "truncated", "garbage", "bit flip"]
)
def test_a_damaged_backup_falls_back_to_the_one_before(
    files, name, kind, caplog
):
    damage(files.directory / "epoch-000002" / name, kind)
    assert files.read_newest().position == (1, 0)
    assert "epoch-000002 is damaged" in caplog.text
    # The epoch that was lost is written again in its place.
    write(files, 2)
    assert files.read_newest().position == (2, 0)


def test_only_damaged_backups_are_an_error_not_a_fresh_start(files):
    for path in files.directory.iterdir():
        (path / "manifest.json").write_text(json.dumps({"epoch": 1}))
    with pytest.raises(ValueError, match="All backups .* are damaged"):
        files.read_newest()


@pytest.mark.parametrize(
    ("owner", "fault"),
    # Path.mkdir calls an os.mkdir of its own in Python 3.10.
    [(pathlib.Path, "mkdir"), (os, "fsync"), (os, "replace"), (os, "open")],
    ids=["mkdir", "fsync", "replace", "open"],
)
def test_a_crash_at_any_point_of_writing_leaves_the_one_before(
    files, monkeypatch, owner, fault
):
    def crash(*_, **__):
        raise OSError("no space left")

    # Of the calls of one kind, the crash is at the first, then the second...
    original = getattr(owner, fault)
    for survived in range(20):
        calls = [survived]

        def sometimes(*arguments, calls=calls, **options):
            calls[0] -= 1
            if calls[0] < 0:
                crash()
            return original(*arguments, **options)

        monkeypatch.setattr(owner, fault, sometimes)
        try:
            write(files, 3)
            whole = True
        except OSError:
            whole = False
        monkeypatch.setattr(owner, fault, original)
        position = files.read_newest().position
        if whole:
            assert position == (3, 0)
            break
        # Whether the name is there or not: what is read is whole.
        assert position in ((2, 0), (3, 0))
    assert whole and survived > 0


def test_what_a_killed_process_left_is_removed(files):
    left = files.directory / ".new-123-epoch-000003"
    left.mkdir()
    (left / "arrays.npz").write_bytes(b"half of it")
    files.remove_unfinished()
    assert not left.exists() and files.read_newest().position == (2, 0)


def test_without_a_backup_there_is_none(tmp_path):
    files = BackupFiles(tmp_path / "none")
    assert files.read_newest() is None and not files.exist()
