"""Proper scores of single examples, computed in float64."""

import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import fault_of_logits
from tfmixup.metrics.faults import fault_of_probabilities
from tfmixup.metrics.faults import settle
from tfmixup.metrics.probabilities import probabilities_of
from tfmixup.metrics.targets import targets_of

__all__ = ["log_losses", "squared_distances"]


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
            fault = fault_of_logits(total)
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
    targets, label_fault = targets_of(inputs)
    rows, fault = probabilities_of(inputs, from_logits, "float64")
    xp = namespace(targets)
    with np.errstate(all="ignore"):
        distances = xp.sum(xp.square(rows - targets), axis=1)
    fault = combine_faults(inputs, fault, label_fault)
    return settle(distances, inputs, fault), fault


def _exponents(inputs):
    logits = cast(inputs.predictions, "float64")
    xp = namespace(logits)
    shifted = logits - xp.max(logits, axis=1, keepdims=True)
    return shifted, xp.sum(xp.exp(shifted), axis=1)
