"""How well a score tells two groups of examples apart."""

import numpy as np

__all__ = ["auroc"]


def auroc(positive, scores):
    """The area under the receiver operating characteristic, exactly.

    The probability that a positive example has a higher score than a negative
    one, where equal scores count one half (the rank-sum statistic with mean
    ranks). It has no thresholds: `keras.metrics.AUC` with its 200 is off by
    up to 0.1 where scores crowd near 1, and favours the calibrated model
    there. Only the order of the scores counts: give log-probabilities where
    probabilities would be rounded to 1.

    Args:
        positive: bool `[n]` (or 0 and 1), whether the example is positive.
        scores: float `[n]`, higher for positive; infinities are fine.

    Returns:
        Python float in [0, 1].

    Raises:
        ValueError: if a score is NaN, if one of the two groups is empty, or if
            the shapes or values of the arguments cannot be meant.

    Example:

    >>> auroc([False, True, True, False], [0.1, 0.4, 0.4, 0.4])
    0.75
    """
    positive, scores = np.asarray(positive), np.asarray(scores)
    if positive.ndim != 1 or positive.shape != scores.shape:
        raise ValueError(
            "`positive` and `scores` must have the same shape [n]. "
            f"Received: {positive.shape} and {scores.shape}."
        )
    if positive.dtype != bool:
        if not np.all((positive == 0) | (positive == 1)):
            raise ValueError(
                "`positive` must be boolean, or 0 and 1. "
                f"Received: {np.unique(positive)[:5]} ..."
            )
        positive = positive == 1
    high, low = np.sort(scores[positive]), np.sort(scores[~positive])
    if not len(high) or not len(low):
        raise ValueError(
            "The area needs examples of both groups. "
            f"Received: {len(high)} positive and {len(low)} negative."
        )
    # Sorting puts NaN last.
    if np.isnan(high[-1]) or np.isnan(low[-1]):
        raise ValueError(
            "`scores` must not be NaN. "
            f"Received: {np.count_nonzero(np.isnan(scores))} NaN of "
            f"{len(scores)}."
        )
    below = np.searchsorted(low, high, side="left").sum(dtype=np.int64)
    not_above = np.searchsorted(low, high, side="right").sum(dtype=np.int64)
    # Python's integers: twice the product may exceed 64 bits.
    return (int(below) + int(not_above)) / (2 * len(high) * len(low))
