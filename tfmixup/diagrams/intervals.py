"""Intervals: of a fraction of examples, and of a mean over seeds."""

from typing import NamedTuple

import numpy as np
from scipy import special
from scipy import stats

__all__ = ["SeedSummary", "summarize_seeds", "wilson_interval"]


class SeedSummary(NamedTuple):
    """What several runs that differ in their seed say together.

    Attributes:
        mean: float64 `[...]`.
        low: float64 `[...]`, lower end of the interval of the mean; NaN for a
            single seed, which says nothing about the spread.
        high: float64 `[...]`, upper end.
        size: int, the number of seeds.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    size: int


def summarize_seeds(values, level=0.95):
    """The mean over seeds, with Student's t interval.

    Args:
        values: float `[num_seeds]` or `[num_seeds, ...]`.
        level: float in (0, 1), the probability to cover the mean over all
            possible seeds, if values are normally distributed over them.

    Returns:
        `SeedSummary`, of the shape of `values` without its first dimension.

    Raises:
        ValueError: if there is no seed, or if any value is NaN or infinite.

    Example:

    >>> summary = summarize_seeds([0.02, 0.03, 0.04])
    >>> [round(float(end), 4) for end in (summary.low, summary.high)]
    [0.0052, 0.0548]
    """
    values = np.asarray(values, np.float64)
    if values.ndim == 0 or not len(values):
        raise ValueError(
            "Values over seeds must have the seeds as first dimension, at "
            f"least one. Received: an array of shape {values.shape}."
        )
    if not np.all(np.isfinite(values)):
        raise ValueError(
            "Values over seeds must be finite. Received: NaN or infinity "
            f"among {values.size} values. Leave out the runs that failed, and "
            "say so."
        )
    size = len(values)
    mean = values.mean(axis=0)
    if size == 1:
        nothing = np.full_like(mean, np.nan)
        return SeedSummary(mean, nothing, nothing, 1)
    error = values.std(axis=0, ddof=1) / np.sqrt(size)
    half = stats.t.ppf((1 + level) / 2, size - 1) * error
    return SeedSummary(mean, mean - half, mean + half, size)


def wilson_interval(correct, count, level=0.95):
    """Wilson's score interval of a fraction.

    Unlike the interval of the normal approximation it stays inside [0, 1] and
    is not empty when none or all are correct.

    Args:
        correct: float array, number of successes.
        count: float array of the same shape, number of trials.
        level: float in (0, 1), the probability to cover the true fraction.

    Returns:
        low: float64 array, in [0, 1]; NaN where `count` is 0.
        high: float64 array.

    Raises:
        ValueError: if `level` is not between 0 and 1.

    Example:

    >>> low, high = wilson_interval([0.0, 50.0], [10.0, 100.0])
    >>> [round(float(x), 3) for x in (*low, *high)]
    [0.0, 0.404, 0.278, 0.596]

    Reference:
        Wilson, 1927, Journal of the American Statistical Association 22
    """
    if not 0 < level < 1:
        raise ValueError(
            "`level` must be between 0 and 1, such as 0.95. "
            f"Received: level={level}."
        )
    correct, count = np.asarray(correct, float), np.asarray(count, float)
    z = special.ndtri((1 + level) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        fraction = correct / count
        centre = (fraction + z**2 / (2 * count)) / (1 + z**2 / count)
        variance = fraction * (1 - fraction) / count + (z / (2 * count)) ** 2
        half = z * np.sqrt(variance) / (1 + z**2 / count)
    # Rounding must not take an end past the fraction itself.
    low = np.clip(centre - half, 0, fraction)
    return low, np.clip(centre + half, fraction, 1)
