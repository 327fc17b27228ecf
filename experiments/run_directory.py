"""The directory of one run: whose it is, what made it, whether it is done."""

import contextlib
import fcntl
import json
import os
import pathlib
import socket

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
        self.path = pathlib.Path(path)
        self.writes = writes
        if not writes:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with new_file(self.path / ".writable") as temporary:
                temporary.write_text("")
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

    def claim(self, settings, defaults=None):
        """Notes what the run is, or checks that it is the same one.

        Args:
            settings: dict of JSON values that determine the result.
            defaults: dict of the values that settings had in runs of a time
                when there was no flag for them.

        Raises:
            RunDirectoryError: if the directory belongs to another run.
        """
        path = self.path / "settings.json"
        if not path.exists():
            with new_file(path) as temporary:
                temporary.write_text(json.dumps(settings, indent=1))
            return
        before = {**(defaults or {}), **json.loads(path.read_text())}
        names = sorted(before.keys() | settings.keys())
        different = [
            f"  --{name}: {before.get(name)} there, {settings.get(name)} here"
            for name in names
            if before.get(name) != settings.get(name)
        ]
        if different:
            raise RunDirectoryError(
                f"{self.path} holds a run with other flags:\n"
                + "\n".join(different)
                + "\nChoose another --run_dir, or remove that one."
            )

    def write_record(self, record):
        """Writes the record, one JSON line, which marks the run finished."""
        with new_file(self.record_path) as temporary:
            temporary.write_text(json.dumps(record) + "\n")

    def read_record(self):
        """The record as a dict."""
        return json.loads(self.record_path.read_text())
