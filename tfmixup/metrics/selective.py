"""Risk and coverage: what the errors are if the least sure are left out."""

import keras
import numpy as np

from tfmixup.metrics.arrays import digamma
from tfmixup.metrics.arrays import interpolate
from tfmixup.metrics.binned_metric import RankedMetric
from tfmixup.metrics.scores import divisor
from tfmixup.metrics.scores import read_bins

__all__ = [
    "AreaUnderRiskCoverage",
    "area_under_risk_coverage",
    "risk_at_coverage",
]


def area_under_risk_coverage(bins):
    """Mean, over all coverages, of the error rate among the most confident.

    The mean over i = 1..n of the error rate among the i most confident
    examples. Equal confidences count as the mean over their orders, which is
    what a random choice among them gives. Weights are numbers of examples.

    Args:
        bins: `Bins` in the order of the confidence, each field float
            `[..., m]`: those of `distinct_bins_of` for the exact value.

    Returns:
        float64 `[...]` in [0, 1]; 0 if nothing is wrong.

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([1, 1], [0.5, 0.75], [0, 1])  # error rates 0 and 1/2
    >>> round(float(area_under_risk_coverage(bins)), 12)
    0.25

    Reference:
        Geifman et al., 2019, section 3, https://arxiv.org/abs/1805.08206
    """
    bins, total, xp = read_bins(bins)
    count, wrong = _most_confident_first(bins, xp)
    before = xp.cumsum(count, axis=-1) - count
    wrong_before = xp.cumsum(wrong, axis=-1) - wrong
    rate = wrong / xp.flip(divisor(bins), axis=-1)
    # The sum over j = 1..count of (wrong_before + j * rate) / (before + j).
    harmonic = digamma(before + count + 1) - digamma(before + 1)
    sums = wrong + (wrong_before - before * rate) * harmonic
    return xp.sum(sums, axis=-1) / total


def risk_at_coverage(bins, coverage):
    """The error rate among the most confident fraction of the examples.

    Args:
        bins: `Bins` in the order of the confidence, each field float `[m]`:
            those of `distinct_bins_of` for the exact value.
        coverage: float in (0, 1], or a float array `[c]` of such.

    Returns:
        float64 scalar or `[c]`, in [0, 1]. A coverage that ends inside a group
        of equal confidences takes that part of the group's errors.

    Raises:
        ValueError: if a coverage is outside (0, 1], if the fields differ in
            shape or have other than one dimension, or, eagerly, if the bins
            hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([2, 2], [1.2, 1.8], [1, 2])
    >>> risk_at_coverage(bins, [0.5, 1.0]).tolist()
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
    bins, total, xp = read_bins(bins)
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


@keras.saving.register_keras_serializable(package="tfmixup")
class AreaUnderRiskCoverage(RankedMetric):
    """Mean, over all coverages, of the error rate among the most confident.

    See `area_under_risk_coverage`. Kept as a sketch: inside one of its bins
    all confidences count as equal.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = AreaUnderRiskCoverage()
    >>> metric.update_state([1, 1], [[0.5, 0.5], [0.25, 0.75]])
    >>> round(float(metric.result()), 12)
    0.25
    """

    def __init__(self, from_logits=False, name="aurc"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `area_under_risk_coverage`."""
        return area_under_risk_coverage(bins)


def _most_confident_first(bins, xp):
    wrong = bins.count - bins.correct
    return xp.flip(bins.count, axis=-1), xp.flip(wrong, axis=-1)
