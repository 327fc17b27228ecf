"""The directory of one run: whose it is, what made it, whether it is done."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import socket

from experiments import disk
from experiments import run_identity
from tfmixup.files import new_file

__all__ = ["RunDirectory", "RunDirectoryError", "read_record"]


# What people and later analyses read: their digests stand in the record.
_FILES = (
    "best.json",
    "best.weights.h5",
    "bins.csv",
    "flags.txt",
    "history.csv",
    "reliability.png",
    "report.csv",
    "report.md",
    "report.png",
    "test.npz",
    "validation.npz",
)


class RunDirectoryError(Exception):
    """The directory cannot be used for this run; the message says why."""


class RunDirectory:
    """Paths and state of a run.

    Args:
        path: str or path; made if it does not exist.
        writes: whether this process is the one that writes there; of several
            workers it is the chief.

    Raises:
        RunDirectoryError: if it cannot be a directory that one can write to.
    """

    def __init__(self, path, writes=True):
        self.path = pathlib.Path(path).expanduser()
        self.writes = writes
        if not writes:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with new_file(self.path / ".writable") as temporary:
                temporary.write_text("", encoding="utf-8")
            (self.path / ".writable").unlink()
        except OSError as error:
            reason = f"{error.strerror}."
            if disk.is_full(error):
                reason = disk.describe(error)
            raise RunDirectoryError(
                f"--run_dir={path} is no directory that can be written to: "
                f"{reason}"
            ) from error

    def __truediv__(self, name):
        return self.path / name

    @property
    def settings_path(self):
        """Path of the settings, which say what run the directory is of."""
        return self.path / "settings.json"

    @property
    def record_path(self):
        """Path of the record, which is there when the run is finished."""
        return self.path / "record.json"

    def finished(self):
        """Whether the run has been completed: its record is there, and whole.

        Raises:
            RunDirectoryError: if the record is that of another run.
        """
        try:
            record = self.read_record()
        except RunDirectoryError:
            return False
        if self.settings_path.exists():
            there, here = self._noted(), _noted_in(record)
            # The content of a file of vectors counts, not its name.
            names = (there.keys() & here.keys()) - {"glove"}
            lines = _differences(there, here, names)
            if lines:
                listed = "\n".join(f"  {line}" for line in lines)
                raise RunDirectoryError(
                    f"{self.record_path} is the record of another run than "
                    f"{self.settings_path.name} (there) says:\n{listed}\n"
                    f"Remove {self.record_path.name}, and the same command "
                    "finishes this run."
                )
        return True

    @contextlib.contextmanager
    def locked(self):
        """Holds the directory for this process, if it writes there.

        The lock is the kernel's: it goes with the process, however that ends.
        What a process that was killed has half written is removed.

        Raises:
            RunDirectoryError: if another process holds it.
        """
        if not self.writes:
            yield
            return
        with open(self.path / ".lock", "a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                raise RunDirectoryError(
                    f"{self.path} is in use by {lock.read().strip()}. Wait "
                    "for it, or choose another --run_dir."
                ) from error
            # Before anything is written: that may need the room.
            self._remove_unfinished()
            lock.truncate(0)
            lock.write(f"process {os.getpid()} on {socket.gethostname()}\n")
            lock.flush()
            yield

    def has_trained(self):
        """Whether something is left here that another run must not take."""
        return (
            self.record_path.exists()
            or (self.path / "best.weights.h5").exists()
            or any((self.path / "backup").glob("epoch-*"))
        )

    def check(self, settings, data=None, defaults=None):
        """Makes sure that the directory belongs to no other run.

        A run that ended before it trained leaves nothing that counts.

        Args:
            settings: dict of JSON values that determine the result.
            data: dict as of `run_identity.identity_of`; None before the data
                were opened. Of runs of a time when there were no digests,
                nothing is known, and any data are taken.
            defaults: dict of the values that settings had in runs of a time
                when there was no flag for them.

        Raises:
            RunDirectoryError: if it belongs to another run, or what says so
                is damaged.
        """
        there = self._noted() if self.has_trained() else None
        if there is None:
            return
        data_there = there.pop("data", None)
        there = {**(defaults or {}), **there}
        names = there.keys() | settings.keys()
        if data_there and there.get("glove") and settings.get("glove"):
            # The content of this file counts, not its name.
            names -= {"glove"}
        self._refuse(
            "was made with other flags",
            _differences(there, settings, names),
            "Choose another --run_dir, or remove that one.",
        )
        if data and data_there:
            self._refuse(
                "was made on other data",
                run_identity.differences(data_there, data),
                "Choose another --run_dir, or give the data of that run.",
            )

    def _refuse(self, what, lines, remedy):
        if lines:
            listed = "\n".join(f"  {line}" for line in lines)
            raise RunDirectoryError(
                f"{self.path} holds a run that {what}:\n{listed}\n{remedy}"
            )

    def claim(self, settings, data=None):
        """Notes what the run is, when its training begins.

        Args:
            settings: as of `check`.
            data: as of `check`.
        """
        if self.has_trained() and self.settings_path.exists():
            return
        self._write_settings({**settings, "data": data} if data else settings)

    def restore_settings(self):
        """Writes lost settings of a finished run again; its record has them."""
        if not self.settings_path.exists():
            self._write_settings(_noted_in(self.read_record()))

    def _write_settings(self, noted):
        noted = {**noted, "sha256": _digest(noted)}
        with new_file(self.settings_path) as temporary:
            temporary.write_text(json.dumps(noted, indent=1), encoding="utf-8")

    def write_record(self, record):
        """Writes the record, one JSON line, which marks the run finished.

        Args:
            record: dict of JSON values; the digests of it and of the files
                beside it are written too.
        """
        files = {
            name: _digest_of_file(self.path / name)
            for name in _FILES
            if (self.path / name).exists()
        }
        record = {**record, "files": files}
        record.pop("sha256", None)
        record["sha256"] = _digest(record)
        with new_file(self.record_path) as temporary:
            temporary.write_text(json.dumps(record) + "\n", encoding="utf-8")

    def read_record(self):
        """The record as a dict; see `read_record`."""
        return read_record(self.path)

    def _noted(self):
        """What is written of the settings and the data; None if nothing is."""
        if not self.settings_path.exists():
            try:
                return _noted_in(self.read_record())
            except RunDirectoryError:
                return None
        try:
            return _read_signed(self.settings_path)
        except (OSError, ValueError) as error:
            raise RunDirectoryError(
                f"{self.settings_path} is damaged ({error}). Remove that file: "
                "the same command writes it again, and the backups of the run "
                "know if flags or data are others."
            ) from error

    def _remove_unfinished(self):
        for path in sorted(self.path.rglob(".new-*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def read_record(directory, files=()):
    """The record of a finished run.

    Args:
        directory: str or path of the run.
        files: names of files of the run, such as "test.npz", that must be
            what the run wrote; "all" for all that the record knows.

    Returns:
        dict of JSON values.

    Raises:
        RunDirectoryError: if there is none, or it or a file is damaged.
    """
    path = pathlib.Path(directory).expanduser() / "record.json"
    try:
        record = _read_signed(path)
    except FileNotFoundError as error:
        if not path.parent.is_dir():
            raise RunDirectoryError(
                f"{directory} holds no finished run: there is no such "
                "directory."
            ) from error
        raise RunDirectoryError(
            f"{directory} holds no finished run: there is no {path.name}. The "
            "command of the run goes on with it."
        ) from error
    except (OSError, ValueError) as error:
        raise RunDirectoryError(
            f"{path} is damaged ({error}). Give the command of the run again: "
            "it makes the record anew from the last backup."
        ) from error
    known = record.get("files", {})
    for name in known if files == "all" else files:
        file = path.with_name(name)
        if not file.exists():
            fault = "missing"
        elif known.get(name, digest := _digest_of_file(file)) != digest:
            fault = "damaged: its content is not what the run wrote"
        else:
            continue
        raise RunDirectoryError(
            f"{file} is {fault}. Remove {path.name} beside it and give the "
            "command of the run again: it goes on from the last backup and "
            "writes both anew."
        )
    return record


def _read_signed(path):
    """A JSON object without the digest that it carries, if it has one."""
    found = _read_json(path)
    digest = found.pop("sha256", None)
    if digest not in (None, _digest(found)):
        raise ValueError("its content is not what was written")
    return found


def _read_json(path):
    """A JSON object; a ValueError says in our words what it is instead."""
    content = path.read_bytes()
    if not content.strip():
        raise ValueError("it is empty")
    try:
        found = json.loads(content)
    except ValueError:
        raise ValueError("it is no JSON, or cut") from None
    if not isinstance(found, dict):
        raise ValueError("it holds no JSON object")
    return found


def _noted_in(record):
    """What a record says of the settings and the data."""
    data = {"data": record["data"]} if record.get("data") else {}
    return {**record.get("settings", {}), **data}


def _differences(there, here, names):
    """A line for each setting that differs, as a list."""
    return [
        f"--{name}: {there.get(name)} there, {here.get(name)} here"
        for name in sorted(names)
        if there.get(name) != here.get(name)
    ]


def _digest_of_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(record):
    text = json.dumps(record, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
