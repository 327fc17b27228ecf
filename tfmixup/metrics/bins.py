"""Confidence bins: the only place where a confidence meets an edge.

Bin m of M holds the confidences in ((m - 1) / M, m / M]: equal width, closed
on the right, as in Guo et al. 2017. The first bin also holds 0 and the last
one whatever rounding has taken above 1. An edge is the number m / M rounded
to the dtype of the confidences: a float32 confidence of float32(1 / 15) lies
in the first of 15 bins.

Bins are sums, so those of two batches, or of two replicas, add up to those of
both together. Every binned score and diagram is a function of them.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfmixup.metrics.inputs import as_float64
from tfmixup.metrics.inputs import chunks
from tfmixup.metrics.inputs import refuse
from tfmixup.metrics.winners import find_winners

__all__ = ["Bins", "bins_of", "bins_of_winners", "edges", "index", "merge"]


class Bins(NamedTuple):
    """Sums over the examples of each confidence bin.

    Attributes:
        count: float64 `[..., num_bins]`, sum of weights (the number of
            examples where all weights are 1).
        confidence: float64 `[..., num_bins]`, sum of weight * confidence.
        correct: float64 `[..., num_bins]`, sum of the weights of the examples
            whose winning class is the label.
    """

    count: tf.Tensor
    confidence: tf.Tensor
    correct: tf.Tensor


def check_num_bins(num_bins):
    """Returns `num_bins` as an int.

    Args:
        num_bins: int, >= 1.

    Returns:
        Python int.

    Raises:
        ValueError: if it is not an integer of at least 1.
    """
    if (
        isinstance(num_bins, bool)
        or not hasattr(num_bins, "__index__")
        or int(num_bins) < 1
    ):
        raise ValueError(
            "`num_bins` must be an integer of at least 1. "
            f"Received: num_bins={num_bins!r}."
        )
    return int(num_bins)


def edges(num_bins, dtype="float64"):
    """The edges of the bins, from 0 to 1.

    Args:
        num_bins: int, >= 1.
        dtype: "float32" or "float64", that of the confidences.

    Returns:
        NumPy array `[num_bins + 1]`: 0, 1 / num_bins, ..., 1, each the number
        of the dtype that is closest to the fraction.

    Raises:
        ValueError: if `num_bins` is not an integer of at least 1.

    Example:

    >>> edges(4).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    num_bins = check_num_bins(num_bins)
    # float64 has more than twice the digits of float32, so that rounding the
    # quotient a second time cannot take it to another number.
    return (np.arange(num_bins + 1) / num_bins).astype(
        tf.as_dtype(dtype).as_numpy_dtype
    )


def index(confidence, num_bins):
    """The bin of each confidence.

    Args:
        confidence: float32 or float64, any shape.
        num_bins: int, >= 1.

    Returns:
        int32, the shape of `confidence`, in [0, num_bins).

    Example:

    >>> index([0.0, 0.25, 0.26, 1.0], 4).numpy().tolist()
    [0, 0, 1, 3]
    """
    confidence = tf.convert_to_tensor(confidence)
    inner = edges(num_bins, confidence.dtype)[1:-1]
    flat = tf.reshape(confidence, [-1])
    # side="left" counts the edges below a confidence, so that one on an edge
    # stays in the bin that the edge closes.
    found = tf.searchsorted(tf.constant(inner), flat, side="left")
    return tf.reshape(found, tf.shape(confidence))


def bins_of_winners(winners, num_bins=15):
    """Sorts confidences into bins.

    Args:
        winners: `Winners`: confidence, correct and weight, each `[n]`.
        num_bins: int, >= 1.

    Returns:
        `Bins`, each field float64 `[num_bins]`. If any confidence is NaN, so
        are all of them.

    Example:

    >>> from tfmixup.metrics import Winners
    >>> some = Winners([0.4, 0.9, 1.0], [True, False, True], [1, 1, 1])
    >>> bins = bins_of_winners(some, 2)
    >>> bins.count.numpy().tolist()
    [1.0, 2.0]
    >>> bins.correct.numpy().tolist()
    [1.0, 1.0]
    """
    confidence, correct, weight = winners
    confidence = tf.convert_to_tensor(confidence)
    weight = as_float64(weight)
    place = index(confidence, num_bins)
    confidence = tf.cast(confidence, tf.float64)
    terms = tf.stack(
        [weight, weight * confidence, weight * tf.cast(correct, tf.float64)],
        axis=1,
    )
    sums = tf.math.unsorted_segment_sum(terms, place, num_bins)
    # One NaN spoils all bins: a maximum over bins could overlook it.
    spoilt = tf.reduce_any(tf.math.is_nan(terms))
    sums = tf.where(spoilt, tf.constant(np.nan, tf.float64), sums)
    return Bins(*tf.unstack(sums, axis=1))


def bins_of(
    labels, predictions, num_bins=15, from_logits=False, sample_weight=None
):
    """Bins of whole arrays, in bounded memory.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts.
        predictions: float `[n, num_classes]`, probabilities or logits.
        num_bins: int, >= 1.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        `Bins`, each field float64 `[num_bins]`.

    Raises:
        ValueError: as `winners_of` does, with the index of the
            first wrong example.

    Example:

    >>> bins = bins_of([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], 5)
    >>> bins.count.numpy().tolist()
    [0.0, 0.0, 1.0, 1.0, 1.0]
    """
    num_bins = check_num_bins(num_bins)
    sums = Bins(*[tf.zeros(num_bins, tf.float64)] * 3)
    for inputs, offset in chunks(labels, predictions, sample_weight):
        found, fault = find_winners(inputs, from_logits)
        refuse(fault, inputs, offset)
        sums = merge(sums, bins_of_winners(found, num_bins))
    return sums


def merge(*parts):
    """The bins of all examples of several bins together.

    Args:
        *parts: `Bins` of equal shape. (`+` would concatenate the tuples.)

    Returns:
        `Bins`.

    Example:

    >>> from tfmixup.metrics import Winners
    >>> one = bins_of_winners(Winners([0.9], [True], [1]), 2)
    >>> merge(one, one).count.numpy().tolist()
    [0.0, 2.0]
    """
    return Bins(
        *[tf.add_n(list(fields)) for fields in zip(*parts, strict=True)]
    )
