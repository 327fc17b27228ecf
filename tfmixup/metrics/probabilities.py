"""Probabilities of all classes, from probabilities or logits."""

import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.faults import fault_of_logits
from tfmixup.metrics.faults import fault_of_probabilities

__all__ = ["probabilities_of"]


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
