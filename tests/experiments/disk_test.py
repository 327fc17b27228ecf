"""Tests of experiments.disk."""

import errno

import pytest

from experiments import disk


def test_a_full_disk_is_named_with_file_disk_and_remedy(tmp_path):
    path = tmp_path / "deep" / "best.weights.h5"
    error = OSError(errno.ENOSPC, "No space left on device", str(path))
    text = disk.describe(error)
    assert disk.is_full(error)
    assert f"no room for {path} on the disk /" in text
    assert "MB are free" in text
    assert text.endswith("the same command goes on when there is room.")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EDQUOT, "quota"), (errno.EFBIG, "ulimit -f")],
)
def test_quotas_and_limits_are_named(tmp_path, number, words):
    error = OSError(number, "too much", str(tmp_path / "a"))
    assert words in disk.describe(error)


def test_a_full_disk_without_a_name_is_one_all_the_same():
    text = disk.describe(OSError(errno.ENOSPC, "No space left on device"))
    assert text.startswith("there is no room on the disk. Make room")


def test_other_errors_say_what_they_are():
    error = FileNotFoundError(errno.ENOENT, "No such file", "a.txt")
    assert not disk.is_full(error) and not disk.is_full(ValueError())
    assert "No such file" in disk.describe(error)
