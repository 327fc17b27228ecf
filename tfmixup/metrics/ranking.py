"""How well a score tells two groups of examples apart.

scikit-learn has the first two. It refuses infinite scores, which logarithms
of probabilities hold, and takes 6 and 3 times as long (a million examples,
scikit-learn 1.9); the tests compare the values.
"""

import numpy as np

from tfmixup.metrics.frames import without_frames

__all__ = ["aupr", "auroc", "fpr_at_tpr"]


def auroc(positive, scores):
    """The area under the receiver operating characteristic, exactly.

    The probability that a positive example has a higher score than a negative
    one, where equal scores count one half (the rank-sum statistic with mean
    ranks). It has no thresholds: `keras.metrics.AUC` with its 200 is off by
    up to 0.1 where scores crowd near 1, and favors the calibrated model
    there. Only the order of the scores counts: give log-probabilities where
    probabilities would be rounded to 1.

    Args:
        positive: bool `[n]` (or 0 and 1), whether the example is positive.
        scores: float `[n]`, higher for positive; infinities are fine.

    Returns:
        Python float in [0, 1].

    Raises:
        ValueError: if a score is NaN, if one of the two groups is empty, or if
            the arguments have other shapes or values than these.

    Example:

    >>> auroc([False, True, True, False], [0.1, 0.4, 0.4, 0.4])
    0.75
    """
    high, low = _sorted_groups(positive, scores, "area")
    below = np.searchsorted(low, high, side="left").sum(dtype=np.int64)
    not_above = np.searchsorted(low, high, side="right").sum(dtype=np.int64)
    # Python's integers: twice the product may exceed 64 bits.
    return (int(below) + int(not_above)) / (2 * len(high) * len(low))


def aupr(positive, scores):
    """The area under the precision-recall curve, as average precision.

    The mean, over the positive examples, of the precision at the threshold
    that just includes each; equal scores share one threshold. Unlike
    `auroc` it depends on which group is called positive and on how large the
    groups are: a random score has, on average, the share of the positives.
    Say both beside the number. No line is drawn between the points, which
    would flatter the curve.

    Args:
        positive: bool `[n]` (or 0 and 1), whether the example is positive.
        scores: float `[n]`, higher for positive; infinities are fine.

    Returns:
        Python float in (0, 1].

    Raises:
        ValueError: as `auroc` does.

    Example:

    >>> round(aupr([True, False, True], [0.9, 0.8, 0.7]), 6)  # (1 + 2/3) / 2
    0.833333

    Reference:
        Davis and Goadrich, 2006, https://doi.org/10.1145/1143844.1143874
    """
    high, low = _sorted_groups(positive, scores, "area")
    thresholds, count = np.unique(high, return_counts=True)
    true = len(high) - np.searchsorted(high, thresholds, side="left")
    false = len(low) - np.searchsorted(low, thresholds, side="left")
    return float(np.sum(count * (true / (true + false))) / len(high))


def fpr_at_tpr(positive, scores, tpr=0.95):
    """How many negatives pass the threshold that keeps most positives.

    The highest threshold at which a fraction of `tpr` or more of the positive
    examples reach it, and the fraction of the negative ones that reach it too.
    It depends on which group is called positive: say so beside the number.

    Args:
        positive: bool `[n]` (or 0 and 1), whether the example is positive.
        scores: float `[n]`, higher for positive; infinities are fine.
        tpr: float in (0, 1], the fraction of positives to keep.

    Returns:
        Python float in [0, 1]; lower is better, and random scores give `tpr`.

    Raises:
        ValueError: if `tpr` is out of its range, or as `auroc` does.

    Example:

    >>> fpr_at_tpr([True, True, False, False], [0.9, 0.5, 0.6, 0.1], tpr=1.0)
    0.5
    """
    if not 0 < tpr <= 1:
        raise ValueError(f"`tpr` must be in (0, 1]. Received: tpr={tpr}.")
    high, low = _sorted_groups(positive, scores, "rate")
    # Keeping k of n is enough where k / n >= tpr; tpr * n may be rounded up.
    kept = np.arange(1, len(high) + 1) / len(high)
    needed = 1 + int(np.searchsorted(kept, tpr, side="left"))
    threshold = high[len(high) - needed]
    passing = len(low) - np.searchsorted(low, threshold, side="left")
    return float(passing / len(low))


def _sorted_groups(positive, scores, what):
    """The scores of the positive and of the negative examples, ascending."""
    positive, scores = map(
        np.asarray, without_frames(positive=positive, scores=scores)
    )
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
            f"The {what} needs examples of both groups. "
            f"Received: {len(high)} positive and {len(low)} negative."
        )
    # Sorting puts NaN last.
    if np.isnan(high[-1]) or np.isnan(low[-1]):
        raise ValueError(
            "`scores` must not be NaN. "
            f"Received: {np.count_nonzero(np.isnan(scores))} NaN of "
            f"{len(scores)}."
        )
    return high, low
