"""Smooth calibration error: a kernel in place of bins."""

import keras
import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import cosine_transform
from tfmixup.metrics.arrays import inverse_cosine_transform
from tfmixup.metrics.arrays import repeat
from tfmixup.metrics.arrays import sum_by_index
from tfmixup.metrics.binned_metric import RankedMetric
from tfmixup.metrics.scores import divisor
from tfmixup.metrics.scores import read_bins

__all__ = ["SmoothCalibrationError", "smooth_calibration_error"]

_CELLS = 8192
# Halvings of [0, 1]: below the rounding of the sums.
_HALVINGS = 48


def smooth_calibration_error(bins):
    """The calibration error after smoothing, at the width that equals it.

    correct - confidence is smoothed along the confidence by a Gaussian that
    is reflected at 0 and 1; the error is the integral of its absolute value.
    It falls as the kernel widens, and the value is where it equals the width:
    so no width has to be chosen, and no confidence is on an edge.

    The smoothing is exact (in the basis of cosines) on 8192 cells, over which
    a confidence is shared out linearly. That is off by at most
    2e-9 / width**2 times the mean of abs(correct - confidence), so by less
    than 1e-4 of that down to a value of 0.005.

    Args:
        bins: `Bins`, each field float `[m]`: those of `distinct_bins_of` for
            the exact value, since what is smoothed is at the mean confidence
            of a bin.

    Returns:
        float64 scalar in [0, 1].

    Raises:
        ValueError: if the fields differ in shape or have other than one
            dimension, or, eagerly, if the bins hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([100], [50.0], [100])  # one place, off by 1/2
    >>> round(float(smooth_calibration_error(bins)), 4)
    0.5

    Reference:
        Blasiok and Nakkiran, 2024, https://arxiv.org/abs/2309.12236
    """
    bins, total, xp = read_bins(bins)
    if len(bins.count.shape) != 1:
        raise ValueError(
            "The fields of `bins` must have one dimension. "
            f"Received: {tuple(bins.count.shape)}. Score them one by one."
        )
    place = bins.confidence / divisor(bins) * _CELLS - 0.5
    # NaN makes the residual NaN too, and so the value, in whatever cell.
    place = xp.where(xp.isfinite(place), place, 0)
    left = xp.floor(place)
    share = place - left
    residual = (bins.correct - bins.confidence) / total
    # A cell beyond the border is its own reflection.
    cells = [
        cast(xp.clip(cell, 0, _CELLS - 1), "int32") for cell in (left, left + 1)
    ]
    weights = [(1 - share) * residual, share * residual]
    on_grid = sum_by_index(
        [xp.concatenate(weights)], xp.concatenate(cells), _CELLS
    )
    spectrum = cosine_transform(on_grid[0])
    # A Gaussian of width s takes the k-th cosine down by exp(-(pi k s)^2/2).
    exponents = -0.5 * np.square(np.pi * np.arange(_CELLS))

    def halve(interval):
        low, high = interval
        middle = (low + high) / 2
        damped = spectrum * xp.exp(exponents * middle**2)
        error = xp.sum(xp.abs(inverse_cosine_transform(damped)))
        above = error > middle
        return xp.where(above, middle, low), xp.where(above, high, middle)

    start = total * 0
    low, high = repeat(_HALVINGS, halve, (start, start + 1))
    # NaN, not 0, if there is no example.
    return (low + high) / 2 * (total / total)


@keras.saving.register_keras_serializable(package="tfmixup")
class SmoothCalibrationError(RankedMetric):
    """The calibration error after smoothing, at the width that equals it.

    See `smooth_calibration_error`. Kept as a sketch, which moves a confidence
    c by less than max(1/512, (1 - c)/32) to the mean of its bin before it is
    smoothed.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = SmoothCalibrationError()
    >>> metric.update_state([1, 1], [[0.5, 0.5], [0.5, 0.5]])
    >>> round(float(metric.result()), 4)
    0.5
    """

    def __init__(self, from_logits=False, name="smooth_ece"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `smooth_calibration_error`."""
        return smooth_calibration_error(bins)
