"""Held-out logits, read a few rows at a time and in float64.

A million examples of a thousand classes are 4 GB of float32. No calibrator
copies them: each pass works on some rows at a time, so that a memory-mapped
file of logits (`np.load(path, mmap_mode="r")`) is enough.
"""

import numpy as np

from tfmixup.metrics.faults import refuse
from tfmixup.metrics.inputs import chunks
from tfmixup.metrics.inputs import class_of

__all__ = ["log_sums", "probabilities_of_class", "read_labels", "row_parts"]

# Elements at a time: 2 MB of float64, which the cache holds.
_CHUNK = 1 << 18


def read_labels(logits, labels):
    """Checks both and gives the class of each example.

    Args:
        logits: float `[n, num_classes]`, n >= 1, finite.
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the most probable class counts.

    Returns:
        int64 `[n]`.

    Raises:
        ValueError: if a shape, a dtype or a value cannot be meant.
    """
    classes = []
    for inputs, start in chunks(labels, logits):
        rows = inputs.predictions
        wrong = ~np.isfinite(rows).all(axis=1)
        if wrong.any():
            shown = np.array2string(rows[wrong.argmax()], threshold=8)
            raise ValueError(
                "`logits` must be finite. Received: "
                f"{shown} at example {start + wrong.argmax()}. Leave out "
                "classes that are masked with -inf."
            )
        found, fault = class_of(inputs)
        refuse(fault, inputs, start)
        classes.append(np.asarray(found, np.int64))
    classes = np.concatenate(classes)
    if not classes.size:
        raise ValueError(
            "A calibrator needs 1 held-out example or more. "
            f"Received: logits of shape {np.shape(logits)}."
        )
    return classes


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
    # Rounding could leave a score just above 1.
    return np.minimum(np.exp(column - sums), 1.0)
