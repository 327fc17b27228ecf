"""An end to waiting for workers that do not come."""

import os
import sys
import threading

__all__ = ["RESTARTABLE", "StartUpDeadline"]

# The status of a process that may be started again as it is: EX_TEMPFAIL.
RESTARTABLE = 75


class StartUpDeadline:
    """Ends the process if a block takes too long.

    While TensorFlow waits for the other workers it neither times out nor
    lets SIGTERM or SIGINT through. A thread of our own still runs then, and
    ends the process at once, without clean-up, with status 75.

    Args:
        seconds: float > 0.
        peers: list of str, the addresses that the message names.

    Raises:
        ValueError: seconds that are not positive.

    Example:

    >>> with StartUpDeadline(60.0, ["host0:2222", "host1:2222"]):
    ...     strategy = "made here"
    """

    def __init__(self, seconds, peers=()):
        if not seconds > 0:
            raise ValueError(
                f"`seconds` must be positive. Received: seconds={seconds}."
            )
        self._seconds = seconds
        self._peers = list(peers)
        self._done = threading.Event()

    def __enter__(self):
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._done.set()

    def _watch(self):
        if self._done.wait(self._seconds):
            return
        print(
            f"Not all workers came within {self._seconds:g} s: "
            f"{', '.join(self._peers)}. Ended with status {RESTARTABLE}; "
            "start all of them again.",
            file=sys.stderr,
            flush=True,
        )
        os._exit(RESTARTABLE)
