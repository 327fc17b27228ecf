"""What every metric accepts as labels and predictions, and what it refuses.

A wrong example is refused in the way that the execution mode allows:

- eagerly, by a ValueError that names the example;
- in a graph, by an InvalidArgumentError with the same wording;
- in a graph compiled by XLA, where assertions cannot fire, by sums of NaN,
  which make the value of the metric NaN: never a plausible number.
"""

from typing import NamedTuple

import ml_dtypes
import numpy as np
import tensorflow as tf

__all__ = [
    "Inputs",
    "as_float64",
    "chunks",
    "class_of",
    "combine_faults",
    "fault_of_logits",
    "fault_of_probabilities",
    "first_argmax",
    "read",
    "refuse",
]

# Row sums further than this from 1 are no rounding: bfloat16, the coarsest
# format, rounds every entry, and so their sum, by at most 2**-8 = 0.4 %.
_SUM_TOLERANCE = 1e-2
# Entries further than this (or than the spacing of a coarse format) outside
# [0, 1] are no rounding.
_RANGE_TOLERANCE = 1e-6
# Elements that are worked on at a time: bounds the memory, and keeps the
# temporary arrays in the cache.
_CHUNK = 1 << 20

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

    Attributes:
        labels: `[n]`, int64 or float, classes; or float `[n, num_classes]`,
            one-hot or soft.
        predictions: float32 or float64 `[n, num_classes]`.
        weight: float64 `[n]`.
        rounding: Python float, how far outside [0, 1] rounding can take a
            probability of the dtype that was received.
    """

    labels: tf.Tensor
    predictions: tf.Tensor
    weight: tf.Tensor
    rounding: float


def read(labels, predictions, sample_weight=None):
    """Checks shapes and dtypes and settles both.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, num_classes >= 2.
        sample_weight: float `[n]` or `[n, 1]`; None for 1.

    Returns:
        `Inputs`: half-precision predictions become float32.

    Raises:
        ValueError: if a shape or a dtype cannot be meant.

    Example:

    >>> read([[1], [0]], [[0.7, 0.3], [0.6, 0.4]]).labels.numpy().tolist()
    [1, 0]
    """
    predictions = tf.convert_to_tensor(predictions)
    if not predictions.dtype.is_floating:
        raise ValueError(
            "`predictions` must be of a floating dtype. "
            f"Received: predictions of dtype {predictions.dtype.name}."
        )
    if predictions.shape.rank != 2 or predictions.shape[1] in (0, 1):
        raise ValueError(
            "`predictions` must have shape [n, num_classes] with "
            "num_classes >= 2. "
            f"Received: predictions of shape {predictions.shape}. Stack the "
            "scores of a binary classifier as [1 - p, p]; reshape sequences "
            "of predictions to one row for each."
        )
    # Not NumPy's finfo, which does not know bfloat16.
    spacing = float(ml_dtypes.finfo(predictions.dtype.as_numpy_dtype).eps)
    if predictions.dtype.size < 4:
        predictions = tf.cast(predictions, tf.float32)
    return Inputs(
        labels=_read_labels(labels, predictions),
        predictions=predictions,
        weight=_read_weight(sample_weight, predictions),
        rounding=max(_RANGE_TOLERANCE, spacing),
    )


def as_float64(values):
    """A float64 tensor of numbers, exactly as they are.

    `tf.cast` takes Python numbers through float32.

    Args:
        values: tensor, array or (nested) list of numbers.

    Returns:
        float64 tensor.

    Example:

    >>> float(as_float64([0.1])[0])
    0.1
    """
    if not tf.is_tensor(values):
        values = np.asarray(values, np.float64)
    return tf.cast(values, tf.float64)


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
    labels, predictions = _as_array(labels), _as_array(predictions)
    _check_length("labels", labels, predictions)
    if sample_weight is not None:
        sample_weight = _as_array(sample_weight)
        _check_length("sample_weight", sample_weight, predictions)
    size = predictions.shape[0] if len(predictions.shape) else 0
    rows = max(1, _CHUNK // max(1, int(np.prod(predictions.shape[1:]))))
    for start in range(0, max(size, 1), rows):
        part = slice(start, start + rows)
        weight = None if sample_weight is None else sample_weight[part]
        yield read(labels[part], predictions[part], weight), start


def first_argmax(values):
    """The first index of the highest value of each row.

    `tf.argmax` leaves open which of equal values it finds.

    Args:
        values: float `[n, k]`, no NaN.

    Returns:
        int64 `[n]`.

    Example:

    >>> first_argmax([[1.0, 3.0, 3.0]]).numpy().tolist()
    [1]
    """
    values = tf.convert_to_tensor(values)
    size = tf.shape(values, tf.int64)[1]
    top = tf.reduce_max(values, axis=1, keepdims=True)
    return tf.reduce_min(tf.where(values == top, tf.range(size), size), axis=1)


def class_of(inputs):
    """The label of each example as a class.

    Args:
        inputs: `Inputs`.

    Returns:
        classes: int64 `[n]`, in [0, num_classes); any if the label is wrong.
        fault: int32 `[n]`, 0 where the label is right.
    """
    size = tf.shape(inputs.predictions, tf.int64)[1]
    if inputs.labels.shape.rank == 2:
        low = tf.reduce_min(inputs.labels, axis=1)
        total = tf.reduce_sum(inputs.labels, axis=1)
        right = (low >= 0) & (tf.abs(total - 1) <= _SUM_TOLERANCE)
        classes = tf.minimum(first_argmax(inputs.labels), size - 1)
        return classes, tf.where(right, 0, _NO_LABEL)
    labels = inputs.labels
    known = (labels >= 0) & (labels < tf.cast(size, labels.dtype))
    if labels.dtype.is_floating:
        known &= labels == tf.floor(labels)
    classes = tf.cast(tf.where(known, labels, 0), tf.int64)
    return classes, tf.where(known, 0, _NO_CLASS)


def fault_of_probabilities(inputs):
    """Which rows of the predictions are no distribution.

    Args:
        inputs: `Inputs`.

    Returns:
        int32 `[n]`, 0 where the row is a distribution.
    """
    total = tf.reduce_sum(inputs.predictions, axis=1)
    top = tf.reduce_max(inputs.predictions, axis=1)
    low = tf.reduce_min(inputs.predictions, axis=1)
    in_range = (low >= -inputs.rounding) & (top <= 1 + inputs.rounding)
    fault = tf.where(tf.abs(total - 1) <= _SUM_TOLERANCE, 0, _NOT_NORMAL)
    fault = tf.where(in_range, fault, _NOT_IN_RANGE)
    return tf.where(tf.math.is_finite(total), fault, _NOT_FINITE)


def fault_of_logits(total):
    """Which rows of logits have no softmax.

    Args:
        total: float `[n]`, the sum of exp(logit - highest logit), which NaN,
            +inf and a row of -inf all make NaN.

    Returns:
        int32 `[n]`, 0 where the softmax is defined.
    """
    return tf.where(tf.math.is_finite(total), 0, _NOT_FINITE)


def combine_faults(inputs, *faults):
    """The first fault of each example; none where its weight is 0.

    Args:
        inputs: `Inputs`, whose weights are checked too.
        *faults: int32 `[n]`.

    Returns:
        int32 `[n]`.
    """
    right = tf.math.is_finite(inputs.weight) & (inputs.weight >= 0)
    combined = tf.where(right, 0, _NO_WEIGHT)
    for fault in faults:
        combined = tf.where(combined > 0, combined, fault)
    return tf.where(inputs.weight == 0, 0, combined)


def refuse(fault, inputs, offset=0):
    """Raises for the first wrong example, eagerly or in a graph.

    Args:
        fault: int32 `[n]`, 0 for an example that is right.
        inputs: `Inputs`, for the message.
        offset: Python int, the index of the first of these examples.

    Raises:
        ValueError: eagerly, if any fault is not 0.
        tf.errors.InvalidArgumentError: in a graph, likewise.
    """
    worst = tf.reduce_max(fault)
    if tf.executing_eagerly():
        if int(worst) > 0:
            raise ValueError(_describe(fault.numpy(), inputs, offset))
        return
    for code, message in _MESSAGES.items():
        # The raw op: tf.debugging.Assert would add a conditional for each.
        tf.raw_ops.Assert(condition=worst != code, data=[message])


def _as_array(values):
    if isinstance(values, np.ndarray) or tf.is_tensor(values):
        return values
    return tf.convert_to_tensor(values)


def _read_labels(labels, predictions):
    labels = tf.convert_to_tensor(labels)
    rank, classes = labels.shape.rank, predictions.shape[1]
    columns = labels.shape[1] if rank == 2 else None
    if rank == 1 or columns == 1:
        if labels.dtype == tf.bool:
            raise ValueError(
                "`labels` of shape [n] must be numbers, the classes. "
                f"Received: labels of dtype bool and shape {labels.shape}. "
                "Cast them to int if the classes are 0 and 1."
            )
        _check_length("labels", labels, predictions)
        labels = tf.reshape(labels, [-1])
        # Floats that are whole numbers are classes too: Keras takes the mean
        # of the replicas' labels, in float64, to build its metrics.
        return labels if labels.dtype.is_floating else tf.cast(labels, tf.int64)
    if columns is None or (classes or columns) != columns:
        raise ValueError(
            "`labels` must have shape [n] or [n, 1] (classes) or "
            "[n, num_classes] (one-hot or soft). "
            f"Received: labels of shape {labels.shape}, predictions of shape "
            f"{predictions.shape}."
        )
    _check_length("labels", labels, predictions)
    if labels.dtype in (tf.float32, tf.float64):
        return labels
    return tf.cast(labels, tf.float32)


def _read_weight(sample_weight, predictions):
    if sample_weight is None:
        return tf.ones(tf.shape(predictions)[:1], tf.float64)
    weight = as_float64(sample_weight)
    rank = weight.shape.rank
    if rank != 1 and not (rank == 2 and weight.shape[1] == 1):
        raise ValueError(
            "`sample_weight` must have shape [n] or [n, 1]. "
            f"Received: sample_weight of shape {weight.shape}."
        )
    _check_length("sample_weight", weight, predictions)
    return tf.reshape(weight, [-1])


def _check_length(name, values, predictions):
    lengths = [tf.TensorShape(x.shape)[:1] for x in (values, predictions)]
    if not lengths[0].is_compatible_with(lengths[1]):
        raise ValueError(
            f"`{name}` and `predictions` must have one row for each example. "
            f"Received: {name} of shape {tuple(values.shape)}, predictions "
            f"of shape {tuple(predictions.shape)}."
        )


def _describe(fault, inputs, offset):
    place = int(np.flatnonzero(fault)[0])
    code = int(fault[place])
    if code == _NO_WEIGHT:
        values = inputs.weight
    elif code in (_NO_CLASS, _NO_LABEL):
        values = inputs.labels
    else:
        values = inputs.predictions
    shown = np.array2string(
        values[place].numpy(), threshold=8, max_line_width=np.inf
    )
    return (
        f"{_MESSAGES[code]} Received: {shown} at example {offset + place} "
        f"({np.count_nonzero(fault)} wrong of {fault.size} looked at)."
    )
