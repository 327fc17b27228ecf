"""Proper scores, of single examples and their means, in float64."""

import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import fault_of_logits
from tfmixup.metrics.faults import fault_of_probabilities
from tfmixup.metrics.faults import settle
from tfmixup.metrics.inputs import checked_parts
from tfmixup.metrics.probabilities import targets_and_probabilities
from tfmixup.metrics.probabilities import targets_of
from tfmixup.metrics.scored_bins import require_examples

__all__ = [
    "brier_score",
    "log_losses",
    "negative_log_likelihood",
    "squared_distances",
]


def negative_log_likelihood(
    labels, predictions, from_logits=False, sample_weight=None
):
    """Mean of -log of the probability that is given to the label.

    For soft labels: the cross entropy. Computed in float64. A class of
    probability 0 that does happen makes it infinite.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar, >= 0, in nats.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), or if they
            hold no example.

    Example:

    >>> nll = negative_log_likelihood([0, 1], [[0.5, 0.5], [0.5, 0.5]])
    >>> round(float(nll), 6)
    0.693147
    """
    return _mean_over_arrays(
        log_losses, labels, predictions, from_logits, sample_weight
    )


def brier_score(labels, predictions, from_logits=False, sample_weight=None):
    """Mean squared distance of the prediction from the one-hot label.

    Summed over the classes, as Brier did: 0 is perfect, 2 is the worst.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar in [0, 2].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), or if they
            hold no example.

    Example:

    >>> float(brier_score([0, 1], [[0.5, 0.5], [0.0, 1.0]]))
    0.25

    Reference:
        Brier, 1950, Monthly Weather Review 78
    """
    return _mean_over_arrays(
        squared_distances, labels, predictions, from_logits, sample_weight
    )


def _mean_over_arrays(
    function, labels, predictions, from_logits, sample_weight
):
    value = total = np.float64(0)
    for inputs, values in checked_parts(
        function, labels, predictions, sample_weight, from_logits
    ):
        value += np.sum(inputs.weight * values)
        total += np.sum(inputs.weight)
    return value / require_examples(total)


def log_losses(inputs, from_logits):
    """-log of the probability of the label, for each example.

    For soft labels: the cross entropy. With logits it is computed from their
    logarithm of sums, so that probabilities too small for a float are not
    rounded to 0 on the way.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.

    Returns:
        losses: float64 `[n]`, in nats; 0 where the weight is 0, NaN where the
            example is wrong.
        fault: int `[n]` or the int 0, for `inputs.refuse`.
    """
    targets, label_fault = targets_of(inputs)
    xp = namespace(targets)
    # What these lines make of NaN and infinity is refused or spoilt below.
    with np.errstate(all="ignore"):
        if from_logits:
            shifted, total = _exponents(inputs)
            logarithms = shifted - xp.log(total)[:, None]
            fault = fault_of_logits(inputs, total)
        else:
            # Rounding may have left a probability just below 0.
            rows = xp.maximum(cast(inputs.predictions, "float64"), 0)
            logarithms = xp.log(rows)
            highest = xp.max(inputs.predictions, axis=1)
            fault = fault_of_probabilities(inputs, highest)
        # A class that cannot happen adds nothing, though its log be -inf.
        terms = xp.where(targets == 0, 0, targets * logarithms)
        losses = -xp.sum(terms, axis=1)
    fault = combine_faults(inputs, fault, label_fault)
    return settle(losses, inputs, fault), fault


def squared_distances(inputs, from_logits):
    """Squared distance of prediction and label, for each example.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.

    Returns:
        distances: float64 `[n]`, in [0, 2]; 0 where the weight is 0, NaN
            where the example is wrong.
        fault: int `[n]` or the int 0, for `inputs.refuse`.
    """
    targets, rows, fault = targets_and_probabilities(inputs, from_logits)
    xp = namespace(targets)
    with np.errstate(all="ignore"):
        distances = xp.sum(xp.square(rows - targets), axis=1)
    return settle(distances, inputs, fault), fault


def _exponents(inputs):
    logits = cast(inputs.predictions, "float64")
    xp = namespace(logits)
    shifted = logits - xp.max(logits, axis=1, keepdims=True)
    return shifted, xp.sum(xp.exp(shifted), axis=1)
