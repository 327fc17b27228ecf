"""Tests of tfmixup.distribution.deadline."""

import pathlib
import subprocess
import sys

import pytest

from tfmixup.distribution import deadline

# The file alone, without TensorFlow, which takes seconds to import. The main
# thread waits as TensorFlow does: it ignores signals, and holds the lock of the
# interpreter (`PyDLL` does not release it).
SCRIPT = """
import ctypes, signal, sys, time
sys.path.insert(0, {folder!r})
from deadline import StartUpDeadline
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
with StartUpDeadline({seconds}, ["host0:2222", "host%d:2222"]):
    ctypes.PyDLL(None).sleep({needed})
time.sleep(1.0)
print("started")
"""


def run(seconds, needed):
    folder = str(pathlib.Path(deadline.__file__).parent)
    script = SCRIPT.format(folder=folder, seconds=seconds, needed=needed)
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_block_that_takes_too_long_ends_the_process_with_75():
    ended = run(seconds=0.1, needed=50)
    assert ended.returncode == deadline.RESTARTABLE == 75
    assert ended.stdout == ""
    assert "within 0.1 s: host0:2222, host%d:2222." in ended.stderr
    assert "start all of them again" in ended.stderr


def test_a_block_that_ends_in_time_is_forgotten():
    ended = run(seconds=0.2, needed=0)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "started\n" and ended.stderr == ""


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_deadline_that_is_not_positive_is_refused(seconds):
    with pytest.raises(ValueError, match=f"positive and finite.*{seconds}"):
        deadline.StartUpDeadline(seconds)
