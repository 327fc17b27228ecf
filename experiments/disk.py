"""Errors of files, in a sentence that says what to do."""

import errno
import os
import pathlib
import shutil

__all__ = ["describe", "is_full"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error):
    """Whether an error says that there is no room.

    Args:
        error: exception.

    Returns:
        Python bool: on the disk, in a quota, or below a limit of file sizes.
    """
    return isinstance(error, OSError) and error.errno in _FULL


def describe(error):
    """What an `OSError` says, with the file, the disk and the remedy.

    Args:
        error: `OSError`.

    Returns:
        str, a sentence or two.
    """
    if not is_full(error):
        return str(error)
    what = f" for {error.filename}" if error.filename else ""
    if error.errno == errno.EFBIG:
        where = "below the limit of file sizes (ulimit -f)"
    else:
        where = "on the disk"
        mount = _mount_of(error.filename)
        if mount is not None:
            free = shutil.disk_usage(mount).free
            where += f" {mount} ({free / 1e6:,.1f} MB are free)"
        if error.errno == errno.EDQUOT:
            where += ", or in your quota of it"
    return (
        f"there is no room{what} {where}. Make room: the same command goes on "
        "when there is room."
    )


def _mount_of(filename):
    """Where the disk of a file is mounted; None if that is not known."""
    if not filename:
        return None
    path = pathlib.Path(filename).absolute()
    existing = [each for each in (path, *path.parents) if each.exists()]
    return next((each for each in existing if os.path.ismount(each)), None)
