"""What every metric, score and report accepts as labels and predictions.

One rule for all of them. Predictions are probabilities or logits, as
`from_logits` says, and what clearly is the other is refused (`kinds`). A
binary classifier with one output unit gives the probability, or the logit, of
class 1: its columns are [class 0, class 1]. The shapes are checked here; wrong
values are found and refused by `faults`.
"""

from typing import Any
from typing import NamedTuple

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import any_below
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import first_highest
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.arrays import row_sums
from tfmixup.metrics.faults import mark
from tfmixup.metrics.faults import NO_CLASS
from tfmixup.metrics.faults import NO_LABEL
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.faults import SUM_TOLERANCE
from tfmixup.metrics.frames import without_frames
from tfmixup.metrics.kinds import FLOATS
from tfmixup.metrics.kinds import refuse_other_kind
from tfmixup.metrics.kinds import seem_no_logits

__all__ = [
    "Inputs",
    "checked_parts",
    "chunks",
    "class_of",
    "read",
    "refuse_swapped",
]

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
        seem_no_logits: False; or, in a graph and with from_logits=True, a
            bool scalar tensor: whether the predictions look like
            probabilities.
    """

    labels: Any
    predictions: Any
    weight: Any
    weighted: bool
    rounding: float
    seem_no_logits: Any = False


def read(
    labels, predictions, sample_weight=None, from_logits=False, judge=True
):
    """Checks shapes and dtypes and settles both.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, num_classes >= 2; or `[n]` or
            `[n, 1]`, of one output unit: the probability or the logit of
            class 1.
        sample_weight: float `[n]` or `[n, 1]`; None for 1.
        from_logits: whether `predictions` are logits.
        judge: whether to refuse logits that look like probabilities.

    Returns:
        `Inputs`: tensors if one of the arguments is symbolic, otherwise
        arrays; half-precision predictions become float32, and those of one
        unit get two columns.

    Raises:
        ValueError: if a shape or a dtype is not one of these, if the
            arguments seem to be swapped, or if, eagerly, predictions that
            should be logits look like probabilities.

    Example:

    >>> read([[1], [0]], [[0.7, 0.3], [0.6, 0.4]]).labels.tolist()
    [1, 0]
    >>> read([1, 0], [0.75, 0.5]).predictions.tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    arguments = _checked(labels, predictions, sample_weight)
    suspect = from_logits and judge and _suspect(arguments[1])
    return _settled(*arguments, from_logits, suspect)


