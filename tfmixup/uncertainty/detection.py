"""How well a score tells in-distribution examples from others."""

import typing

import numpy as np

from tfmixup.metrics.ranking import aupr
from tfmixup.metrics.ranking import auroc
from tfmixup.metrics.ranking import fpr_at_tpr

__all__ = ["DetectionMetrics", "detection_metrics"]


class DetectionMetrics(typing.NamedTuple):
    """Measures of one pair of data sets; the positive class is in the names.

    Attributes:
        auroc: chance that an in-distribution example has the higher score;
            the same whichever group is called positive.
        aupr_in: average precision, in-distribution examples positive.
        aupr_out: average precision, out-of-distribution examples positive.
        fpr95_in: share of the out-of-distribution examples that pass the
            threshold that 95 % of the in-distribution ones pass.
        fpr95_out: share of the in-distribution examples that are flagged by
            the threshold that flags 95 % of the out-of-distribution ones.
        num_in: int, in-distribution examples.
        num_out: int, out-of-distribution examples.
    """

    auroc: float
    aupr_in: float
    aupr_out: float
    fpr95_in: float
    fpr95_out: float
    num_in: int
    num_out: int

    def __str__(self):
        return (
            f"AUROC {self.auroc:.4f}; "
            f"positive = in-distribution ({self.num_in}): "
            f"AUPR {self.aupr_in:.4f}, FPR at 95 % TPR {self.fpr95_in:.4f}; "
            f"positive = out-of-distribution ({self.num_out}): "
            f"AUPR {self.aupr_out:.4f}, FPR at 95 % TPR {self.fpr95_out:.4f}"
        )


def detection_metrics(in_scores, out_scores):
    """AUROC, average precision and FPR at 95 % TPR, both ways round.

    Args:
        in_scores: `[n]` floats, integers or bools, of in-distribution
            examples: higher means more like the training data, as in
            `max_softmax_score`.
        out_scores: `[m]`, of out-of-distribution examples.

    Returns:
        `DetectionMetrics`. No threshold grid is involved; equal scores count
        as one.

    Raises:
        ValueError: if one of them is empty, holds NaN, is no vector, or is of
            no dtype of numbers.

    Example:

    >>> print(detection_metrics([3.0, 2.0], [1.0, 2.5]))
    AUROC 0.7500; positive = in-distribution (2): AUPR 0.8333, FPR at 95 % TPR
    0.5000; positive = out-of-distribution (2): AUPR 0.8333, FPR at 95 % TPR
    0.5000
    """
    in_scores, out_scores = _as_floats(in_scores), _as_floats(out_scores)
    if in_scores.ndim != 1 or out_scores.ndim != 1:
        raise ValueError(
            "`in_scores` and `out_scores` must be vectors. "
            f"Received: {in_scores.shape} and {out_scores.shape}."
        )
    scores = np.concatenate([in_scores, out_scores])
    inside = np.arange(len(scores)) < len(in_scores)
    return DetectionMetrics(
        auroc(inside, scores),
        aupr(inside, scores),
        aupr(~inside, -scores),
        fpr_at_tpr(inside, scores),
        fpr_at_tpr(~inside, -scores),
        len(in_scores),
        len(out_scores),
    )


def _as_floats(scores):
    """Scores that can be negated; unsigned ones wrap, and bools cannot be."""
    scores = np.asarray(scores)
    if scores.dtype.kind == "O" or scores.dtype.kind in "USMmc":
        raise ValueError(
            "`in_scores` and `out_scores` must be numbers. "
            f"Received: scores of dtype {scores.dtype}."
        )
    wide = scores.astype(np.float64)
    if scores.dtype.kind in "iu" and np.any(np.abs(wide) > 2**53):
        raise ValueError(
            "Integer scores beyond 2**53 would become equal as floats. "
            f"Received: {scores.min()} to {scores.max()}. Subtract a number "
            "that all have in common."
        )
    return wide
