"""Test of tools/benchmark_backup."""

import json

import pytest
from absl.testing import flagsaver

from tests.tools.loading import loaded


@pytest.fixture(scope="module")
def benchmark():
    """The names of the tool; its flags leave with the last test."""
    with loaded("benchmark_backup", ("rounds", "width")) as names:
        yield names


def test_one_line_says_how_fast_each_is_and_whether_it_notices(
    benchmark, capsys
):
    with flagsaver.flagsaver(rounds=2, width=2):
        benchmark["main"]([])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["rounds"] == 2 and 0 < found["megabytes"] < 10
    assert found["tfmixup"]["write_ratio"] == 1
    assert found["keras"]["read"] > 0 and found["keras"]["read_ratio"] > 0
    # Why this package makes its own. If the second fails, Keras has changed.
    assert found["tfmixup"]["damage"] == "refused"
    assert found["keras"]["damage"] == "unnoticed"


def test_the_ratio_is_taken_within_a_round(benchmark):
    ours = {"write": [1.0, 10.0, 2.0]}
    found = benchmark["summary"]({"write": [2.0, 20.0, 2.0]}, ours)
    assert found == {"write": 2.0, "write_ratio": 2.0}
