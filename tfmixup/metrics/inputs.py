"""What every metric accepts as labels and predictions.

The shapes are checked here; wrong values are found and refused by `faults`.
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
from tfmixup.metrics.faults import mark
from tfmixup.metrics.faults import NO_CLASS
from tfmixup.metrics.faults import NO_LABEL
from tfmixup.metrics.faults import SUM_TOLERANCE

__all__ = ["Inputs", "chunks", "class_of", "read"]

# The floating dtypes that are read, and their spacing at 1.
_FLOATS = {
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    "float32": 2.0**-23,
    "float64": 2.0**-52,
}
# Entries further than this (or than the spacing of a coarse format) outside
# [0, 1] are no rounding.
_RANGE_TOLERANCE = 1e-6
# Elements of predictions that are worked on at a time: bounds the memory, and
# keeps the temporary arrays in the cache (1 MB of float32).
_CHUNK = 1 << 18


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
        near = xp.abs(row_sums(labels) - 1) <= SUM_TOLERANCE
        right = near & ~any_below(labels, 0.0)
        return first_highest(labels)[1], mark(right, NO_LABEL)
    size = inputs.predictions.shape[1]
    if size is None:
        size = cast(xp.shape(inputs.predictions)[1], labels.dtype)
    right = (labels >= 0) & (labels < size)
    if labels.dtype.name in _FLOATS:
        right &= labels == xp.floor(labels)
    fault = mark(right, NO_CLASS)
    if not isinstance(fault, int):
        labels = xp.where(right, labels, 0)
    return cast(labels, "int32"), fault


def _as_vector(values):
    """`[n]` of `[n]` or `[n, 1]`."""
    if len(values.shape) == 1:
        return values
    return namespace(values).reshape(values, [-1])


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
