"""Tests of tfmixup.report.headline."""

import numpy as np
import pytest

from tests import reference
from tfmixup.report import headline_scores


def data(size=90, classes=3):
    generator = np.random.default_rng(0)
    labels = generator.integers(0, classes, size)
    return labels, 3 * generator.normal(size=[size, classes])


def expected_of(labels, probabilities, num_bins):
    confidence, correct = reference.winners(labels, probabilities)
    sums = reference.bins(confidence, correct, num_bins)
    return {
        "accuracy": np.mean(correct),
        "ece": reference.expected_calibration_error(*sums),
        "oe": reference.overconfidence_error(*sums),
        "nll": reference.negative_log_likelihood(labels, probabilities),
        "brier": reference.brier_score(labels, probabilities),
        "gap": np.mean(confidence) - np.mean(correct),
    }


def test_the_scores_agree_with_the_reference():
    labels, logits = data()
    found = headline_scores(labels, logits, 10, from_logits=True)
    expected = expected_of(labels, reference.softmax(logits), 10)
    # Sums of 90 float64 numbers below 10, in another order.
    assert found == pytest.approx(expected, abs=1e-12)


def test_weights_count_in_every_score_as_copies_do():
    labels, logits = data()
    weights = np.arange(90) % 3
    found = headline_scores(labels, logits, 10, True, weights, top_k=2)
    copies = labels.repeat(weights), logits.repeat(weights, axis=0)
    expected = headline_scores(*copies, 10, True, top_k=2)
    assert found == pytest.approx(expected, abs=1e-12)
    unweighted = headline_scores(labels, logits, 10, True, top_k=2)
    assert all(abs(found[name] - unweighted[name]) > 1e-4 for name in found)


@pytest.mark.parametrize("shape", [[-1], [-1, 1]])
def test_one_unit_is_the_probability_of_class_1(shape):
    labels, logits = data(classes=2)
    probabilities = reference.softmax(logits)
    unit = probabilities[:, 1].reshape(shape)
    found = headline_scores(labels, unit, 10, top_k=1)
    expected = expected_of(labels, probabilities, 10)
    assert found.pop("top1") == expected["accuracy"]
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("one_hot", [False, True])
def test_top_k_is_the_part_with_the_label_among_the_k_highest(k, one_hot):
    labels, logits = data(200)
    highest = np.argsort(logits, axis=1)[:, -k:]
    expected = np.mean(
        [y in row for y, row in zip(labels, highest, strict=True)]
    )
    given = np.eye(3)[labels] if one_hot else labels
    found = headline_scores(given, logits, 5, True, top_k=k)
    assert found[f"top{k}"] == pytest.approx(expected, abs=1e-12)
    assert found["accuracy"] <= found[f"top{k}"]
    assert "top1" not in headline_scores(given, logits, 5, True)


def test_a_masked_class_leaves_all_scores_finite():
    labels, logits = data()
    logits[:, 2] = -np.inf
    found = headline_scores(labels % 2, logits, 10, True)
    expected = headline_scores(labels % 2, logits[:, :2], 10, True)
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_top_k_below_one_is_refused():
    labels, logits = data()
    with pytest.raises(ValueError, match="`top_k`.*Received: top_k=0"):
        headline_scores(labels, logits, from_logits=True, top_k=0)
