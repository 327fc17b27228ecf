"""Answering only where the model is sure enough."""

import typing

import numpy as np

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
    labels, predictions, coverage=(0.5, 0.8, 0.9, 0.95, 1.0), from_logits=False
):
    """Risk and confidence threshold at some coverages, and AURC.

    A threshold found on validation examples is what a deployed model abstains
    below. Exact; equal confidences are answered or left out together in the
    long run, so that inside a group of them the risk is interpolated.

    Args:
        labels: int `[n]`, or one-hot `[n, num_classes]`.
        predictions: float `[n, num_classes]`, probabilities or logits. Logits
            keep the order of confidences that round to 1 as probabilities.
        coverage: floats in (0, 1].
        from_logits: whether `predictions` are logits.

    Returns:
        `SelectivePrediction`.

    Raises:
        ValueError: if a coverage is out of its range, if there is no example,
            or if a shape or a value cannot be meant.

    Example:

    >>> scores = [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]]
    >>> chosen = selective_prediction([0, 0, 0, 1], scores, [0.5, 1.0])
    >>> chosen.risk.tolist(), chosen.threshold.tolist()
    ([0.0, 0.25], [0.8, 0.6])

    Reference:
        Geifman and El-Yaniv, 2017, https://arxiv.org/abs/1705.08500
    """
    predictions = np.asarray(predictions)
    if from_logits:
        predictions = predictions.astype(np.float64)
    found = winners_of(labels, predictions, from_logits)
    bins = distinct_bins(found.confidence, found.correct, found.weight)
    coverage = np.atleast_1d(np.asarray(coverage, np.float64))
    risk = np.asarray(risk_at_coverage(bins, coverage=coverage))
    descending = np.sort(np.asarray(found.confidence, np.float64))[::-1]
    # ceil: at least this fraction is answered. 1e-9 forgives rounding.
    last = np.ceil(coverage * len(descending) - 1e-9).astype(int) - 1
    return SelectivePrediction(
        coverage,
        risk,
        descending[np.maximum(last, 0)],
        float(area_under_risk_coverage(bins)),
    )
