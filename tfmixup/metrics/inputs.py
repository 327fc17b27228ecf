"""What every metric accepts as labels and predictions, and what it refuses.

A wrong example is refused in the way that the execution mode allows:

- eagerly, by a ValueError that names the example;
- in a graph, by an InvalidArgumentError with the same wording;
- in a graph compiled by XLA, where assertions cannot fire, by sums of NaN,
  which make the value of the metric NaN: never a plausible number.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import any_below
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import first_highest
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.arrays import row_sums

__all__ = [
    "Inputs",
    "chunks",
    "class_of",
    "combine_faults",
    "fault_of_logits",
    "fault_of_probabilities",
    "read",
    "refuse",
    "settle",
]

# The floating dtypes that are read, and their spacing at 1.
_FLOATS = {
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    "float32": 2.0**-23,
    "float64": 2.0**-52,
}
# Row sums further than this from 1 are no rounding: of ten probabilities
# written with two decimals, or of bfloat16 (0.4 % of the sum).
_SUM_TOLERANCE = 0.05
# Entries further than this (or than the spacing of a coarse format) outside
# [0, 1] are no rounding.
_RANGE_TOLERANCE = 1e-6
# Elements of predictions that are worked on at a time: bounds the memory, and
# keeps the temporary arrays in the cache (1 MB of float32).
_CHUNK = 1 << 18

_NOT_FINITE, _NOT_IN_RANGE, _NOT_NORMAL, _NO_CLASS, _NO_LABEL, _NO_WEIGHT = (
    range(1, 7)
)
_MESSAGES = {
    _NOT_FINITE: (
        "`predictions` must be finite (a logit may be -inf if another of its "
        "row is not). Find where the model makes them NaN or infinite."
    ),
    _NOT_IN_RANGE: (
        "`predictions` must be probabilities in [0, 1] when "
        "from_logits=False. These look like logits: pass from_logits=True."
    ),
    _NOT_NORMAL: (
        "Every row of `predictions` must sum to 1 when from_logits=False. "
        "If these are logits, pass from_logits=True; scores of independent "
        "sigmoids have no winning class to calibrate."
    ),
    _NO_CLASS: (
        "`labels` must be classes, whole numbers in [0, num_classes), where "
        "num_classes is the last dimension of `predictions`."
    ),
    _NO_LABEL: (
        "Every row of one-hot or soft `labels` must be a distribution: "
        "entries >= 0 that sum to 1. (tf.one_hot makes a row of zeros of a "
        "class that is out of range.)"
    ),
    _NO_WEIGHT: "`sample_weight` must be finite and >= 0.",
}


class Inputs(NamedTuple):
    """Examples whose shapes are checked and whose dtypes are settled.

    All fields are NumPy arrays, or all are tensors.

    Attributes:
        labels: `[n]`, int64 or float, classes; or float `[n, num_classes]`,
            one-hot or soft.
        predictions: float32 or float64 `[n, num_classes]`.
        weight: float64 `[n]`.
        weighted: Python bool, False if all weights are 1 since none were
            given.
        rounding: Python float, how far outside [0, 1] rounding can take a
            probability of the dtype that was received.
    """

    labels: np.ndarray | tf.Tensor
    predictions: np.ndarray | tf.Tensor
    weight: np.ndarray | tf.Tensor
    weighted: bool
    rounding: float


def read(labels, predictions, sample_weight=None):
    """Checks shapes and dtypes and settles both.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, num_classes >= 2.
        sample_weight: float `[n]` or `[n, 1]`; None for 1.

    Returns:
        `Inputs`: tensors if one of the arguments is symbolic, otherwise
        arrays; half-precision predictions become float32.

    Raises:
        ValueError: if a shape or a dtype cannot be meant.

    Example:

    >>> read([[1], [0]], [[0.7, 0.3], [0.6, 0.4]]).labels.tolist()
    [1, 0]
    """
    labels, predictions, weight = alike(labels, predictions, sample_weight)
    _check_predictions(predictions)
    _check_labels(labels, predictions)
    _check_weight(weight, predictions)
    xp = namespace(predictions)
    if not _has_classes(labels):
        # Floats that are whole numbers are classes too: Keras takes the mean
        # of the replicas' labels, in float64, to build its metrics.
        labels = _as_vector(labels)
        if labels.dtype.name not in _FLOATS:
            labels = cast(labels, "int64")
    elif labels.dtype.name not in ("float32", "float64"):
        labels = cast(labels, "float32")
    weighted = weight is not None
    if not weighted:
        weight = xp.ones(xp.shape(predictions)[:1], "float64")
    else:
        weight = cast(_as_vector(weight), "float64")
    rounding = max(_RANGE_TOLERANCE, _FLOATS[predictions.dtype.name])
    if rounding > _RANGE_TOLERANCE:
        predictions = cast(predictions, "float32")
    return Inputs(labels, predictions, weight, weighted, rounding)


def chunks(labels, predictions, sample_weight=None):
    """Reads whole arrays a few rows at a time.

    Args:
        labels: as in `read`.
        predictions: as in `read`.
        sample_weight: as in `read`.

    Yields:
        (`Inputs`, Python int): some rows, and the index of the first.

    Raises:
        ValueError: as `read` does.

    Example:

    >>> [(part, start)] = chunks([0], [[0.7, 0.3]])
    >>> start
    0
    """
    labels, predictions, weight = alike(labels, predictions, sample_weight)
    if not isinstance(predictions, np.ndarray):
        raise ValueError(
            "Whole arrays are scored eagerly, not in a graph. "
            f"Received: {predictions}. In a graph, update a Keras metric of "
            "tfmixup.metrics, or score its bins."
        )
    _check_predictions(predictions)
    _check_labels(labels, predictions)
    _check_weight(weight, predictions)
    size, classes = predictions.shape
    rows = max(1, _CHUNK // classes)
    for start in range(0, max(size, 1), rows):
        part = slice(start, start + rows)
        some = None if weight is None else weight[part]
        yield read(labels[part], predictions[part], some), start


def class_of(inputs):
    """The label of each example as a class.

    Args:
        inputs: `Inputs`.

    Returns:
        classes: int `[n]`; any of them if the label is wrong.
        fault: int `[n]`, 0 where the label is right; or the int 0.
    """
    labels, xp = inputs.labels, namespace(inputs.labels)
    if len(labels.shape) == 2:
        near = xp.abs(row_sums(labels) - 1) <= _SUM_TOLERANCE
        right = near & ~any_below(labels, 0.0)
        return first_highest(labels)[1], _mark(right, _NO_LABEL)
    size = inputs.predictions.shape[1]
    if size is None:
        size = cast(xp.shape(inputs.predictions)[1], labels.dtype)
    right = (labels >= 0) & (labels < size)
    if labels.dtype.name in _FLOATS:
        right &= labels == xp.floor(labels)
    fault = _mark(right, _NO_CLASS)
    if not isinstance(fault, int):
        labels = xp.where(right, labels, 0)
    return cast(labels, "int32"), fault


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
    fault = _mark(xp.abs(total - 1) <= _SUM_TOLERANCE, _NOT_NORMAL)
    if isinstance(fault, int) and not out.any():
        return 0
    fault = xp.where(out, _NOT_IN_RANGE, fault)
    return xp.where(xp.isfinite(total), fault, _NOT_FINITE)


def fault_of_logits(total):
    """Which rows of logits have no softmax.

    Args:
        total: float `[n]`, the sum of exp(logit - highest logit), which NaN,
            +inf and a row of -inf all make NaN.

    Returns:
        int `[n]`, 0 where the softmax is defined; or the int 0.
    """
    return _mark(namespace(total).isfinite(total), _NOT_FINITE)


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
        right = xp.isfinite(weight) & (weight >= 0)
        combined = _mark(right, _NO_WEIGHT)
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
    worst = tf.reduce_max(fault)
    for code, message in _MESSAGES.items():
        # The raw op: tf.debugging.Assert would add a conditional for each.
        tf.raw_ops.Assert(condition=worst != code, data=[message])


def _as_vector(values):
    """`[n]` of `[n]` or `[n, 1]`."""
    if len(values.shape) == 1:
        return values
    return namespace(values).reshape(values, [-1])


def _mark(right, code):
    """0 where an example is right, else the code; one 0 if all are known."""
    if isinstance(right, np.ndarray) and right.all():
        return 0
    return namespace(right).where(right, 0, code)


def _has_classes(labels):
    """Whether labels are `[n, num_classes]` rather than `[n]` or `[n, 1]`."""
    return len(labels.shape) == 2 and labels.shape[1] != 1


def _check_predictions(predictions):
    if predictions.dtype.name not in _FLOATS:
        raise ValueError(
            f"`predictions` must be of a floating dtype: {', '.join(_FLOATS)}. "
            f"Received: predictions of dtype {predictions.dtype.name}."
        )
    shape = _static_shape(predictions)
    if shape is None or len(shape) != 2 or shape[1] in (0, 1):
        raise ValueError(
            "`predictions` must have shape [n, num_classes] with "
            "num_classes >= 2. "
            f"Received: predictions of shape {shape}. Stack the scores of a "
            "binary classifier as [1 - p, p]; reshape sequences of "
            "predictions to one row for each."
        )


def _check_labels(labels, predictions):
    shape, rows = _static_shape(labels), _static_shape(predictions)
    one_each = _is_column(shape)
    if not one_each and (
        shape is None
        or len(shape) != 2
        or shape[1] is None
        or shape[1] != (rows[1] or shape[1])
    ):
        raise ValueError(
            "`labels` must have shape [n] or [n, 1] (classes) or "
            "[n, num_classes] (one-hot or soft). "
            f"Received: labels of shape {shape}, predictions of shape {rows}."
        )
    name = labels.dtype.name
    number = name in _FLOATS or name.startswith(("int", "uint"))
    if not number and (one_each or name != "bool"):
        raise ValueError(
            "`labels` must be numbers. "
            f"Received: labels of dtype {name} and shape {shape}. Cast them "
            "to int if they are the classes 0 and 1."
        )
    _check_length("labels", shape, rows)


def _check_weight(weight, predictions):
    if weight is None:
        return
    shape = _static_shape(weight)
    if not _is_column(shape):
        raise ValueError(
            "`sample_weight` must have shape [n] or [n, 1]. "
            f"Received: sample_weight of shape {shape}."
        )
    _check_length("sample_weight", shape, _static_shape(predictions))


def _check_length(name, shape, rows):
    if None not in (shape[0], rows[0]) and shape[0] != rows[0]:
        raise ValueError(
            f"`{name}` and `predictions` must have one row for each example. "
            f"Received: {name} of shape {shape}, predictions of shape {rows}."
        )


def _static_shape(values):
    """A tuple, None for what is unknown; None if the rank is."""
    if isinstance(values, np.ndarray):
        return values.shape
    return None if values.shape.rank is None else tuple(values.shape)


def _is_column(shape):
    return shape is not None and (len(shape) == 1 or shape[1:] == (1,))


def _describe(fault, inputs, offset):
    place = int(np.flatnonzero(fault)[0])
    code = int(fault[place])
    if code == _NO_WEIGHT:
        values = inputs.weight
    elif code in (_NO_CLASS, _NO_LABEL):
        values = inputs.labels
    else:
        values = inputs.predictions
    shown = np.array2string(values[place], threshold=8, max_line_width=np.inf)
    return (
        f"{_MESSAGES[code]} Received: {shown} at example {offset + place} "
        f"({np.count_nonzero(fault)} wrong of {fault.size} looked at)."
    )
