"""Tests of experiments.quiet."""

import os
import sys

import pytest

from experiments import quiet

NOTICES = [
    b"WARNING: All log messages before absl::InitializeLog() is called ...\n",
    b"I0000 00:00:17.5 16972 port.cc:153] oneDNN custom operations are on.\n",
    b"E0000 00:00:17.5 16972 cuda_platform.cc:52] failed call to cuInit\n",
]


def test_notices_are_held_back_and_other_lines_are_not(capfd):
    with quiet.native_notices():
        for line in NOTICES:
            os.write(2, line)
        os.write(2, b"E0000 00:00:17.5 1 bfc_allocator.cc:1] out of memory\n")
        print("a Python warning", file=sys.stderr)
    shown = capfd.readouterr().err
    assert len(shown.splitlines()) == 2
    assert "out of memory" in shown and "a Python warning" in shown


def test_nothing_is_lost_when_the_block_fails(capfd):
    with pytest.raises(RuntimeError):
        with quiet.native_notices():
            os.write(2, b"the reason\n")
            raise RuntimeError
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "the reason\nafterwards\n"
