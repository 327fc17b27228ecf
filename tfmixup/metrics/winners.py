"""The winner of each example: its confidence, and whether it is right."""

from typing import Any
from typing import NamedTuple

import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import first_highest
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import fault_of_logits
from tfmixup.metrics.faults import fault_of_probabilities
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.faults import settle
from tfmixup.metrics.inputs import class_of
from tfmixup.metrics.inputs import read

__all__ = ["Winners", "find_winners", "winners_of"]


class Winners(NamedTuple):
    """What calibration needs to know of each example.

    All fields are NumPy arrays, or, in a graph, all are tensors.

    Attributes:
        confidence: float32 or float64 `[n]`, the winning score, in [0, 1] up
            to rounding.
        correct: bool `[n]`, whether the winning class is the label.
        weight: float64 `[n]`, >= 0. An example of weight 0 is left out: its
            confidence is 0 whatever its prediction.
    """

    confidence: Any
    correct: Any
    weight: Any


def winners_of(labels, predictions, from_logits=False, sample_weight=None):
    """The confidence of each example, and whether it is right.

    The winning class is the first one that has the highest score, as in
    `np.argmax`; with logits it is found before the softmax, which can round
    two logits to one probability. The softmax is computed in float32 for
    half-precision logits, otherwise in the dtype of the logits.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts.
        predictions: float `[n, num_classes]`, num_classes >= 2; or `[n]` or
            `[n, 1]`, of class 1 of two: probabilities (1e-6 outside [0, 1] is
            taken as rounding, and so is the spacing at 1 of a half-precision
            dtype) or logits.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1. Examples of
            weight 0 are not checked.

    Returns:
        `Winners`, of arrays, or of tensors if an argument is symbolic.

    Raises:
        ValueError: if a shape or a dtype is not one of these, and, eagerly,
            if a value is out of its range.
        tf.errors.InvalidArgumentError: in a graph, if a value is out of its
            range.

    Example:

    >>> found = winners_of([0, 1, 1], [[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]])
    >>> found.confidence.tolist()
    [0.75, 0.75, 0.5]
    >>> found.correct.tolist()
    [True, True, False]
    """
    inputs = read(labels, predictions, sample_weight, from_logits)
    found, fault = find_winners(inputs, from_logits)
    refuse(fault, inputs)
    return found


def find_winners(inputs, from_logits):
    """`winners_of` inputs that are read already, without the refusal.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.

    Returns:
        winners: `Winners`, with a confidence of NaN where an example is
            wrong.
        fault: int `[n]`, 0 where it is right, or the int 0; for
            `inputs.refuse`.
    """
    predictions = inputs.predictions
    xp = namespace(predictions)
    classes, label_fault = class_of(inputs)
    # What these lines make of NaN and infinity is refused or spoilt below.
    with np.errstate(all="ignore"):
        top, winner = first_highest(predictions)
        if from_logits:
            total = xp.sum(xp.exp(predictions - top[:, None]), axis=1)
            confidence = 1 / total
            prediction_fault = fault_of_logits(inputs, total)
        else:
            confidence = top
            prediction_fault = fault_of_probabilities(inputs, top)
    fault = combine_faults(inputs, prediction_fault, label_fault)
    correct = cast(winner, "int32") == classes
    if inputs.weighted:
        correct &= inputs.weight != 0
    confidence = settle(confidence, inputs, fault)
    return Winners(confidence, correct, inputs.weight), fault
