"""Examples in the order of their confidence, with what scores need of each."""

from typing import NamedTuple

import numpy as np
from scipy import special

from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import index
from tfmixup.metrics.example_scores import log_losses
from tfmixup.metrics.example_scores import squared_distances
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.inputs import chunks
from tfmixup.metrics.probabilities import probabilities_of
from tfmixup.metrics.ranked import RankedBins
from tfmixup.metrics.winners import find_winners

__all__ = ["Promise", "ScoredExamples", "rebin", "score_examples"]


class Promise(NamedTuple):
    """The mean of a score of examples, if the predictions were the truth.

    Attributes:
        mean: float, its expectation over labels drawn from the predictions.
        deviation: float, its standard deviation over the same.
    """

    mean: float
    deviation: float


class ScoredExamples(NamedTuple):
    """The examples of a report, sorted by their confidence.

    Attributes:
        order: int `[n]`, the place of each in the arrays they came in.
        first: int `[m]`, the first example of each confidence that occurs.
        bins: `Bins` of the weights, one for each confidence that occurs, each
            field `[m]`.
        cuts: dict from (num_bins, equal_mass) to float `[num_bins + 1]`, where
            bins begin and end, for `rebin`.
        weight: float64 `[n]`, 1 where no weights were given.
        correct: float64 `[n]`, 0 or 1.
        gap: float64 `[n]`, confidence less correct.
        log_loss: float64 `[n]`, in nats.
        squared_distance: float64 `[n]`.
        promised_log_loss: `Promise`.
        promised_distance: `Promise`.
    """

    order: np.ndarray
    first: np.ndarray
    bins: Bins
    cuts: dict
    weight: np.ndarray
    correct: np.ndarray
    gap: np.ndarray
    log_loss: np.ndarray
    squared_distance: np.ndarray
    promised_log_loss: Promise
    promised_distance: Promise

    @property
    def effective_size(self):
        """Number of examples of equal weight that chance treats alike.

        Kish, 1965: (sum of weights)^2 / sum of squared weights; the number of
        examples where there are no weights.
        """
        return self.weight.sum() ** 2 / np.sum(self.weight**2)


def score_examples(
    labels, predictions, from_logits, num_bins, sample_weight=None
):
    """Reads whole arrays of predictions.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or one-hot `[n, num_classes]`.
        predictions: float `[n, num_classes]`, logits or probabilities.
        from_logits: whether `predictions` are logits.
        num_bins: ints, the numbers of bins for which to have cuts.
        sample_weight: float `[n]`, >= 0; None for 1. Examples of weight 0 are
            left out.

    Returns:
        `ScoredExamples`.

    Raises:
        ValueError: if `tfmixup.metrics.winners_of` refuses them, if labels are
            soft, or if there are fewer than 2 examples.

    Example:

    >>> examples = score_examples([0, 1], [[0.9, 0.1], [0.8, 0.2]], False, [2])
    >>> examples.order.tolist(), examples.correct.tolist()
    ([1, 0], [0.0, 1.0])
    """
    parts = [
        _score_chunk(inputs, offset, from_logits)
        for inputs, offset in chunks(
            labels, predictions, sample_weight, from_logits
        )
    ]
    weight, confidence, correct, losses, distances, *moments = [
        np.concatenate(columns) for columns in zip(*parts, strict=True)
    ]
    size = np.count_nonzero(weight)
    if size < 2:
        raise ValueError(
            "A report needs at least 2 examples, and says little of fewer "
            f"than some hundred. Received: {size}."
        )
    order = np.argsort(confidence, kind="stable")
    # Examples of weight 0 have the confidence 0 and come first.
    order = order[weight[order] > 0]
    confidence, correct = confidence[order], correct[order]
    weight = weight[order]
    # Distinct in the dtype that they were computed in, which is the one whose
    # edges they meet.
    values, first = np.unique(confidence, return_index=True)
    count = np.add.reduceat(weight, first)
    right = np.add.reduceat(weight * correct, first)
    cuts = {}
    for number in num_bins:
        place = index(values, number)
        wide = np.searchsorted(place, np.arange(number + 1))
        cuts[number, False] = wide.astype(np.float64)
        cuts[number, True] = _equal_mass_cuts(count, number)
    values = values.astype(np.float64)
    return ScoredExamples(
        order=order,
        first=first,
        bins=RankedBins(count, count * values, right),
        cuts=cuts,
        weight=weight,
        correct=correct,
        gap=confidence - correct,
        log_loss=losses[order],
        squared_distance=distances[order],
        promised_log_loss=_promise(weight, *[m[order] for m in moments[:2]]),
        promised_distance=_promise(weight, *[m[order] for m in moments[2:]]),
    )


def rebin(values, cuts):
    """Sums between cuts, a part of a value where a cut goes through it.

    Args:
        values: float `[..., m]`.
        cuts: float `[k + 1]`, increasing, in [0, m]: 1.5 is the middle of the
            second value.

    Returns:
        float64 `[..., k]`.

    Example:

    >>> rebin(np.array([4.0, 2.0, 1.0]), np.array([0, 1.5, 3])).tolist()
    [5.0, 2.0]
    """
    zero = np.zeros((*values.shape[:-1], 1))
    curve = np.concatenate([zero, np.cumsum(values, axis=-1)], axis=-1)
    whole = np.minimum(cuts.astype(int), values.shape[-1] - 1)
    at_cuts = curve[..., whole] + (cuts - whole) * values[..., whole]
    return np.diff(at_cuts, axis=-1)


def _score_chunk(inputs, offset, from_logits):
    if len(inputs.labels.shape) == 2:
        hard = (inputs.labels == 0) | (inputs.labels == 1)
        if not np.all(hard):
            raise ValueError(
                "A report needs labels that are classes, or one-hot: noise "
                "floors are draws of such. Received: soft labels, such as "
                f"{inputs.labels[np.argmin(hard.all(axis=1))]}. Evaluate on "
                "examples that are not mixed."
            )
    winners, fault = find_winners(inputs, from_logits)
    refuse(fault, inputs, offset)
    losses, _ = log_losses(inputs, from_logits)
    distances, _ = squared_distances(inputs, from_logits)
    rows, _ = probabilities_of(inputs, from_logits, dtype="float64")
    # With the label drawn from p, the log loss is -log p_k with probability
    # p_k, and the squared distance 1 + |p|^2 - 2 p_k.
    entropy = special.entr(rows).sum(axis=1)
    surprise = special.xlogy(np.sqrt(rows), rows)
    squares, cubes = np.sum(rows**2, axis=1), np.sum(rows**3, axis=1)
    return (
        inputs.weight,
        winners.confidence,
        winners.correct.astype(np.float64),
        losses,
        distances,
        entropy,
        np.sum(surprise**2, axis=1) - entropy**2,
        1 - squares,
        4 * (cubes - squares**2),
    )


def _promise(weight, means, variances):
    share = weight / weight.sum()
    variance = np.sum(share**2 * np.maximum(variances, 0))
    return Promise(float(np.sum(share * means)), float(np.sqrt(variance)))


def _equal_mass_cuts(count, num_bins):
    mass = np.concatenate([[0], np.cumsum(count)])
    wanted = np.arange(num_bins + 1) * (mass[-1] / num_bins)
    return np.interp(wanted, mass, np.arange(len(mass)))
