"""Answering only where the model is sure enough."""

import typing

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.frames import with_class_indices
from tfmixup.metrics.ranked import distinct_bins
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.metrics.selective import risk_at_coverage
from tfmixup.metrics.winners import winners_of

__all__ = ["SelectivePrediction", "selective_prediction"]


class SelectivePrediction(typing.NamedTuple):
    """What is gained by leaving the least sure examples out.

    Attributes:
        coverage: float64 `[c]`, the fractions of the examples to answer.
        risk: float64 `[c]`, the error rate among the answered ones.
        threshold: float64 `[c]`, the lowest confidence that is answered.
        aurc: float, the area under the risk-coverage curve.
    """

    coverage: np.ndarray
    risk: np.ndarray
    threshold: np.ndarray
    aurc: float


def selective_prediction(
    labels,
    predictions,
    coverage=(0.5, 0.8, 0.9, 0.95, 1.0),
    from_logits=False,
    sample_weight=None,
    classes=None,
):
    """Risk and confidence threshold at some coverages, and AURC.

    A threshold found on validation examples is what a deployed model abstains
    below. Exact; equal confidences are answered or left out together in the
    long run, so that inside a group of them the risk is interpolated.

    Args:
        labels: int `[n]`, or one-hot `[n, num_classes]`.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. Logits keep the order of
            confidences that round to 1 as probabilities.
        coverage: floats in (0, 1].
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]`, >= 0; None for 1. Coverages are parts of
            the total weight.
        classes: list of the names of the columns, where labels are names; see
            `tfmixup.metrics.class_indices`.

    Returns:
        `SelectivePrediction`.

    Raises:
        ValueError: if a coverage is out of its range, if there is no example,
            or if the inputs are refused (see `tfmixup.metrics.winners_of`).

    Example:

    >>> scores = [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]]
    >>> chosen = selective_prediction([0, 0, 0, 1], scores, [0.5, 1.0])
    >>> chosen.risk.tolist(), chosen.threshold.tolist()
    ([0.0, 0.25], [0.8, 0.6])

    Reference:
        Geifman and El-Yaniv, 2017, https://arxiv.org/abs/1705.08500
    """
    labels, predictions, weight = with_class_indices(
        classes, labels, predictions, sample_weight
    )
    [predictions] = alike(predictions)
    found = winners_of(labels, predictions, from_logits, weight)
    if from_logits:
        # Once more, so that confidences near 1 keep their order; the first
        # call has judged what the predictions are, in their own dtype.
        predictions = predictions.astype(np.float64)
        found = winners_of(labels, predictions, from_logits, weight)
    bins = distinct_bins(found.confidence, found.correct, found.weight)
    coverage = np.atleast_1d(np.asarray(coverage, np.float64))
    risk = np.asarray(risk_at_coverage(bins, coverage=coverage))
    values = (bins.confidence / bins.count)[::-1]
    answered = np.cumsum(bins.count[::-1]) / bins.count.sum()
    # The first that answers at least this fraction. 1e-9 forgives rounding.
    last = np.searchsorted(answered, coverage - 1e-9)
    return SelectivePrediction(
        coverage,
        risk,
        values[last],
        float(area_under_risk_coverage(bins)),
    )
