"""Test of tools/benchmark_scaling: all three cases, small."""

import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.slow
def test_one_line_has_all_cases_side_by_side():
    sizes = ["--batch_size=8", "--repeats=2", "--steps=2", "--width=2"]
    ended = subprocess.run(
        [sys.executable, ROOT / "tools" / "benchmark_scaling", *sizes],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    cases = {"one_process", "two_replicas", "two_workers"}
    assert set(found["images_per_second"]) == set(found["ratio"]) == cases
    for median, lowest, highest in found["images_per_second"].values():
        assert 0 < lowest <= median <= highest
    assert found["ratio"]["one_process"] == 1.0
    # ResNet-18 of width 2: 4 bytes for each of its trainable parameters.
    assert found["gradient_megabytes"] == pytest.approx(0.045, abs=0.01)
