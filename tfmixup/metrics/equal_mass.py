"""Calibration errors over bins that hold equal numbers of examples.

All of them read one curve: the mean over all examples of correct - confidence
up to a given fraction of the examples, in the order of the confidence. An
equal-mass bin is the difference of two of its points. A point inside a group
of equal confidences is interpolated, which shares the group out between the
two bins: so the value does not depend on the order of the examples.
"""

import numpy as np

from tfmixup.metrics.arrays import interpolate
from tfmixup.metrics.arrays import monotonic_cuts
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.ranked import ranked_bins_to_score
from tfmixup.metrics.scored_bins import read_bins

__all__ = [
    "adaptive_calibration_error",
    "kolmogorov_smirnov_calibration_error",
    "monotonic_sweep_calibration_error",
]

# A fall of the accuracy below this is rounding.
_ROUNDING = 1e-12


def adaptive_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """The expected calibration error over bins of equal mass.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of the kind "distinct" (`distinct_bins_of`).
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        num_bins: int, >= 1, the number of equal-mass bins.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar in [0, 1].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, if
            `num_bins` is not an integer of at least 1, or, eagerly, if there
            is no example.

    Example:

    >>> p = [0.5, 0.75, 1.0, 1.0]  # of class 1
    >>> float(adaptive_calibration_error([0, 1, 1, 0], p, num_bins=2))
    0.4375

    Reference:
        Nguyen and O'Connor, 2015, section 4.3,
        https://arxiv.org/abs/1508.05154
    """
    bins = ranked_bins_to_score(labels, predictions, from_logits, sample_weight)
    mass, deviation, _, xp = _curves(bins)
    cuts = np.arange(check_num_bins(num_bins) + 1) / num_bins
    at_cuts = interpolate(cuts, mass, deviation)
    return xp.sum(xp.abs(at_cuts[1:] - at_cuts[:-1]))


def kolmogorov_smirnov_calibration_error(
    labels, predictions=None, from_logits=False, sample_weight=None
):
    """The largest absolute value of the cumulative calibration error.

    The maximum over thresholds of abs(mean of [correct - confidence] over the
    examples of at most that confidence, divided by all examples). It needs no
    bins; gaps of opposite sign at neighboring confidences cancel.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of the kind "distinct" (`distinct_bins_of`).
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> p = [0.5, 0.75, 1.0, 1.0]  # (.5 + .25 + 0 - 1) / 4 at the end
    >>> float(kolmogorov_smirnov_calibration_error([0, 1, 1, 1], p))
    0.1875

    Reference:
        Gupta et al., 2021, section 3, https://arxiv.org/abs/2006.12800
    """
    bins, total, xp = read_bins(
        ranked_bins_to_score(labels, predictions, from_logits, sample_weight)
    )
    deviation = xp.cumsum(bins.correct - bins.confidence, axis=-1)
    return xp.max(xp.abs(deviation), axis=-1) / total


def monotonic_sweep_calibration_error(
    labels, predictions=None, from_logits=False, sample_weight=None
):
    """The equal-mass error with as many bins as keep the accuracy rising.

    The number of bins grows from 1 for as long as no bin is less accurate
    than the one before it, up to the number of distinct confidences. The time
    grows with the square of the number that is found: a few dozen, as a rule.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of the kind "distinct" (`distinct_bins_of`).
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar in [0, 1].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> p = [0.5, 0.75, 1.0, 1.0]  # of class 1
    >>> float(monotonic_sweep_calibration_error([1, 1, 1, 0], p))
    0.3125

    Reference:
        Roelofs et al., 2022, algorithm 1, https://arxiv.org/abs/2012.08668
    """
    bins = ranked_bins_to_score(labels, predictions, from_logits, sample_weight)
    mass, deviation, right, xp = _curves(bins)
    if isinstance(mass, np.ndarray):
        num_bins = _count_monotonic_bins(mass, right)
        cuts = np.arange(num_bins + 1) / num_bins
    else:
        cuts = monotonic_cuts(mass, right, _ROUNDING)
    at_cuts = interpolate(cuts, mass, deviation)
    return xp.sum(xp.abs(at_cuts[1:] - at_cuts[:-1]))


def _curves(bins):
    """Cumulative mass, correct - confidence and correct, from 0, `[m + 1]`."""
    bins, total, xp = read_bins(bins)
    if len(bins.count.shape) != 1:
        raise ValueError(
            "The fields of `bins` must have one dimension. "
            f"Received: {tuple(bins.count.shape)}. Score them one by one."
        )
    fields = [bins.count, bins.correct - bins.confidence, bins.correct]
    zero = np.zeros(1)
    curves = [
        xp.concatenate([zero, xp.cumsum(field)]) / total for field in fields
    ]
    return *curves, xp


def _count_monotonic_bins(mass, right):
    shares, rights = np.diff(mass), np.diff(right)
    heights = rights[shares > 0] / shares[shares > 0]
    limit = max(1, len(heights))  # None is above 0 if they are NaN.
    if np.all(np.diff(heights) >= 0):
        return limit
    for num_bins in range(2, limit + 1):
        cuts = np.arange(num_bins + 1) / num_bins
        heights = num_bins * np.diff(np.interp(cuts, mass, right))
        if np.any(np.diff(heights) < -_ROUNDING):
            return num_bins - 1
    return limit
