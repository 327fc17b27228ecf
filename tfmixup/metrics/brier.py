"""The Brier score taken apart: uncertainty, resolution, reliability."""

import functools
from typing import NamedTuple

from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.bins import sums_by_class
from tfmixup.metrics.faults import settle
from tfmixup.metrics.inputs import checked_parts
from tfmixup.metrics.probabilities import targets_and_probabilities
from tfmixup.metrics.scored_bins import require_examples

__all__ = [
    "BrierDecomposition",
    "brier_decomposition",
    "decompose",
    "moments",
]


class BrierDecomposition(NamedTuple):
    """Three parts: Brier score = uncertainty - resolution + reliability.

    Attributes:
        uncertainty: float64 scalar, the Brier score of always predicting how
            often each class occurs: a property of the labels alone.
        resolution: float64 scalar, how far the predictions tell examples
            apart; higher is better. With few bins it can be a little below 0.
        reliability: float64 scalar, >= 0, the squared calibration error;
            lower is better.
    """

    uncertainty: float
    resolution: float
    reliability: float


def brier_decomposition(
    labels, predictions, num_bins=15, from_logits=False, sample_weight=None
):
    """Uncertainty, resolution and reliability of the Brier score.

    Each class's probability is binned and the parts are summed over the
    classes. The probabilities inside a bin differ; what that adds to the
    Brier score (their variance, and their covariance with the label) is
    counted as resolution, so that the parts add up exactly for any number of
    bins: uncertainty - resolution + reliability == brier_score.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, probabilities or logits.
        num_bins: int, >= 1.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        `BrierDecomposition`.

    Raises:
        ValueError: as `winners_of` does, or if there is no example.

    Example:

    >>> parts = brier_decomposition([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> [float(part) for part in parts]  # Brier score: 2 * 0.25**2 = 0.125
    [0.5, 0.5, 0.125]

    Reference:
        Murphy, 1973, Journal of Applied Meteorology 12; Stephenson et al.,
        2008, Weather and Forecasting 23 (the terms inside a bin)
    """
    function = functools.partial(moments, num_bins=check_num_bins(num_bins))
    parts = checked_parts(
        function, labels, predictions, sample_weight, from_logits
    )
    return decompose(sum(sums for _, sums in parts))


def moments(inputs, num_bins, from_logits):
    """Sums that the parts of the Brier score are functions of.

    Args:
        inputs: `Inputs`.
        num_bins: int, >= 1.
        from_logits: whether the predictions are logits.

    Returns:
        sums: float64 `[6, num_classes, num_bins]`, of w, wp, wy, wp^2, wpy
            and wy^2 for weight w, probability p and label y.
        fault: int `[n]` or the int 0, for `faults.refuse`.
    """
    targets, rows, fault = targets_and_probabilities(inputs, from_logits)
    rows = settle(rows, inputs, fault)
    targets = settle(targets, inputs, fault)
    xp = namespace(rows)
    weight = xp.broadcast_to(inputs.weight[:, None], xp.shape(rows))
    terms = [
        weight,
        weight * rows,
        weight * targets,
        weight * rows * rows,
        weight * rows * targets,
        weight * targets * targets,
    ]
    return sums_by_class(terms, rows, num_bins), fault


def decompose(sums):
    """The parts of the Brier score.

    Args:
        sums: float64 `[6, num_classes, num_bins]`, of `moments`.

    Returns:
        `BrierDecomposition`.
    """
    xp = namespace(sums)
    count, p, y, pp, py, yy = as_rows(sums)
    total = require_examples(xp.sum(count[0]))
    number = xp.where(count == 0, 1, count)
    frequency = xp.sum(y, axis=1) / total
    uncertainty = xp.sum(xp.sum(yy, axis=1) / total - frequency**2)
    reliability = xp.sum((p - y) ** 2 / number) / total
    between = xp.sum(count * (y / number - frequency[:, None]) ** 2) / total
    variance = xp.sum(pp - p**2 / number) / total
    covariance = xp.sum(py - p * y / number) / total
    return BrierDecomposition(
        uncertainty, between - variance + 2 * covariance, reliability
    )
