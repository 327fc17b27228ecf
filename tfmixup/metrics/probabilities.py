"""Rows with a probability for each class: of predictions and of labels."""

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import fault_of_logits
from tfmixup.metrics.faults import fault_of_probabilities
from tfmixup.metrics.frames import without_frames
from tfmixup.metrics.inputs import checked_parts
from tfmixup.metrics.inputs import class_of
from tfmixup.metrics.inputs import read

__all__ = [
    "checked_predictions",
    "probabilities_of",
    "targets_and_probabilities",
    "targets_of",
]


def checked_predictions(predictions, from_logits=False):
    """Predictions without labels, by the rule of those that have some.

    Args:
        predictions: float `[n, num_classes]`; or `[n]` or `[n, 1]`, of class 1
            of two.
        from_logits: whether they are logits.

    Returns:
        float NumPy array `[n, num_classes]`: float32 or float64.

    Raises:
        ValueError: if there is none, or as `winners_of` does, with the index
            of the first wrong example.

    Example:

    >>> checked_predictions([0.25, 0.5]).tolist()
    [[0.75, 0.25], [0.5, 0.5]]
    """
    [predictions] = without_frames(predictions=predictions)
    [predictions] = alike(predictions)
    labels = np.zeros(predictions.shape[:1], np.int64)
    for _ in checked_parts(
        probabilities_of, labels, predictions, from_logits=from_logits
    ):
        pass  # The check is all that is wanted.
    if not len(predictions):
        raise ValueError(
            "`predictions` must hold at least one example. "
            f"Received: shape {predictions.shape}."
        )
    return read(labels, predictions, from_logits=from_logits).predictions


def probabilities_of(inputs, from_logits, dtype=None):
    """The probability of each class.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.
        dtype: str, in which to compute; None for that of the predictions.

    Returns:
        rows: float `[n, num_classes]`.
        fault: int `[n]`, 0 where the predictions are right (the row is of no
            use elsewhere); or the int 0.
    """
    rows = inputs.predictions
    xp = namespace(rows)
    highest = xp.max(rows, axis=1)
    if not from_logits:
        fault = fault_of_probabilities(inputs, highest)
        return (rows if dtype is None else cast(rows, dtype)), fault
    if dtype is not None:
        rows, highest = cast(rows, dtype), cast(highest, dtype)
    # What these lines make of NaN and infinity is refused or spoilt.
    with np.errstate(all="ignore"):
        exponentials = xp.exp(rows - highest[:, None])
        total = xp.sum(exponentials, axis=1)
        return exponentials / total[:, None], fault_of_logits(inputs, total)


def targets_of(inputs):
    """One-hot rows of classes, or the one-hot or soft labels as they are.

    Args:
        inputs: `Inputs`.

    Returns:
        targets: float64 `[n, num_classes]`.
        fault: int `[n]`, 0 where the label is right; or the int 0.
    """
    classes, fault = class_of(inputs)
    if len(inputs.labels.shape) == 2:
        return cast(inputs.labels, "float64"), fault
    xp = namespace(classes)
    number = xp.shape(inputs.predictions)[1]
    indices = xp.arange(number, dtype="int32")
    return cast(classes[:, None] == indices, "float64"), fault


def targets_and_probabilities(inputs, from_logits):
    """`targets_of` and `probabilities_of` the same examples, in float64.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.

    Returns:
        targets: float64 `[n, num_classes]`.
        rows: float64 `[n, num_classes]`.
        fault: int `[n]`, 0 where label and prediction are right; or the int 0.
    """
    targets, label_fault = targets_of(inputs)
    rows, fault = probabilities_of(inputs, from_logits, "float64")
    return targets, rows, combine_faults(inputs, fault, label_fault)
