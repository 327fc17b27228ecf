"""Tests of experiments.studies.any_temperature."""

import numpy as np
import pytest
from scipy import special
from sklearn.metrics import roc_auc_score

from experiments.studies.any_temperature import ordering_scores
from experiments.studies.any_temperature import table


def made_up(classes, seed):
    rng = np.random.default_rng(seed)
    return {
        "in": 3 * rng.normal(size=(300, classes)),
        "noise": 2 * rng.normal(size=(200, classes)) + 1,
    }


@pytest.fixture(scope="module")
def found():
    return table([made_up(5, 0), made_up(5, 1)], ["noise"])


def test_every_row_is_the_mean_of_scikit_learn_s(found):
    for _, row in found[1:-1].iterrows():
        expected = []
        for seed in (0, 1):
            logits = np.concatenate(list(made_up(5, seed).values()))
            scores = special.softmax(logits / row["temperature"], axis=1)
            # -(1 - winning score): without rounding to ties near 1.
            others = np.sort(scores, axis=1)[:, :-1].sum(axis=1)
            expected.append(roc_auc_score([1] * 300 + [0] * 200, -others))
        assert row["noise"] == pytest.approx(np.mean(expected), abs=1e-12)


def test_the_limits_are_those_of_very_small_and_very_large_temperatures(found):
    assert found["temperature"].is_monotonic_increasing
    assert found["temperature"].iloc[[0, -1]].tolist() == [0, np.inf]
    logits = made_up(5, 0)["in"]
    np.testing.assert_allclose(
        ordering_scores(logits, 1e-5), ordering_scores(logits, 0), atol=1e-4
    )
    # The winning score is 1/5 + (sum of leads) / 25 T for a large T.
    winning = special.softmax(logits / 1e7, axis=1).max(axis=1)
    np.testing.assert_allclose(
        25e7 * (winning - 0.2), ordering_scores(logits, np.inf), rtol=1e-4
    )


def test_the_order_is_kept_where_the_winning_score_is_1():
    logits = np.array([[5000.0, 0, 0], [6000, 0, 0], [6000, 10, 0]])
    for temperature in (0, 0.1, 1.0, 100.0, np.inf):
        low, high, middle = ordering_scores(logits, temperature)
        assert low < middle < high, temperature


def test_two_classes_have_one_order_at_all_temperatures():
    found = table([made_up(2, 0)], ["noise"])
    assert found["noise"].nunique() == 1
