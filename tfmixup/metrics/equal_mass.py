"""Calibration errors over bins that hold equal numbers of examples.

All of them read one curve: the mean over all examples of correct - confidence
up to a given fraction of the examples, in the order of the confidence. An
equal-mass bin is the difference of two of its points. A point inside a group
of equal confidences is interpolated, which shares the group out between the
two bins: so the value does not depend on the order of the examples.
"""

import keras
import numpy as np
import tensorflow as tf

from tfmixup.metrics.arrays import interpolate
from tfmixup.metrics.binned_metric import RankedMetric
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.scores import read_bins

__all__ = [
    "AdaptiveCalibrationError",
    "KolmogorovSmirnovCalibrationError",
    "MonotonicSweepCalibrationError",
    "adaptive_calibration_error",
    "kolmogorov_smirnov_calibration_error",
    "monotonic_sweep_calibration_error",
]

# A fall of the accuracy below this is rounding.
_ROUNDING = 1e-12


def adaptive_calibration_error(bins, num_bins=15):
    """The expected calibration error over bins of equal mass.

    Args:
        bins: `Bins` in the order of the confidence, each field float `[m]`:
            those of `distinct_bins_of` for the exact value.
        num_bins: int, >= 1, the number of equal-mass bins.

    Returns:
        float64 scalar in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, if `num_bins` is not an
            integer of at least 1, or, eagerly, if the bins hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([1, 1, 2], [0.5, 0.75, 2.0], [1, 1, 1])
    >>> float(adaptive_calibration_error(bins, num_bins=2))
    0.4375

    Reference:
        Nguyen and O'Connor, 2015, section 4.3,
        https://arxiv.org/abs/1508.05154
    """
    mass, deviation, _, xp = _curves(bins)
    cuts = np.arange(check_num_bins(num_bins) + 1) / num_bins
    at_cuts = interpolate(cuts, mass, deviation)
    return xp.sum(xp.abs(at_cuts[1:] - at_cuts[:-1]))


def kolmogorov_smirnov_calibration_error(bins):
    """The largest absolute value of the cumulative calibration error.

    The maximum over thresholds of abs(mean of [correct - confidence] over the
    examples of at most that confidence, divided by all examples). It needs no
    bins; gaps of opposite sign at neighbouring confidences cancel.

    Args:
        bins: `Bins` in the order of the confidence, each field float
            `[..., m]`: those of `distinct_bins_of` for the exact value.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([1, 1, 2], [0.5, 0.75, 2.0], [1, 1, 1])
    >>> float(kolmogorov_smirnov_calibration_error(bins))  # (.5 + .25) / 4
    0.1875

    Reference:
        Gupta et al., 2021, section 3, https://arxiv.org/abs/2006.12800
    """
    bins, total, xp = read_bins(bins)
    deviation = xp.cumsum(bins.correct - bins.confidence, axis=-1)
    return xp.max(xp.abs(deviation), axis=-1) / total


def monotonic_sweep_calibration_error(bins):
    """The equal-mass error with as many bins as keep the accuracy rising.

    The number of bins grows from 1 for as long as no bin is less accurate
    than the one before it, up to the number of distinct confidences. The time
    grows with the square of the number that is found: a few dozen, as a rule.

    Args:
        bins: `Bins` in the order of the confidence, each field float `[m]`:
            those of `distinct_bins_of` for the exact value.

    Returns:
        float64 scalar in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([1, 1, 2], [0.5, 0.75, 2.0], [0, 1, 1])  # two bins
    >>> float(monotonic_sweep_calibration_error(bins))
    0.3125

    Reference:
        Roelofs et al., 2022, algorithm 1, https://arxiv.org/abs/2012.08668
    """
    mass, deviation, right, xp = _curves(bins)
    if isinstance(mass, np.ndarray):
        num_bins = _count_monotonic_bins(mass, right)
        cuts = np.arange(num_bins + 1) / num_bins
    else:
        cuts = _monotonic_cuts_in_graph(mass, right)
    at_cuts = interpolate(cuts, mass, deviation)
    return xp.sum(xp.abs(at_cuts[1:] - at_cuts[:-1]))


@keras.saving.register_keras_serializable(package="tfmixup")
class AdaptiveCalibrationError(RankedMetric):
    """The expected calibration error over bins of equal mass.

    See `adaptive_calibration_error`. Kept as a sketch: with m the largest
    share of a bin of the sketch, off by at most (num_bins - 1) * m / 2.

    Args:
        num_bins: int, >= 1, the number of equal-mass bins.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = AdaptiveCalibrationError(num_bins=1)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, num_bins=15, from_logits=False, name="adaptive_ece"):
        super().__init__(from_logits, name)
        self.num_equal_bins = check_num_bins(num_bins)

    def score(self, bins):
        """See `adaptive_calibration_error`."""
        return adaptive_calibration_error(bins, self.num_equal_bins)

    def get_config(self):
        """The arguments of the constructor."""
        return {"num_bins": self.num_equal_bins, **super().get_config()}


@keras.saving.register_keras_serializable(package="tfmixup")
class KolmogorovSmirnovCalibrationError(RankedMetric):
    """The largest absolute value of the cumulative calibration error.

    See `kolmogorov_smirnov_calibration_error`. Kept as a sketch: with m the
    largest share of a bin of the sketch, too low by at most m / 4.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = KolmogorovSmirnovCalibrationError()
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, from_logits=False, name="ks_error"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `kolmogorov_smirnov_calibration_error`."""
        return kolmogorov_smirnov_calibration_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class MonotonicSweepCalibrationError(RankedMetric):
    """The equal-mass error with as many bins as keep the accuracy rising.

    See `monotonic_sweep_calibration_error`. Kept as a sketch; its cuts are
    exact between the bins of the sketch and interpolated inside, so that the
    number of bins that is found can differ from the exact one.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = MonotonicSweepCalibrationError()
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, from_logits=False, name="sweep_ece"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `monotonic_sweep_calibration_error`."""
        return monotonic_sweep_calibration_error(bins)


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


def _monotonic_cuts_in_graph(mass, right):
    # XLA needs fixed shapes: the cuts beyond the last bin are all at 1.
    limit = mass.shape[0] - 1
    steps = tf.range(limit + 1, dtype=tf.float64)
    occupied = tf.math.count_nonzero(mass[1:] > mass[:-1], dtype=tf.float64)

    def cuts_of(num_bins):
        return tf.minimum(steps / num_bins, 1)

    def may_grow(num_bins):
        at_cuts = interpolate(cuts_of(num_bins + 1), mass, right)
        heights = (num_bins + 1) * (at_cuts[1:] - at_cuts[:-1])
        falls = heights[1:] < heights[:-1] - _ROUNDING
        inside = steps[1:-1] < num_bins + 1
        return (num_bins < occupied) & ~tf.reduce_any(falls & inside)

    num_bins = tf.while_loop(
        may_grow, lambda number: number + 1, [tf.ones([], tf.float64)]
    )
    return cuts_of(num_bins[0])
