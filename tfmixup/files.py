"""Files that are either whole or not there."""

import contextlib
import errno
import logging
import os
import pathlib
import shutil

__all__ = ["new_directory", "new_file", "write_cache"]


@contextlib.contextmanager
def new_file(path):
    """Writes a file so that its name never points at half of it.

    The block writes to a temporary name in the same directory; when it ends
    well, the file is synchronized and takes its final name. When it fails
    (a full disk, an interrupt), what stood there before stays. An error of
    the disk carries the final name.

    Args:
        path: str or path, the final name.

    Yields:
        `pathlib.Path` to write to; it keeps the suffixes of `path`.

    Example:

    >>> import tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "record.json"
    >>> with new_file(path) as temporary:
    ...     _ = temporary.write_text("{}")
    >>> path.read_text()
    '{}'
    """
    path = pathlib.Path(path).expanduser()
    temporary = path.with_name(f".new-{os.getpid()}-{path.name}")
    with _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            _synchronize(temporary)
            os.replace(temporary, path)
            _synchronize(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def new_directory(path):
    """Writes a directory so that its name never points at half of it.

    Args:
        path: str or path that does not exist yet.

    Yields:
        `pathlib.Path` of a directory to fill.

    Raises:
        FileExistsError: if `path` exists.

    Example:

    >>> import tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "backup"
    >>> with new_directory(path) as temporary:
    ...     _ = (temporary / "state.json").write_text("{}")
    >>> sorted(child.name for child in path.iterdir())
    ['state.json']
    """
    path = pathlib.Path(path).expanduser()
    if path.exists():
        raise FileExistsError(f"{path} exists already.")
    temporary = path.with_name(f".new-{os.getpid()}-{path.name}")
    with _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            yield temporary
            for child in temporary.rglob("*"):
                _synchronize(child)
            _synchronize(temporary)
            os.replace(temporary, path)
            _synchronize(path.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def write_cache(path, write):
    """Writes a file that can be made again: a failure is a logged warning.

    Args:
        path: str or path.
        write: function of a path, which writes the file there.

    Example:

    >>> import tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "index.json"
    >>> write_cache(path, lambda temporary: temporary.write_text("{}"))
    >>> path.read_text()
    '{}'
    """
    try:
        with new_file(path) as temporary:
            write(temporary)
    except OSError as error:
        logging.warning(
            "The cache %s cannot be written (%s). Nothing is wrong but that "
            "the next time has to find out again what was kept in it.",
            path,
            error.strerror or error,
        )


# Errors of writing, which mostly come without the name of the file.
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)


@contextlib.contextmanager
def _named(path):
    """Gives an error of writing the final name of what was written."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_WRITING:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def _synchronize(path):
    """Forces a file or a directory to the disk, before a name points at it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
