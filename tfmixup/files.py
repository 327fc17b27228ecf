"""Files that are either whole or not there."""

import contextlib
import os
import pathlib
import shutil

__all__ = ["new_directory", "new_file"]


@contextlib.contextmanager
def new_file(path):
    """Writes a file so that its name never points at half of it.

    The block writes to a temporary name in the same directory; when it ends
    well, the file is synchronised and takes its final name. When it fails
    (a full disk, an interrupt), what stood there before stays.

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
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".new-{os.getpid()}-{path.name}")
    try:
        yield temporary
        _synchronise(temporary)
        os.replace(temporary, path)
        _synchronise(path.parent)
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
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".new-{os.getpid()}-{path.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        yield temporary
        for child in temporary.rglob("*"):
            _synchronise(child)
        _synchronise(temporary)
        os.replace(temporary, path)
        _synchronise(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _synchronise(path):
    """Forces a file or a directory to the disk, before a name points at it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
