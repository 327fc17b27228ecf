"""The steps of `arrays` for the tensors of a graph: TensorFlow's half.

`arrays` imports this module when it first meets a tensor, so that scores of
plain arrays need no TensorFlow. Each function is documented there.
"""

import keras
import tensorflow as tf

from tfmixup.keras_backend import require_tensorflow

__all__ = [
    "any_below",
    "cast",
    "convert",
    "cosine_transform",
    "digamma",
    "erf",
    "first_highest",
    "interpolate",
    "inverse_cosine_transform",
    "known_or_symbolic",
    "lower_bound",
    "monotonic_cuts",
    "namespace",
    "raise_for",
    "repeat",
    "row_sums",
    "sum_by_index",
    "unstack",
]

cast = tf.cast
convert = tf.convert_to_tensor
digamma = tf.math.digamma
erf = tf.math.erf
unstack = tf.unstack


def known_or_symbolic(value):
    """An array for a tensor whose value is known, else the tensor itself.

    Args:
        value: tensor, `tf.Variable` or `keras.Variable`.

    Returns:
        NumPy array, or a symbolic tensor.
    """
    value = tf.convert_to_tensor(value)
    return value if tf.is_symbolic_tensor(value) else value.numpy()


def namespace():
    """See `arrays.namespace`."""
    require_tensorflow("A score inside of a graph")
    return keras.ops


def any_below(values, bound):
    """See `arrays.any_below`."""
    return tf.reduce_min(values, axis=1) < bound


def row_sums(values):
    """See `arrays.row_sums`."""
    return tf.reduce_sum(values, axis=1)


def interpolate(x, known_x, known_y):
    """See `arrays.interpolate`."""
    x = tf.clip_by_value(x, known_x[0], known_x[-1])
    left = tf.searchsorted(known_x, x, side="right") - 1
    left = tf.minimum(left, tf.shape(known_x)[0] - 2)
    low_x, high_x = tf.gather(known_x, left), tf.gather(known_x, left + 1)
    low_y, high_y = tf.gather(known_y, left), tf.gather(known_y, left + 1)
    share = tf.math.divide_no_nan(x - low_x, high_x - low_x)
    return low_y + share * (high_y - low_y)


def raise_for(fault, messages):
    """See `arrays.raise_in_graph`."""
    worst = tf.reduce_max(fault)
    for code, message in messages.items():
        # The raw op: tf.debugging.Assert would add a conditional for each.
        tf.raw_ops.Assert(condition=worst != code, data=[message])


def repeat(times, step, state):
    """See `arrays.repeat`."""
    return tf.while_loop(
        lambda *_: True,
        lambda *now: step(now),
        state,
        maximum_iterations=times,
        parallel_iterations=1,
    )


def cosine_transform(values):
    """See `arrays.cosine_transform`."""
    return tf.signal.dct(values, norm="ortho")


def inverse_cosine_transform(values):
    """See `arrays.inverse_cosine_transform`."""
    return tf.signal.idct(values, norm="ortho")


def lower_bound(sorted_values, values):
    """See `arrays.lower_bound`."""
    # tf.searchsorted, without what it adds for other shapes.
    found = tf.raw_ops.LowerBound(
        sorted_inputs=sorted_values[None], values=tf.reshape(values, [1, -1])
    )
    if values.shape.rank == 1:
        return found[0]
    return tf.reshape(found, tf.shape(values))


def first_highest(values):
    """See `arrays.first_highest`."""
    # tf.argmax leaves open which of equal values it finds; top_k does not.
    highest, index = tf.math.top_k(values, k=1)
    return highest[:, 0], index[:, 0]


def sum_by_index(terms, index, size):
    """See `arrays.sum_by_index`."""
    terms = tf.stack(terms, axis=1)
    sums = tf.math.unsorted_segment_sum(terms, index, size)
    spoilt = tf.math.is_nan(tf.reduce_sum(terms))
    nan = tf.constant(float("nan"), sums.dtype)
    return tf.where(spoilt, nan, tf.transpose(sums))


def monotonic_cuts(mass, right, rounding):
    """The cuts of `monotonic_sweep_calibration_error`.

    Args:
        mass: float64 tensor `[m + 1]`, cumulative share of the examples.
        right: float64 tensor `[m + 1]`, cumulative share that is correct.
        rounding: Python float, a fall of the accuracy that is none.

    Returns:
        float64 tensor `[m + 1]`.
    """
    # XLA needs fixed shapes: the cuts beyond the last bin are all at 1.
    limit = mass.shape[0] - 1
    steps = tf.range(limit + 1, dtype=tf.float64)
    occupied = tf.math.count_nonzero(mass[1:] > mass[:-1], dtype=tf.float64)

    def cuts_of(num_bins):
        return tf.minimum(steps / num_bins, 1)

    def may_grow(num_bins):
        at_cuts = interpolate(cuts_of(num_bins + 1), mass, right)
        heights = (num_bins + 1) * (at_cuts[1:] - at_cuts[:-1])
        falls = heights[1:] < heights[:-1] - rounding
        inside = steps[1:-1] < num_bins + 1
        return (num_bins < occupied) & ~tf.reduce_any(falls & inside)

    num_bins = tf.while_loop(
        may_grow, lambda number: number + 1, [tf.ones([], tf.float64)]
    )
    return cuts_of(num_bins[0])
