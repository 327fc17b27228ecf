"""Held-out predictions, read a few rows at a time and in float64.

A million examples of a thousand classes are 4 GB of float32. No calibrator
copies logits: each pass works on some rows at a time, so that a memory-mapped
file of them (`np.load(path, mmap_mode="r")`) is enough. Finished probabilities
are copied once, as their logarithms.
"""

import warnings
from typing import NamedTuple

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.frames import with_class_indices
from tfmixup.metrics.inputs import chunks
from tfmixup.metrics.inputs import class_of
from tfmixup.metrics.inputs import read
from tfmixup.metrics.inputs import refuse_swapped
from tfmixup.metrics.probabilities import probabilities_of

__all__ = [
    "FLOOR",
    "HeldOut",
    "as_logits",
    "log_sums",
    "probabilities_of_class",
    "read_held_out",
    "row_parts",
]

# A finished probability below this counts as this (Keras' own epsilon): a
# forest says 0 where it has seen nothing, and the logarithm of 0 has no place
# in a fit. Logits need no floor.
FLOOR = 1e-7
# Elements at a time: 2 MB of float64, which the cache holds.
_CHUNK = 1 << 18


class HeldOut(NamedTuple):
    """Checked examples to fit on.

    Attributes:
        logits: float `[n, num_classes]`; may be memory-mapped, and may hold
            -inf for masked classes.
        classes: int64 `[n]`.
        weight: float64 `[n]`.
    """

    logits: np.ndarray
    classes: np.ndarray
    weight: np.ndarray


def read_held_out(
    logits, labels, sample_weight=None, from_logits=True, classes=None
):
    """Checks held-out examples; see `Calibrator.fit` for the arguments.

    Returns:
        `HeldOut`. Examples of weight 0 are left out.

    Raises:
        ValueError: as `Calibrator.fit` does.

    Warns:
        UserWarning: if a class does not occur among the labels.
    """
    _check_order(logits, labels)
    labels, rows, weight = with_class_indices(
        classes, labels, logits, sample_weight
    )
    labels, rows, weight = alike(labels, rows, weight)
    found, weights = [], []
    for inputs, start in chunks(labels, rows, weight, from_logits):
        _, fault = probabilities_of(inputs, from_logits)
        place, label_fault = class_of(inputs)
        refuse(combine_faults(inputs, fault, label_fault), inputs, start)
        _check_possible(inputs, place, start)
        found.append(np.asarray(place, np.int64))
        weights.append(inputs.weight)
    found, weights = np.concatenate(found), np.concatenate(weights)
    used = weights > 0
    if not used.any():
        raise ValueError(
            "A calibrator needs 1 held-out example or more, of weight above "
            f"0. Received: logits of shape {np.shape(logits)}."
        )
    rows = as_logits(rows, from_logits)
    if not used.all():
        rows, found, weights = rows[used], found[used], weights[used]
    missing = np.setdiff1d(np.arange(rows.shape[1]), found)
    if missing.size:
        warnings.warn(
            f"{missing.size} of {rows.shape[1]} classes do not occur among the "
            f"held-out labels ({_named(missing, classes)}): nothing is known "
            "of how well their scores are calibrated. Hold out examples of "
            "every class.",
            stacklevel=3,
        )
    return HeldOut(rows, found, weights)


def as_logits(predictions, from_logits):
    """Predictions as logits of two columns or more.

    Args:
        predictions: checked float array `[n, num_classes]`, `[n]` or `[n, 1]`.
        from_logits: whether they are logits; otherwise their logarithm is
            taken, from `FLOOR` on.

    Returns:
        float array `[n, num_classes]`; half precision becomes float32.

    Example:

    >>> np.exp(as_logits(np.array([0.25, 1.0]), False)).round(7).tolist()
    [[0.75, 0.25], [1e-07, 1.0]]
    """
    if (
        predictions.ndim == 2
        and predictions.shape[1] > 1
        and predictions.dtype in (np.float32, np.float64)
    ):
        rows = predictions
    else:
        labels = np.zeros(len(predictions), np.int64)
        # The kind has been judged in the dtype that the predictions came in.
        rows = read(labels, predictions, None, from_logits, judge=False)
        rows = rows.predictions
    if from_logits:
        return rows
    return np.log(np.maximum(rows, FLOOR, dtype=np.float64))


def row_parts(logits):
    """Slices that cut the rows into parts of bounded size.

    Args:
        logits: array `[n, num_classes]`.

    Returns:
        list of slices.

    Example:

    >>> row_parts(np.zeros([3, 2]))
    [slice(0, 131072, None)]
    """
    rows = max(1, _CHUNK // np.shape(logits)[1])
    return [slice(start, start + rows) for start in range(0, len(logits), rows)]


def log_sums(logits):
    """The logarithm of the sum of the exponentials of each row.

    Args:
        logits: float `[n, num_classes]`.

    Returns:
        float64 `[n]`.

    Example:

    >>> log_sums(np.log([[1.0, 3.0]])).round(6).tolist()
    [1.386294]
    """
    sums = np.empty(len(logits))
    for part in row_parts(logits):
        rows = np.asarray(logits[part], np.float64)
        highest = rows.max(axis=1)
        # A lead may be too large for a float.
        with np.errstate(over="ignore"):
            total = np.exp(rows - highest[:, None]).sum(axis=1)
        sums[part] = highest + np.log(total)
    return sums


def probabilities_of_class(logits, sums, place):
    """The softmax score of one class for every example.

    Args:
        logits: float `[n, num_classes]`.
        sums: float64 `[n]`, as of `log_sums`.
        place: int, the class.

    Returns:
        float64 `[n]`, in [0, 1].
    """
    column = np.asarray(logits[:, place], np.float64)
    # Rounding could leave a score just above 1, and a lead may be too large
    # for a float.
    with np.errstate(over="ignore"):
        return np.minimum(np.exp(column - sums), 1.0)


def _check_order(logits, labels):
    """Calibrators take logits first, as estimators of scikit-learn do."""
    first, second = np.asarray(logits), np.asarray(labels)
    refuse_swapped(second, first, "fit(logits, labels)")
    if first.dtype.kind not in "iubOU" or second.dtype.kind != "f":
        return
    if second.ndim == 2 or first.ndim == 1:
        raise ValueError(
            "`logits` must be of a floating dtype. Received: logits of dtype "
            f"{first.dtype} and shape {first.shape}, labels of dtype "
            f"{second.dtype} and shape {second.shape}. Calibrators take the "
            "logits first: fit(logits, labels)."
        )


def _check_possible(inputs, place, start):
    """A label that its own logit says cannot happen fits no map."""
    own = inputs.predictions[np.arange(len(place)), place]
    wrong = np.isneginf(own) & (inputs.weight > 0)
    if wrong.any():
        where = int(wrong.argmax())
        raise ValueError(
            "The logit of a label must be finite; -inf masks a class that "
            f"cannot happen. Received: label {place[where]} with the logit "
            f"-inf at example {start + where}."
        )


def _named(missing, classes):
    names = [classes[k] if classes is not None else int(k) for k in missing[:5]]
    return ", ".join(map(str, names)) + (", ..." if missing.size > 5 else "")
