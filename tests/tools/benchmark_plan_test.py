"""Tests of tools/benchmark_plan."""

import json

import numpy as np
import pytest
from absl.testing import flagsaver

from tests.tools.loading import loaded

NAMES = ("batch_size", "jit_compile", "pairs", "steps", "width")


@pytest.fixture(scope="module")
def benchmark():
    """The names of the tool; its flags leave with the last test."""
    with loaded("benchmark_plan", NAMES) as names:
        yield names


def test_both_steps_are_timed_and_their_ratio_printed(benchmark, capsys):
    with flagsaver.flagsaver(batch_size=2, pairs=2, steps=1, width=1):
        benchmark["main"]([])
    found = json.loads(capsys.readouterr().out)
    assert found["pairs"] == 2
    for name in ("plain_wall_seconds", "plan_cpu_seconds", "ratio_wall"):
        assert 0 < found[name] < np.inf


def test_the_ratio_is_taken_within_a_pair(benchmark):
    plain = np.array([[1.0, 1.0], [10.0, 1.0], [3.0, 1.0]])
    plan = np.array([[2.0, 1.5], [20.0, 1.5], [3.0, 1.5]])
    found = benchmark["report"]({"plain": plain, "plan": plan})
    assert found["ratio_wall"] == 2
    assert found["ratio_cpu"] == 1.5
    assert found["plain_wall_seconds"] == 3
