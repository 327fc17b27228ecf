"""Tests of tfmixup.uncertainty.selective."""

import numpy as np
import pytest

from tests import reference
from tfmixup.uncertainty.selective import selective_prediction


def made(size=500, seed=0):
    rng = np.random.default_rng(seed)
    logits = 2 * rng.normal(size=(size, 4))
    return logits, rng.integers(0, 4, size)


def test_risks_are_error_rates_among_the_most_confident():
    logits, labels = made()
    scores = reference.softmax(logits)
    confidence, right = scores.max(1), scores.argmax(1) == labels
    order = np.argsort(-confidence)
    coverage = np.array([0.1, 0.5, 0.9, 1.0])
    found = selective_prediction(labels, logits, coverage, from_logits=True)
    for place, share in enumerate(coverage):
        chosen = order[: int(share * 500)]
        np.testing.assert_allclose(
            found.risk[place], 1 - right[chosen].mean(), rtol=1e-9
        )
        # Answering what reaches the threshold answers just these.
        answered = confidence >= found.threshold[place] * (1 - 1e-12)
        assert answered.sum() == len(chosen)


def test_the_area_is_that_of_the_reference():
    logits, labels = made()
    scores = reference.softmax(logits)
    found = selective_prediction(labels, scores)
    expected = reference.area_under_risk_coverage(
        scores.max(1), scores.argmax(1) == labels
    )
    np.testing.assert_allclose(found.aurc, expected, rtol=1e-9)
    np.testing.assert_allclose(
        selective_prediction(labels, logits, from_logits=True).aurc,
        expected,
        rtol=1e-9,
    )


def test_float32_logits_keep_the_order_of_high_confidences():
    # The float32 softmax is 1 in all rows; the sure ones are right.
    logits = np.zeros([4, 2], np.float32)
    logits[:, 0] = [30, 29, 20, 19]
    found = selective_prediction([0, 0, 1, 1], logits, [0.5], from_logits=True)
    assert found.risk[0] == 0
    assert 0 < found.threshold[0] < 1


def test_equal_confidences_are_shared():
    scores = np.tile([0.75, 0.25], [4, 1])
    found = selective_prediction([0, 0, 1, 1], scores, [0.25, 1.0])
    np.testing.assert_allclose(found.risk, [0.5, 0.5])


@pytest.mark.parametrize("coverage", [0.0, 1.1, [0.5, np.nan]])
def test_coverages_out_of_range_are_refused(coverage):
    with pytest.raises(ValueError, match="`coverage` must be in"):
        selective_prediction([0, 1], np.eye(2), coverage)


def test_no_examples_are_refused():
    with pytest.raises(ValueError):
        selective_prediction([], np.zeros([0, 2]))


def test_whole_weights_are_repetitions():
    rng = np.random.default_rng(0)
    labels, rows = rng.integers(0, 3, 40), rng.dirichlet(np.ones(3), 40)
    times = rng.integers(0, 4, 40)
    found = selective_prediction(labels, rows, sample_weight=times)
    expected = selective_prediction(
        np.repeat(labels, times), np.repeat(rows, times, axis=0)
    )
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_labels_may_be_names():
    rows = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]
    found = selective_prediction(
        ["no", "yes", "yes"], rows, [1.0], classes=["no", "yes"]
    )
    assert found.risk == selective_prediction([0, 1, 1], rows, [1.0]).risk
