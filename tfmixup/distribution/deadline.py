"""An end to waiting for workers that do not come."""

import ctypes
import math

__all__ = ["RESTARTABLE", "StartUpDeadline"]

# The status of a process that may be started again as it is: EX_TEMPFAIL.
RESTARTABLE = 75

# Of POSIX, as Linux has them.
_CLOCK_MONOTONIC = 1
_SIGEV_THREAD = 2


class StartUpDeadline:
    """Ends the process if a block takes too long.

    While TensorFlow waits for the other workers it does not time out, catches
    SIGTERM and SIGINT, and holds the interpreter's lock, so that no thread
    and no handler of Python runs either (tried with TensorFlow 2.21). So the
    timer is the C library's: its thread prints a message and ends the process
    at once, without clean-up, with status 75. Linux only.

    Args:
        seconds: float > 0.
        peers: list of str, the addresses that the message names.

    Raises:
        ValueError: seconds that are not positive and finite.

    Example:

    >>> with StartUpDeadline(60.0, ["host0:2222", "host1:2222"]):
    ...     strategy = "made here"
    """

    def __init__(self, seconds, peers=()):
        if not 0 < seconds < math.inf:
            raise ValueError(
                "`seconds` must be positive and finite. "
                f"Received: seconds={seconds}."
            )
        self._seconds = seconds
        message = (
            f"Not all workers came within {seconds:g} s: {', '.join(peers)}. "
            f"Ended with status {RESTARTABLE}; start all of them again."
        )
        # A format of printf, which must live as long as the timer.
        self._message = message.replace("%", "%%").encode()
        self._library = ctypes.CDLL(None, use_errno=True)
        self._timers = []

    def __enter__(self):
        self._call_after(self._seconds, "warnx", self._message)
        self._call_after(self._seconds + 0.5, "_exit", RESTARTABLE)
        return self

    def __exit__(self, *_):
        for timer in self._timers:
            self._library.timer_delete(timer)
        self._timers = []

    def _call_after(self, seconds, name, argument):
        """Has the C library call one of its functions in a new thread."""
        if isinstance(argument, bytes):
            argument = ctypes.cast(argument, ctypes.c_void_p).value
        function = ctypes.cast(self._library[name], ctypes.c_void_p)
        event = _Event(argument, 0, _SIGEV_THREAD, function)
        timer = ctypes.c_void_p()
        self._checked(
            "timer_create",
            _CLOCK_MONOTONIC,
            ctypes.byref(event),
            ctypes.byref(timer),
        )
        self._timers.append(timer)
        whole = int(seconds)
        times = (ctypes.c_long * 4)(0, 0, whole, int((seconds - whole) * 1e9))
        self._checked("timer_settime", timer, 0, times, None)

    def _checked(self, name, *arguments):
        if self._library[name](*arguments):
            number = ctypes.get_errno()
            raise OSError(number, f"{name} failed")


class _Event(ctypes.Structure):
    """`struct sigevent` of Linux with 64 bits."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("function", ctypes.c_void_p),
        ("attributes", ctypes.c_void_p),
        ("padding", ctypes.c_char * 32),
    )
