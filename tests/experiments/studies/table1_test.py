"""Tests of experiments.studies.table1; study_test.py has it end to end."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from experiments.studies.table1 import detection_table


def made_up(shift, seed):
    """Log scores in and out of distribution, `shift` apart."""
    generator = np.random.default_rng(seed)
    return {
        "in": generator.normal(size=300) + shift,
        "unseen classes": generator.normal(size=200),
        "Gaussian noise": generator.normal(size=100),
    }


@pytest.fixture(scope="module")
def scores():
    return {
        name: [made_up(shift, [seed, place]) for seed in range(3)]
        for place, (name, shift) in enumerate(
            {
                "baseline": 1.0,
                "mixup": 3.0,
                "temperature scaling": 1.0,
                "MC dropout": 3.0,
            }.items()
        )
    }


def test_the_figures_are_those_of_scikit_learn(scores):
    table = detection_table(scores).set_index(
        ["detector", "out of distribution"]
    )
    for name, by_seed in scores.items():
        for out in ("unseen classes", "Gaussian noise"):
            expected = [
                roc_auc_score(
                    [1] * 300 + [0] * len(each[out]),
                    np.concatenate([each["in"], each[out]]),
                )
                for each in by_seed
            ]
            row = table.loc[(name, out)]
            assert row["AUROC"] == pytest.approx(np.mean(expected), abs=1e-12)
            assert row["seeds"] == 3 and row["low"] < row["high"]


def test_the_order_is_judged_as_the_paper_has_it(scores):
    table = detection_table(scores).set_index(
        ["detector", "out of distribution"]
    )["paper's order"]
    assert (table["baseline"] == "").all()
    # Better than the baseline: the paper's word on mixup, not on dropout.
    assert (table["mixup"] == "reproduced").all()
    assert (table["MC dropout"] == "not reproduced").all()
    assert (table["temperature scaling"] == "within noise").all()


def test_the_printed_numbers_stand_beside_ours(scores):
    table = detection_table(scores).set_index(
        ["detector", "out of distribution"]
    )
    printed = table["paper, on STL-10"]
    assert printed["mixup", "Gaussian noise"] == 0.9593
    assert printed["temperature scaling", "unseen classes"] == 0.562
