"""What reports and comparisons share."""

import numpy as np

from tfmixup.metrics.bins import check_num_bins

__all__ = ["check_settings", "percentiles"]


def check_settings(num_bins, resamples, level):
    """Refuses settings that are out of their range.

    Args:
        num_bins: int, or tuple or list of ints.
        resamples: int.
        level: float.

    Returns:
        `num_bins` as a tuple of different ints.

    Raises:
        ValueError: if there is no number of bins, if one is below 1, if
            `resamples` is below 100, or if `level` is not between 0 and 1.

    Example:

    >>> check_settings([15, 100, 15], 1000, 0.95)
    (15, 100)
    """
    single = not isinstance(num_bins, tuple | list)
    several = [num_bins] if single else num_bins
    if not several:
        raise ValueError(
            "`num_bins` must name at least one number of bins. "
            f"Received: num_bins={num_bins!r}."
        )
    if not resamples >= 100:
        raise ValueError(
            "`resamples` must be at least 100: fewer have no quantiles to "
            f"speak of. Received: resamples={resamples}."
        )
    if not 0 < level < 1:
        raise ValueError(
            "`level` must be between 0 and 1, such as 0.95. "
            f"Received: level={level}."
        )
    return tuple(dict.fromkeys(check_num_bins(m) for m in several))


def percentiles(draws, level):
    """The interval between two percentiles.

    Args:
        draws: float `[resamples]`; may hold infinities.
        level: float in (0, 1).

    Returns:
        low: float, one of the draws.
        high: float, another.

    Example:

    >>> percentiles(np.arange(1000), 0.9)
    (49.0, 949.0)
    """
    # Values that were drawn, never between two of them: those may be inf.
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(draws, ends, method="inverted_cdf")
    return float(low), float(high)