def chunks(labels, predictions, sample_weight=None, from_logits=False):
    """Reads whole arrays a few rows at a time.

    Args:
        labels: as in `read`.
        predictions: as in `read`.
        sample_weight: as in `read`.
        from_logits: as in `read`.

    Yields:
        (`Inputs`, Python int): some rows, and the index of the first.

    Raises:
        ValueError: as `read` does.

    Example:

    >>> [(part, start)] = chunks([0], [[0.7, 0.3]])
    >>> start
    0
    """
    labels, predictions, weight = _checked(labels, predictions, sample_weight)
    if not isinstance(predictions, np.ndarray):
        raise ValueError(
            "Whole arrays are scored eagerly, not in a graph. "
            f"Received: {predictions}. In a graph, update a Keras metric of "
            "tfmixup.metrics, or score its bins."
        )
    if from_logits:
        _suspect(predictions)
    size = len(predictions)
    classes = 2 if _is_column(predictions.shape) else predictions.shape[1]
    rows = max(1, _CHUNK // classes)
    for start in range(0, max(size, 1), rows):
        part = slice(start, start + rows)
        some = None if weight is None else weight[part]
        yield (
            _settled(labels[part], predictions[part], some, from_logits),
            start,
        )


def checked_parts(
    function, labels, predictions, sample_weight=None, from_logits=False
):
    """What a function finds in whole arrays, a few rows at a time.

    Args:
        function: function (inputs, from_logits=bool) -> (anything, fault of
            each example), such as `winners.find_winners`.
        labels: as in `read`.
        predictions: as in `read`.
        sample_weight: as in `read`.
        from_logits: as in `read`.

    Yields:
        (`Inputs`, what the function found in them).

    Raises:
        ValueError: as `read` does, or at the first example with a fault.
    """
    for inputs, offset in chunks(
        labels, predictions, sample_weight, from_logits
    ):
        found, fault = function(inputs, from_logits=from_logits)
        refuse(fault, inputs, offset)
        yield inputs, found


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
    if labels.dtype.name in FLOATS:
        right &= labels == xp.floor(labels)
    fault = mark(right, NO_CLASS)
    if not isinstance(fault, int):
        labels = xp.where(right, labels, 0)
    return cast(labels, "int32"), fault


def refuse_swapped(labels, predictions, order):
    """Refuses one-hot rows as predictions of labels that are no such rows.

    Args:
        labels: array.
        predictions: array.
        order: str, the right order of the arguments.

    Raises:
        ValueError: if all predictions are rows of one 1 and zeros, and the
            labels are rows of probabilities of the same shape that are not.

    Example:

    >>> refuse_swapped(np.eye(2), np.full([2, 2], 0.5), "(labels, predictions)")
    """
    if labels.ndim != 2 or labels.shape != predictions.shape:
        return
    if len(labels) < 2 or labels.shape[1] < 2 or labels.dtype.kind != "f":
        return
    # The first row of predictions settles the question as a rule.
    if _one_hot(predictions[:1]) and _one_hot(predictions):
        if not np.isin(labels, (0, 1)).all():
            raise ValueError(
                "The labels and the predictions seem to be swapped: the "
                "predictions are one-hot and the labels are not. The order is "
                f"{order}. If a model does answer 0 and 1 alone, pass the "
                "class of each label: labels.argmax(axis=1)."
            )


def _one_hot(rows):
    return bool(np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all())


def _checked(labels, predictions, sample_weight):
    """The arguments as arrays or tensors of shapes and dtypes that fit."""
    arguments = without_frames(
        labels=labels, predictions=predictions, sample_weight=sample_weight
    )
    labels, predictions, weight = alike(*arguments)
    _check_predictions(labels, predictions)
    _check_labels(labels, predictions)
    if isinstance(labels, np.ndarray) and isinstance(predictions, np.ndarray):
        refuse_swapped(labels, predictions, "(labels, predictions)")
    _check_weight(weight, predictions)
    return labels, predictions, weight


def _suspect(predictions):
    """Whether logits look like probabilities; eagerly they are refused."""
    if isinstance(predictions, np.ndarray):
        refuse_other_kind(predictions)
        return False
    return seem_no_logits(predictions)


def _settled(labels, predictions, weight, from_logits, suspect=False):
    xp = namespace(predictions)
    one_unit = _is_column(_static_shape(predictions))
    if not _has_classes(labels):
        # Floats that are whole numbers are classes too: Keras takes the mean
        # of the replicas' labels, in float64, to build its metrics.
        labels = _as_vector(labels)
        if labels.dtype.name not in FLOATS:
            labels = cast(labels, "int64")
        elif one_unit:
            # The label of one unit may be soft: the probability of class 1.
            labels = cast(labels, "float64")
            labels = xp.stack([1 - labels, labels], axis=1)
    elif labels.dtype.name not in ("float32", "float64"):
        labels = cast(labels, "float32")
    weighted = weight is not None
    if not weighted:
        weight = xp.ones(xp.shape(predictions)[:1], "float64")
    else:
        weight = cast(_as_vector(weight), "float64")
    rounding = max(_RANGE_TOLERANCE, FLOATS[predictions.dtype.name])
    if rounding > _RANGE_TOLERANCE:
        predictions = cast(predictions, "float32")
    if one_unit:
        unit = _as_vector(predictions)
        other = xp.zeros_like(unit) if from_logits else 1 - unit
        predictions = xp.stack([other, unit], axis=1)
    return Inputs(labels, predictions, weight, weighted, rounding, suspect)


def _as_vector(values):
    """`[n]` of `[n]` or `[n, 1]`."""
    if len(values.shape) == 1:
        return values
    return namespace(values).reshape(values, [-1])


def _has_classes(labels):
    """Whether labels are `[n, num_classes]` rather than `[n]` or `[n, 1]`."""
    return len(labels.shape) == 2 and labels.shape[1] != 1


def _check_predictions(labels, predictions):
    shape = _static_shape(predictions)
    hint = ""
    if labels.dtype.name in FLOATS and len(_static_shape(labels) or ()) == 2:
        hint = " The labels come first: (labels, predictions)."
    if predictions.dtype.name not in FLOATS:
        raise ValueError(
            f"`predictions` must be of a floating dtype: {', '.join(FLOATS)}. "
            f"Received: predictions of dtype {predictions.dtype.name} and "
            f"shape {shape}.{hint}"
        )
    if shape is None or len(shape) not in (1, 2) or shape[1:] == (0,):
        raise ValueError(
            "`predictions` must have shape [n, num_classes], or, of one "
            "output unit of a binary classifier, [n] or [n, 1]. "
            f"Received: predictions of shape {shape}. Reshape sequences of "
            f"predictions to one row for each.{hint}"
        )


def _check_labels(labels, predictions):
    shape, rows = _static_shape(labels), _static_shape(predictions)
    one_each = _is_column(shape)
    columns = 2 if _is_column(rows) else rows[1]
    if not one_each and (
        shape is None
        or len(shape) != 2
        or shape[1] is None
        or shape[1] != (columns or shape[1])
    ):
        hint = ""
        if _is_column(rows):
            hint = (
                " Predictions of one output unit go with labels [n] or [n, 1]."
                " If these labels are predictions: the labels come first."
            )
        raise ValueError(
            "`labels` must have shape [n] or [n, 1] (classes) or "
            "[n, num_classes] (one-hot or soft). "
            f"Received: labels of shape {shape}, predictions of shape {rows}."
            f"{hint}"
        )
    name = labels.dtype.name
    number = name in FLOATS or name.startswith(("int", "uint"))
    # True is class 1 where there are two classes, and nothing otherwise.
    if not number and (name != "bool" or (one_each and columns != 2)):
        raise ValueError(
            "`labels` must be numbers: classes 0 to num_classes - 1, one-hot "
            f"or soft. Received: labels of dtype {name} and shape {shape}. "
            "Names of classes: pass `classes=` where it is taken, or map them "
            "with tfmixup.metrics.class_indices(labels, classes)."
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
