"""The files of backups: whole, checked, the last two kept."""

import hashlib
import json
import logging
import pathlib
import shutil
from typing import NamedTuple

import numpy as np

from tfmixup.files import new_directory

__all__ = ["BackupFiles", "Position", "Saved"]

_ARRAYS = "arrays.npz"
_MANIFEST = "manifest.json"
_KEPT = 2


class Position(NamedTuple):
    """Where a run is: the epoch, and the steps of it that are done."""

    epoch: int
    step: int


class Saved(NamedTuple):
    """What one backup holds.

    Attributes:
        position: `Position`.
        arrays: dict from str to list of NumPy arrays.
        facts: dict of JSON values.
        checksum: str, equal only for backups of equal content.
    """

    position: Position
    arrays: dict
    facts: dict
    checksum: str


class BackupFiles:
    """A directory of backups, each of which appears at once.

    Args:
        directory: str or path; made when the first backup is written.

    Example:

    >>> import tempfile
    >>> files = BackupFiles(tempfile.mkdtemp())
    >>> files.read_newest() is None
    True
    >>> files.write(Position(3, 10), {"weights": [np.ones(2)]}, {"best": 0.5})
    >>> saved = files.read_newest()
    >>> saved.position, saved.arrays["weights"][0].tolist(), saved.facts
    (Position(epoch=3, step=10), [1.0, 1.0], {'best': 0.5})
    """

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).expanduser()

    def write(self, position, arrays, facts):
        """Writes a backup and removes all but the last two.

        Args:
            position: `Position`.
            arrays: dict from str to list of NumPy arrays.
            facts: dict of JSON values.
        """
        final = self.directory / _name(position)
        if final.exists():
            # Left by a run that was restored from an earlier backup, because
            # this one was damaged.
            shutil.rmtree(final)
        named = {
            f"{group}/{number}": value
            for group, values in arrays.items()
            for number, value in enumerate(values)
        }
        with new_directory(final) as temporary:
            np.savez(temporary / _ARRAYS, **named)
            content = {
                **position._asdict(),
                "arrays": _checksum((temporary / _ARRAYS).read_bytes()),
                "counts": {group: len(each) for group, each in arrays.items()},
                "facts": facts,
            }
            manifest = {"content": content, "sha256": _checksum(_text(content))}
            (temporary / _MANIFEST).write_text(
                json.dumps(manifest), encoding="utf-8"
            )
        for old in self._paths()[:-_KEPT]:
            shutil.rmtree(old)

    def read_newest(self):
        """The newest backup that is whole.

        Returns:
            `Saved`, or None if there is no backup.

        Raises:
            ValueError: if there are backups and all of them are damaged:
                starting again from scratch is for the caller to decide.
        """
        paths = self._paths()
        for path in reversed(paths):
            saved = _read(path)
            if saved is not None:
                return saved
            logging.warning(
                "The backup %s is damaged; trying the one before it.", path
            )
        if paths:
            raise ValueError(
                f"All backups in {self.directory} are damaged: "
                f"{', '.join(path.name for path in paths)}. "
                "To start from the beginning, remove that directory."
            )
        return None

    def exist(self):
        """Whether there is a backup, whole or not."""
        return bool(self._paths())

    def remove_unfinished(self):
        """Removes what a process that was killed while writing has left."""
        for path in self.directory.glob(".new-*"):
            shutil.rmtree(path)

    def _paths(self):
        return sorted(self.directory.glob("epoch-*"))


def _name(position):
    """Names in the order of time: an epoch's begin before its steps."""
    name = f"epoch-{position.epoch:06d}"
    return f"{name}-step-{position.step:09d}" if position.step else name


def _read(path):
    """The backup in a directory, or None if it is damaged."""
    try:
        manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        content = manifest["content"]
        written = (path / _ARRAYS).read_bytes()
        if manifest["sha256"] != _checksum(_text(content)):
            return None
        if content["arrays"] != _checksum(written):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with np.load(path / _ARRAYS, allow_pickle=False) as file:
        arrays = {
            group: [file[f"{group}/{number}"] for number in range(count)]
            for group, count in content["counts"].items()
        }
    position = Position(content["epoch"], content["step"])
    return Saved(position, arrays, content["facts"], manifest["sha256"])


def _text(content):
    return json.dumps(content, sort_keys=True).encode()


def _checksum(data):
    return hashlib.sha256(data).hexdigest()
