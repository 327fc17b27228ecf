"""Risk and coverage: what the errors are if the least sure are left out."""

import numpy as np

from tfmixup.metrics.arrays import digamma
from tfmixup.metrics.arrays import interpolate
from tfmixup.metrics.ranked import ranked_bins_to_score
from tfmixup.metrics.scored_bins import divisor
from tfmixup.metrics.scored_bins import read_bins

__all__ = [
    "area_under_risk_coverage",
    "risk_at_coverage",
]


def area_under_risk_coverage(
    labels, predictions=None, from_logits=False, sample_weight=None
):
    """Mean, over all coverages, of the error rate among the most confident.

    The mean over i = 1..n of the error rate among the i most confident
    examples. Equal confidences count as the mean over their orders, which is
    what a random choice among them gives. Weights are numbers of examples.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of the kind "distinct" (`distinct_bins_of`).
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1]; 0 if nothing is wrong.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> p = [0.25, 0.6]  # confidences .75 (right) and .6: rates 0 and 1/2
    >>> round(float(area_under_risk_coverage([0, 0], p)), 12)
    0.25

    Reference:
        Geifman et al., 2019, section 3, https://arxiv.org/abs/1805.08206
    """
    bins, total, xp = read_bins(
        ranked_bins_to_score(labels, predictions, from_logits, sample_weight)
    )
    count, wrong = _most_confident_first(bins, xp)
    before = xp.cumsum(count, axis=-1) - count
    wrong_before = xp.cumsum(wrong, axis=-1) - wrong
    rate = wrong / xp.flip(divisor(bins), axis=-1)
    # The sum over j = 1..count of (wrong_before + j * rate) / (before + j).
    harmonic = digamma(before + count + 1) - digamma(before + 1)
    sums = wrong + (wrong_before - before * rate) * harmonic
    return xp.sum(sums, axis=-1) / total


def risk_at_coverage(
    labels,
    predictions=None,
    coverage=0.8,
    from_logits=False,
    sample_weight=None,
):
    """The error rate among the most confident fraction of the examples.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of the kind "distinct" (`distinct_bins_of`).
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        coverage: float in (0, 1], or a float array `[c]` of such.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar or `[c]`, in [0, 1]. A coverage that ends inside a group
        of equal confidences takes that part of the group's errors.

    Raises:
        ValueError: if a coverage is outside (0, 1], if the inputs are refused
            (see `winners_of`), if the bins are of another kind or their
            fields differ in shape, or, eagerly, if there is no example.

    Example:

    >>> p = [0.4, 0.4, 0.1, 0.1]  # of class 1: confidences .6 and .9
    >>> risk_at_coverage([0, 1, 0, 0], p, coverage=[0.5, 1.0]).tolist()
    [0.0, 0.25]

    Reference:
        Geifman and El-Yaniv, 2017, https://arxiv.org/abs/1705.08500
    """
    coverages = np.atleast_1d(np.asarray(coverage, np.float64))
    if not np.all((coverages > 0) & (coverages <= 1)):
        raise ValueError(
            "`coverage` must be in (0, 1], the fraction of the examples that "
            f"is answered. Received: coverage={coverage}."
        )
    bins, total, xp = read_bins(
        ranked_bins_to_score(labels, predictions, from_logits, sample_weight)
    )
    if len(bins.count.shape) != 1:
        raise ValueError(
            "The fields of `bins` must have one dimension. "
            f"Received: {tuple(bins.count.shape)}. Score them one by one."
        )
    mass, errors = [
        xp.concatenate([np.zeros(1), xp.cumsum(field)]) / total
        for field in _most_confident_first(bins, xp)
    ]
    risk = interpolate(coverages, mass, errors) / coverages
    return risk[0] if np.ndim(coverage) == 0 else risk


def _most_confident_first(bins, xp):
    wrong = bins.count - bins.correct
    return xp.flip(bins.count, axis=-1), xp.flip(wrong, axis=-1)
