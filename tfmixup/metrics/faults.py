"""Wrong examples: found, ordered, and refused as the execution mode allows.

- Eagerly, by a ValueError that names the example;
- in a graph, by an InvalidArgumentError with the same wording;
- in a graph compiled by XLA, where assertions cannot fire, by sums of NaN,
  which make the value of the metric NaN: never a plausible number.
"""

import numpy as np

from tfmixup.metrics.arrays import any_below
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.arrays import raise_in_graph
from tfmixup.metrics.arrays import row_sums
from tfmixup.metrics.kinds import NO_LOGITS

__all__ = [
    "NO_CLASS",
    "NO_LABEL",
    "SUM_TOLERANCE",
    "combine_faults",
    "fault_of_logits",
    "fault_of_probabilities",
    "mark",
    "refuse",
    "settle",
]

# Row sums further than this from 1 are no rounding: of ten probabilities
# written with two decimals, or of bfloat16 (0.4 % of the sum).
SUM_TOLERANCE = 0.05
# Weights beyond these lose digits, or overflow, when they are summed.
_WEIGHTS = (1e-100, 1e100)

(
    _NOT_FINITE,
    _NOT_IN_RANGE,
    _NOT_NORMAL,
    NO_CLASS,
    NO_LABEL,
    _NO_WEIGHT,
    _NOT_LOGITS,
) = range(1, 8)


_MESSAGES = {
    _NOT_FINITE: (
        "`predictions` must be finite (a logit may be -inf if another of its "
        "row is not). Find where the model makes them NaN or infinite."
    ),
    _NOT_IN_RANGE: (
        "`predictions` must be probabilities in [0, 1] when "
        "from_logits=False. If these are logits, pass from_logits=True; "
        "divide percentages by 100."
    ),
    _NOT_NORMAL: (
        "Every row of `predictions` must sum to 1 when from_logits=False. "
        "If these are logits, pass from_logits=True; scores of independent "
        "sigmoids have no winning class to calibrate."
    ),
    NO_CLASS: (
        "`labels` must be classes, whole numbers in [0, num_classes), where "
        "num_classes is the last dimension of `predictions`."
    ),
    NO_LABEL: (
        "Every row of one-hot or soft `labels` must be a distribution: "
        "entries >= 0 that sum to 1. (tf.one_hot makes a row of zeros of a "
        "class that is out of range.)"
    ),
    _NO_WEIGHT: "`sample_weight` must be 0, or from 1e-100 to 1e100.",
    _NOT_LOGITS: NO_LOGITS,
}


def fault_of_probabilities(inputs, highest):
    """Which rows of the predictions are no distribution.

    Args:
        inputs: `Inputs`.
        highest: float `[n]`, the highest entry of each row.

    Returns:
        int `[n]`, 0 where the row is a distribution; or the int 0.
    """
    rows, xp = inputs.predictions, namespace(inputs.predictions)
    total = row_sums(rows)
    out = any_below(rows, -inputs.rounding) | (highest > 1 + inputs.rounding)
    fault = mark(xp.abs(total - 1) <= SUM_TOLERANCE, _NOT_NORMAL)
    if isinstance(fault, int) and not out.any():
        return 0
    fault = xp.where(out, _NOT_IN_RANGE, fault)
    return xp.where(xp.isfinite(total), fault, _NOT_FINITE)


def fault_of_logits(inputs, total):
    """Which rows of logits have no softmax, or are no logits.

    Args:
        inputs: `Inputs`.
        total: float `[n]`, the sum of exp(logit - highest logit), which NaN,
            +inf and a row of -inf all make NaN.

    Returns:
        int `[n]`, 0 where the softmax is defined; or the int 0.
    """
    xp = namespace(total)
    fault = mark(xp.isfinite(total), _NOT_FINITE)
    if inputs.seem_no_logits is False:
        return fault
    return xp.where(inputs.seem_no_logits, _NOT_LOGITS, fault)


def combine_faults(inputs, *faults):
    """The first fault of each example; none where its weight is 0.

    Args:
        inputs: `Inputs`, whose weights are checked too.
        *faults: int `[n]`, or the int 0.

    Returns:
        int `[n]`; or the int 0 if it is known that none is wrong.
    """
    weight, xp = inputs.weight, namespace(inputs.weight)
    combined = 0
    if inputs.weighted:
        low, high = _WEIGHTS
        right = (weight == 0) | ((weight >= low) & (weight <= high))
        combined = mark(right, _NO_WEIGHT)
    for fault in faults:
        if isinstance(combined, int):
            combined = fault
        elif not isinstance(fault, int):
            combined = xp.where(combined > 0, combined, fault)
    if isinstance(combined, int) or not inputs.weighted:
        return combined
    return xp.where(weight == 0, 0, combined)


def settle(values, inputs, fault):
    """0 where the weight is 0, and NaN where the example is wrong.

    Args:
        values: float `[n, ...]`.
        inputs: `Inputs`.
        fault: int `[n]`, or the int 0.

    Returns:
        float `[n, ...]`.
    """
    xp = namespace(values)

    def as_column(marks):
        if len(values.shape) == 1:
            return marks
        return xp.reshape(marks, [-1] + [1] * (len(values.shape) - 1))

    if inputs.weighted:
        values = xp.where(as_column(inputs.weight != 0), values, 0)
    if isinstance(fault, int):
        return values
    return xp.where(as_column(fault > 0), float("nan"), values)


def refuse(fault, inputs, offset=0):
    """Raises for the first wrong example, eagerly or in a graph.

    Args:
        fault: int `[n]`, 0 for an example that is right; or the int 0.
        inputs: `Inputs`, for the message.
        offset: Python int, the index of the first of these examples.

    Raises:
        ValueError: eagerly, if any fault is not 0.
        tf.errors.InvalidArgumentError: in a graph, likewise.
    """
    if isinstance(fault, int):
        return
    if isinstance(fault, np.ndarray):
        if fault.any():
            raise ValueError(_describe(fault, inputs, offset))
        return
    raise_in_graph(fault, _MESSAGES)


def mark(right, code):
    """0 where an example is right, else the code; one 0 if all are known."""
    if isinstance(right, np.ndarray) and right.all():
        return 0
    return namespace(right).where(right, 0, code)


def _describe(fault, inputs, offset):
    place = int(np.flatnonzero(fault)[0])
    code = int(fault[place])
    if code == _NO_WEIGHT:
        values = inputs.weight
    elif code in (NO_CLASS, NO_LABEL):
        values = inputs.labels
    else:
        values = inputs.predictions
    shown = np.array2string(values[place], threshold=8, max_line_width=np.inf)
    return (
        f"{_MESSAGES[code]} Received: {shown} at example {offset + place} "
        f"({np.count_nonzero(fault)} wrong of {fault.size} looked at)."
    )
