"""One formula for known arrays and for the tensors of a graph.

A metric that is updated eagerly and a score of whole arrays compute in NumPy:
no function to trace or to compile, and an order of magnitude less per call
than eager TensorFlow. Inside a graph (`fit`, `evaluate`, `tf.function`, a
`Dataset.map`) there are only symbolic tensors, and `keras.ops` has functions
of the same names and meaning. So a formula is written once, over a namespace
that is one or the other; this module holds the few steps that differ. Their
TensorFlow half is `graph_arrays`, imported when there is a tensor.
"""

import sys

import numpy as np
from scipy import fft
from scipy import special

__all__ = [
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
    "is_tensor",
    "lower_bound",
    "monotonic_cuts",
    "namespace",
    "raise_in_graph",
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

    >>> import tensorflow as tf
    >>> [array] = alike(tf.constant([1.0, 2.0]))
    >>> array
    array([1., 2.], dtype=float32)
    """
    known = [_known(value) for value in values]
    if all(value is None or isinstance(value, np.ndarray) for value in known):
        return known
    return [
        None if value is None else _graph().convert(value) for value in known
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
    return np if isinstance(values, np.ndarray) else _graph().namespace()


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
    return _graph().cast(values, dtype)


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
    return _graph().unstack(values)


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
    return _graph().any_below(values, bound)


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
    return _graph().row_sums(values)


def interpolate(x, known_x, known_y):
    """Linear interpolation, as `np.interp` does it.

    Args:
        x: float64 `[m]`, where the values are wanted.
        known_x: float64 `[n]`, n >= 2, increasing; equal neighbors are
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
    return _graph().interpolate(x, known_x, known_y)


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
    if not all(isinstance(value, (np.ndarray, np.generic)) for value in state):
        return _graph().repeat(times, step, state)
    for _ in range(times):
        state = step(state)
    return state


def cosine_transform(values):
    """The orthonormal discrete cosine transform (II).

    Args:
        values: float64 `[n]`, NumPy array or tensor.

    Returns:
        float64 `[n]`.
    """
    if isinstance(values, np.ndarray):
        return fft.dct(values, norm="ortho")
    return _graph().cosine_transform(values)


def inverse_cosine_transform(values):
    """The inverse of `cosine_transform`.

    Args:
        values: float64 `[n]`, NumPy array or tensor.

    Returns:
        float64 `[n]`.
    """
    if isinstance(values, np.ndarray):
        return fft.idct(values, norm="ortho")
    return _graph().inverse_cosine_transform(values)


def digamma(values):
    """The logarithmic derivative of the gamma function.

    Args:
        values: float64, NumPy array or tensor.

    Returns:
        float64, of the same shape.
    """
    if isinstance(values, np.ndarray):
        return special.digamma(values)
    return _graph().digamma(values)


def erf(values):
    """The error function.

    Args:
        values: float64, NumPy array or tensor.

    Returns:
        float64, of the same shape.
    """
    if isinstance(values, np.ndarray):
        return special.erf(values)
    return _graph().erf(values)


def lower_bound(sorted_values, values):
    """How many of the sorted values are below each value.

    Args:
        sorted_values: float NumPy array `[m]`, increasing.
        values: float, any shape, of the same dtype; NumPy array or tensor.

    Returns:
        int, the shape of `values`, in [0, m].

    Example:

    >>> lower_bound(np.array([1.0, 2.0]), np.array([1.0, 1.5])).tolist()
    [0, 1]
    """
    if isinstance(values, np.ndarray):
        return np.searchsorted(sorted_values, values, side="left")
    return _graph().lower_bound(sorted_values, values)


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
    return _graph().first_highest(values)


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
    return _graph().sum_by_index(terms, index, size)


def is_tensor(value):
    """Whether a value is a TensorFlow tensor or variable, or Keras' own.

    Args:
        value: anything.

    Returns:
        Python bool. No TensorFlow is imported to find that out: without it
        there are no tensors.

    Example:

    >>> is_tensor(np.zeros(2))
    False
    """
    tf, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
    # The class first: tf.is_tensor checks a protocol, which is slow.
    if tf is not None and (isinstance(value, tf.Tensor) or tf.is_tensor(value)):
        return True
    return (
        keras is not None
        and isinstance(value, keras.Variable)
        and keras.config.backend() == "tensorflow"
    )


def monotonic_cuts(mass, right, rounding):
    """See `graph_arrays.monotonic_cuts`; for tensors only."""
    return _graph().monotonic_cuts(mass, right, rounding)


def raise_in_graph(fault, messages):
    """Ends a step whose worst fault has a message.

    Args:
        fault: int tensor `[n]`.
        messages: dict from a fault, above 0, to a str.

    Raises:
        tf.errors.InvalidArgumentError: when the graph runs.
    """
    _graph().raise_for(fault, messages)


def _graph():
    from tfmixup.metrics import graph_arrays  # noqa: PLC0415  (TensorFlow)

    return graph_arrays


def _known(value):
    if value is None or isinstance(value, np.ndarray):
        return value
    if is_tensor(value):
        return _graph().known_or_symbolic(value)
    return np.asarray(value)
