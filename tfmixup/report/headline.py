"""The few scores that every epoch, record and study reports."""

import numpy as np

from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import example_scores
from tfmixup.metrics import scores
from tfmixup.metrics.inputs import chunks
from tfmixup.metrics.inputs import class_of
from tfmixup.metrics.winners import winners_of

__all__ = ["gap_with_error", "headline_scores"]


def headline_scores(
    labels,
    predictions,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
    top_k=None,
):
    """The scores that `CalibrationLogger` logs and a run's record holds.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits.
        num_bins: int, >= 1, of equal width.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.
        top_k: int >= 1, adds top{k}, the part of the examples whose label is
            among the k highest scores; None adds nothing.

    Returns:
        dict of Python floats: accuracy, ece, oe, nll (nats), brier, gap (mean
        confidence - accuracy), top{k} if asked for. All but nll are fractions,
        not percents.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), or if there
            is no example.

    Example:

    >>> found = headline_scores([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> found["accuracy"], found["gap"]
    (0.5, 0.25)
    """
    arguments = labels, predictions
    bins = bins_lib.bins_of(*arguments, num_bins, from_logits, sample_weight)
    measured = {
        "accuracy": scores.accuracy(bins),
        "ece": scores.expected_calibration_error(bins),
        "oe": scores.overconfidence_error(bins),
        "nll": example_scores.negative_log_likelihood(
            *arguments, from_logits, sample_weight
        ),
        "brier": example_scores.brier_score(
            *arguments, from_logits, sample_weight
        ),
        "gap": scores.confidence_gap(bins),
    }
    if top_k is not None:
        top_k = bins_lib.check_num_bins(top_k, "top_k")
        measured[f"top{top_k}"] = _top_k_accuracy(
            *arguments, top_k, from_logits, sample_weight
        )
    return {name: float(value) for name, value in measured.items()}


def gap_with_error(labels, predictions, from_logits=False, sample_weight=None):
    """Mean confidence - accuracy, and its standard error.

    Args:
        labels: as of `headline_scores`.
        predictions: as of `headline_scores`.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        (gap, standard error), Python floats. The error is that of a mean of
        independent examples, and infinite for a single one.

    Raises:
        ValueError: as of `headline_scores`.

    Example:

    >>> gap, error = gap_with_error([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> gap, round(error, 4)
    (0.25, 0.5)
    """
    winners = winners_of(labels, predictions, from_logits, sample_weight)
    weight = winners.weight
    used = weight > 0
    if not used.any():
        raise ValueError("There must be an example of weight above 0.")
    excess = winners.confidence.astype(np.float64) - winners.correct
    gap = np.average(excess, weights=weight)
    count = int(used.sum())
    if count == 1:
        return float(gap), np.inf
    # Of equal weights: the standard deviation (n - 1) over the root of n.
    share = weight / weight.sum()
    variance = np.sum((share * (excess - gap)) ** 2) * count / (count - 1)
    return float(gap), float(np.sqrt(variance))


def _top_k_accuracy(labels, predictions, k, from_logits, sample_weight):
    """Part of the labels that fewer than k scores exceed."""
    hits = total = 0.0
    for inputs, _ in chunks(labels, predictions, sample_weight, from_logits):
        rows = inputs.predictions
        classes, _ = class_of(inputs)
        own = np.take_along_axis(rows, classes[:, None].astype(int), axis=1)
        found = np.sum(rows > own, axis=1) < k
        hits += np.sum(inputs.weight * found)
        total += np.sum(inputs.weight)
    return hits / total
