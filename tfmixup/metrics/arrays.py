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
from scipy import fft
from scipy import special

__all__ = [
    "add_to",
    "alike",
    "any_below",
    "as_rows",
    "cast",
    "cosine_transform",
    "digamma",
    "erf",
    "first_highest",
    "interpolate",
    "inverse_cosine_transform",
    "namespace",
    "repeat",
    "row_sums",
    "sum_by_index",
]


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
    if isinstance(values, np.ndarray):
        return values.astype(dtype, copy=False)
    return tf.cast(values, dtype)


def add_to(variable, terms):
    """Adds to the state of a metric.

    Args:
        variable: `keras.Variable`.
        terms: NumPy array or tensor, of the variable's shape.

    Example:

    >>> variable = keras.Variable([1.0, 2.0])
    >>> add_to(variable, np.array([1.0, 0.0]))
    >>> variable.numpy().tolist()
    [2.0, 2.0]
    """
    if isinstance(terms, np.ndarray) and isinstance(
        variable.value, tf.Variable
    ):
        # One operation. Keras' own assign_add is an addition, a conversion
        # and an assignment, and takes eight times as long eagerly.
        tf.raw_ops.AssignAddVariableOp(
            resource=variable.value.handle,
            value=tf.constant(terms, variable.value.dtype),
        )
    else:
        variable.assign_add(terms)


def as_rows(values):
    """The rows of an array, one by one.

    Args:
        values: `[n, ...]`, NumPy array or tensor, n known.

    Returns:
        list of n arrays or tensors `[...]`.

    Example:

    >>> [row.tolist() for row in as_rows(np.array([[1, 2], [3, 4]]))]
    [[1, 2], [3, 4]]
    """
    if isinstance(values, np.ndarray):
        return list(values)
    return tf.unstack(values)


def any_below(values, bound):
    """Whether a row holds an entry below a bound.

    Args:
        values: float `[n, k]`, NumPy array or tensor, no NaN.
        bound: Python float.

    Returns:
        bool `[n]`.

    Example:

    >>> any_below(np.array([[0.1, 0.2], [0.3, -0.4]]), 0.0).tolist()
    [False, True]
    """
    if isinstance(values, np.ndarray):
        # The minimum of all takes half as long as those of the rows, and as a
        # rule it settles the question.
        if values.min(initial=bound) >= bound:
            return np.zeros(len(values), bool)
        return values.min(axis=1) < bound
    return tf.reduce_min(values, axis=1) < bound


def row_sums(values):
    """The sum of each row.

    Args:
        values: float `[n, k]`, NumPy array or tensor.

    Returns:
        float `[n]`, of the dtype of the values.

    Example:

    >>> row_sums(np.array([[0.25, 0.5], [1.0, 2.0]])).tolist()
    [0.75, 3.0]
    """
    if isinstance(values, np.ndarray):
        # Half the time of np.sum, which adds pairwise; good to k * eps / 8,
        # since eight or more partial sums are kept.
        return np.einsum("ij->i", values)
    return tf.reduce_sum(values, axis=1)


def interpolate(x, known_x, known_y):
    """Linear interpolation, as `np.interp` does it.

    Args:
        x: float64 `[m]`, where the values are wanted.
        known_x: float64 `[n]`, n >= 2, increasing; equal neighbours are
            allowed where `known_y` is equal too.
        known_y: float64 `[n]`.

    Returns:
        float64 `[m]`; the first or last value outside of the range.

    Example:

    >>> [half, one] = np.array([0.5]), np.array([0.0, 1.0])
    >>> interpolate(half, one, 4 * one).tolist()
    [2.0]
    """
    if isinstance(known_x, np.ndarray):
        return np.interp(x, known_x, known_y)
    x = tf.clip_by_value(x, known_x[0], known_x[-1])
    left = tf.searchsorted(known_x, x, side="right") - 1
    left = tf.minimum(left, tf.shape(known_x)[0] - 2)
    low_x, high_x = tf.gather(known_x, left), tf.gather(known_x, left + 1)
    low_y, high_y = tf.gather(known_y, left), tf.gather(known_y, left + 1)
    share = tf.math.divide_no_nan(x - low_x, high_x - low_x)
    return low_y + share * (high_y - low_y)


def repeat(times, step, state):
    """`step(step(... step(state)))`.

    Args:
        times: int.
        step: function from a tuple of arrays to one like it.
        state: tuple of NumPy numbers or arrays, or of tensors.

    Returns:
        tuple, the last state.

    Example:

    >>> repeat(3, lambda x: (2 * x[0],), (np.float64(1),))[0].item()
    8.0
    """
    if not any(tf.is_tensor(value) for value in state):
        for _ in range(times):
            state = step(state)
        return state
    return tf.while_loop(
        lambda *_: True,
        lambda *now: step(now),
        state,
        maximum_iterations=times,
        parallel_iterations=1,
    )


def cosine_transform(values):
    """The orthonormal discrete cosine transform (II).

    Args:
        values: float64 `[n]`, NumPy array or tensor.

    Returns:
        float64 `[n]`.
    """
    if isinstance(values, np.ndarray):
        return fft.dct(values, norm="ortho")
    return tf.signal.dct(values, norm="ortho")


def inverse_cosine_transform(values):
    """The inverse of `cosine_transform`.

    Args:
        values: float64 `[n]`, NumPy array or tensor.

    Returns:
        float64 `[n]`.
    """
    if isinstance(values, np.ndarray):
        return fft.idct(values, norm="ortho")
    return tf.signal.idct(values, norm="ortho")


def digamma(values):
    """The logarithmic derivative of the gamma function.

    Args:
        values: float64, NumPy array or tensor.

    Returns:
        float64, of the same shape.
    """
    if isinstance(values, np.ndarray):
        return special.digamma(values)
    return tf.math.digamma(values)


def erf(values):
    """The error function.

    Args:
        values: float64, NumPy array or tensor.

    Returns:
        float64, of the same shape.
    """
    if isinstance(values, np.ndarray):
        return special.erf(values)
    return tf.math.erf(values)


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
        float64 `[len(terms), size]`. If any term is NaN, all sums are: a
        maximum, say, could overlook a single one.

    Example:

    >>> sum_by_index([np.ones(3)], np.array([0, 2, 2]), 3).tolist()
    [[1.0, 0.0, 2.0]]
    """
    if isinstance(index, np.ndarray):
        sums = np.array([np.bincount(index, t, minlength=size) for t in terms])
        return np.full_like(sums, np.nan) if np.isnan(sums.sum()) else sums
    terms = tf.stack(terms, axis=1)
    sums = tf.math.unsorted_segment_sum(terms, index, size)
    spoilt = tf.math.is_nan(tf.reduce_sum(terms))
    nan = tf.constant(np.nan, sums.dtype)
    return tf.where(spoilt, nan, tf.transpose(sums))


def _known(value):
    if value is None or isinstance(value, np.ndarray):
        return value
    # The classes first: tf.is_tensor checks a protocol, which is slow.
    if isinstance(value, (tf.Tensor, keras.Variable)) or tf.is_tensor(value):
        value = tf.convert_to_tensor(value)
        return value if tf.is_symbolic_tensor(value) else value.numpy()
    return np.asarray(value)
