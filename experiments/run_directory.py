"""The directory of one run: whose it is, what made it, whether it is done."""

import contextlib
import fcntl
import json
import os
import pathlib
import socket

from experiments import run_identity
from tfmixup.files import new_file

__all__ = ["RunDirectory", "RunDirectoryError"]


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
            raise RunDirectoryError(
                f"--run_dir={path} is no directory that can be written to: "
                f"{error.strerror}."
            ) from error

    def __truediv__(self, name):
        return self.path / name

    @property
    def record_path(self):
        """Path of the record, which is there when the run is finished."""
        return self.path / "record.json"

    def finished(self):
        """Whether the run has been completed."""
        return self.record_path.exists()

    @contextlib.contextmanager
    def locked(self):
        """Holds the directory for this process, if it writes there.

        The lock is the kernel's: it goes with the process, however that ends.

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
            lock.truncate(0)
            lock.write(f"process {os.getpid()} on {socket.gethostname()}\n")
            lock.flush()
            yield

    def has_trained(self):
        """Whether something is left here that another run must not take."""
        return (
            self.finished()
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
            RunDirectoryError: if it belongs to another run.
        """
        path = self.path / "settings.json"
        if not (self.has_trained() and path.exists()):
            return
        there = json.loads(path.read_text(encoding="utf-8"))
        data_there = there.pop("data", None)
        there = {**(defaults or {}), **there}
        names = there.keys() | settings.keys()
        if data_there and there.get("glove") and settings.get("glove"):
            # The content of this file counts, not its name.
            names -= {"glove"}
        self._refuse(
            "was made with other flags",
            [
                f"--{name}: {there.get(name)} there, {settings.get(name)} here"
                for name in sorted(names)
                if there.get(name) != settings.get(name)
            ],
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
        path = self.path / "settings.json"
        if self.has_trained() and path.exists():
            return
        with new_file(path) as temporary:
            noted = {**settings, "data": data} if data else settings
            temporary.write_text(json.dumps(noted, indent=1), encoding="utf-8")

    def write_record(self, record):
        """Writes the record, one JSON line, which marks the run finished."""
        with new_file(self.record_path) as temporary:
            temporary.write_text(json.dumps(record) + "\n", encoding="utf-8")

    def read_record(self):
        """The record as a dict."""
        return json.loads(self.record_path.read_text(encoding="utf-8"))
