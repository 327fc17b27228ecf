"""Smooth calibration error: a kernel in place of bins."""

import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import cosine_transform
from tfmixup.metrics.arrays import inverse_cosine_transform
from tfmixup.metrics.arrays import repeat
from tfmixup.metrics.arrays import sum_by_index
from tfmixup.metrics.ranked import ranked_bins_to_score
from tfmixup.metrics.scored_bins import divisor
from tfmixup.metrics.scored_bins import read_bins

__all__ = ["smooth_calibration_error"]

_CELLS = 8192
# Halvings of [0, 1]: below the rounding of the sums.
_HALVINGS = 48


def smooth_calibration_error(
    labels, predictions=None, from_logits=False, sample_weight=None
):
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

    >>> p = [0.5] * 100  # one place, off by 1/2
    >>> round(float(smooth_calibration_error([0] * 100, p)), 4)
    0.5

    Reference:
        Blasiok and Nakkiran, 2024, https://arxiv.org/abs/2309.12236
    """
    bins, total, xp = read_bins(
        ranked_bins_to_score(labels, predictions, from_logits, sample_weight)
    )
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
