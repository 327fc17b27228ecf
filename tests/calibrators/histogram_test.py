"""Tests of tfmixup.calibrators.histogram."""

import numpy as np
import pytest

from tests.calibrators.made import examples
from tests.reference import softmax
from tfmixup.calibrators.histogram import HistogramBinning
from tfmixup.metrics import class_bins_of
from tfmixup.metrics import classwise_calibration_error


def reference(logits, labels, test, num_bins):
    """Bin by bin, as the papers have it."""
    scores, asked = softmax(logits), softmax(test)
    result = np.zeros_like(asked)
    for place in range(scores.shape[1]):
        for m in range(num_bins):
            low, high = m / num_bins, (m + 1) / num_bins
            inside = (scores[:, place] > low) & (scores[:, place] <= high)
            value = (low + high) / 2
            if inside.any():
                value = np.mean(labels[inside] == place)
                least = 1 / (inside.sum() + 2)
                value = min(max(value, least), 1 - least)
            here = (asked[:, place] > low) & (asked[:, place] <= high)
            result[here, place] = value
    for row in result:
        row[:] = row / row.sum() if row.sum() else 1 / len(row)
    return result


@pytest.mark.parametrize("num_bins", [1, 4, 15])
def test_it_equals_the_reference(num_bins):
    logits, labels = examples(300, 4, temperature=1.5)
    test, _ = examples(100, 4, temperature=1.5, seed=1)
    binning = HistogramBinning(num_bins).fit(logits, labels)
    np.testing.assert_allclose(
        binning.transform(test),
        reference(logits, labels, test, num_bins),
        atol=1e-12,
    )


def test_it_calibrates_fresh_examples():
    binning = HistogramBinning().fit(*examples(20_000, 4, temperature=0.3))
    logits, labels = examples(20_000, 4, temperature=0.3, seed=1)
    before, after = (
        classwise_calibration_error(class_bins_of(labels, scores, 15))
        for scores in (softmax(logits), binning.transform(logits))
    )
    assert after < 0.03 < before / 3


def test_scores_of_0_and_1_have_a_bin():
    logits = np.eye(3) * 1e5  # The softmax is exactly 0 or 1.
    binning = HistogramBinning(10).fit(logits, [0, 1, 2])
    # Of one example in the last bin and two in the first.
    expected = np.full([3, 3], 1 / 4) + (2 / 3 - 1 / 4) * np.eye(3)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(binning.transform(logits), expected)


def test_a_wrong_number_of_bins_is_refused():
    with pytest.raises(ValueError, match="num_bins"):
        HistogramBinning(0)
