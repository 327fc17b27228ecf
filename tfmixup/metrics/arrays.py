"""One formula for known arrays and for the tensors of a graph.

A metric that is updated eagerly and a score of whole arrays compute in NumPy:
no function to trace or to compile, and an order of magnitude less per call
than eager TensorFlow. Inside a graph (`fit`, `evaluate`, `tf.function`, a
`Dataset.map`) there are only symbolic tensors, and `keras.ops` has functions
of the same names and meaning. So a formula is written once, over a namespace
that is one or the other; this module holds the few steps that differ.
"""

import keras
import numpy as np
import tensorflow as tf

__all__ = ["alike", "cast", "first_highest", "namespace", "sum_by_index"]


def alike(*values):
    """All values as NumPy arrays, or as tensors if any is symbolic.

    Args:
        *values: arrays, tensors, variables, (nested) lists of numbers or
            anything that `np.asarray` takes; None stays None.

    Returns:
        list of arrays or tensors, in that order. A list of Python floats is
        float64.

    Example:

    >>> [array] = alike(tf.constant([1.0, 2.0]))
    >>> array
    array([1., 2.], dtype=float32)
    """
    known = [_known(value) for value in values]
    if all(value is None or isinstance(value, np.ndarray) for value in known):
        return known
    return [
        None if value is None else tf.convert_to_tensor(value)
        for value in known
    ]


def namespace(values):
    """The module whose functions take these values.

    Args:
        values: NumPy array or tensor, as `alike` makes them.

    Returns:
        `numpy` or `keras.ops`.

    Example:

    >>> namespace(np.ones(3)).__name__
    'numpy'
    """
    return np if isinstance(values, np.ndarray) else keras.ops


def cast(values, dtype):
    """The values in another dtype.

    Args:
        values: NumPy array or tensor.
        dtype: str.

    Returns:
        NumPy array or tensor.

    Example:

    >>> cast(np.array([True, False]), "float64").tolist()
    [1.0, 0.0]
    """
    if tf.is_tensor(values):
        return tf.cast(values, dtype)
    return np.asarray(values).astype(dtype, copy=False)


def first_highest(values):
    """The highest value of each row and the first index that has it.

    Args:
        values: float `[n, k]`, NumPy array or tensor.

    Returns:
        highest: `[n]`, NaN where the row holds NaN if `values` is an array;
            unspecified there if it is a tensor.
        index: int `[n]`.

    Example:

    >>> highest, index = first_highest(np.array([[1.0, 3.0, 3.0]]))
    >>> highest.tolist(), index.tolist()
    ([3.0], [1])
    """
    if isinstance(values, np.ndarray):
        index = values.argmax(axis=1)
        return values[np.arange(len(values)), index], index
    # tf.argmax leaves open which of equal values it finds; top_k does not.
    highest, index = tf.math.top_k(values, k=1)
    return highest[:, 0], index[:, 0]


def sum_by_index(terms, index, size):
    """Sums of the terms that have the same index.

    Args:
        terms: list of float64 `[n]`, NumPy arrays or tensors.
        index: int `[n]` in [0, size).
        size: int.

    Returns:
        list of float64 `[size]`, one for each of the terms.

    Example:

    >>> [sums] = sum_by_index([np.ones(3)], np.array([0, 2, 2]), 3)
    >>> sums.tolist()
    [1.0, 0.0, 2.0]
    """
    if isinstance(index, np.ndarray):
        return [np.bincount(index, term, minlength=size) for term in terms]
    sums = tf.math.unsorted_segment_sum(tf.stack(terms, axis=1), index, size)
    return tf.unstack(sums, axis=1)


def _known(value):
    if value is None or isinstance(value, np.ndarray):
        return value
    if tf.is_tensor(value) or isinstance(value, keras.Variable):
        value = tf.convert_to_tensor(value)
        return value if tf.is_symbolic_tensor(value) else value.numpy()
    return np.asarray(value)
