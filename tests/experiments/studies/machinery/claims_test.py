"""Tests of experiments.studies.machinery.claims."""

import numpy as np
import pytest

from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.claims import judge
from experiments.studies.machinery.claims import verdict_of
from experiments.studies.machinery.results import Results
from tests.experiments.studies.fake_runs import make_runs
from tfmixup.diagrams import summarize_seeds

CLAIM = Claim("mixup is better", "ece", "mixup", "baseline")


@pytest.mark.parametrize(
    ("sharpness", "verdict"),
    [
        ({"baseline": 3.0, "mixup": 1.0}, "reproduced"),
        ({"baseline": 1.0, "mixup": 3.0}, "not reproduced"),
        ({"baseline": 2.0, "mixup": 2.0}, "within noise"),
    ],
)
def test_the_verdict_is_the_truth_of_made_up_runs(tmp_path, sharpness, verdict):
    results = Results(make_runs(tmp_path, sharpness), "made up")
    (row,) = judge([CLAIM], results).to_dict("records")
    assert row["verdict"] == verdict and row["seeds"] == 3
    lines = {line.method: line for line in results.lines}
    expected = results.values(lines["mixup"], "ece") - results.values(
        lines["baseline"], "ece"
    )
    assert row["difference"] == pytest.approx(expected.mean(), abs=1e-15)


def test_one_seed_is_no_proof():
    assert "one seed" in verdict_of(summarize_seeds([-0.5]))


def test_seeds_are_paired():
    # Far apart between seeds, the difference always the same.
    higher = np.array([0.1, 0.5, 0.9])
    assert verdict_of(summarize_seeds((higher - 0.01) - higher)) == "reproduced"


def test_a_claim_on_methods_that_were_not_run_has_no_row(tmp_path):
    results = Results(make_runs(tmp_path, {"baseline": 1.0}), "made up")
    assert judge([CLAIM], results).empty
