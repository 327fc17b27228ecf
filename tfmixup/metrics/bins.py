"""Confidence bins: the only place where a confidence meets an edge.

Bin m of M holds the confidences in ((m - 1) / M, m / M]: equal width, closed
on the right, as in Guo et al. 2017. The first bin also holds 0 and the last
one whatever rounding has taken above 1. An edge is the number m / M rounded
to the dtype of the confidences: a float32 confidence of float32(1 / 15) lies
in the first of 15 bins.

Bins are sums, so those of two batches, or of two replicas, add up to those of
both together. Every binned score and diagram is a function of them.
"""

import functools
from typing import Any
from typing import NamedTuple

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import lower_bound
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.arrays import sum_by_index
from tfmixup.metrics.inputs import checked_parts
from tfmixup.metrics.winners import find_winners

__all__ = [
    "Bins",
    "bins_of",
    "bins_of_winners",
    "edges",
    "index",
    "merge",
    "sums_of_winners",
]


class Bins(NamedTuple):
    """Sums over the examples of each confidence bin.

    All fields are NumPy arrays, or, in a graph, all are tensors. The `kind`
    is "equal_width" here; `distinct_bins_of` and `class_bins_of` give
    subclasses of the kinds "distinct" and "by_class".

    Attributes:
        count: float64 `[..., num_bins]`, sum of weights (the number of
            examples where all weights are 1).
        confidence: float64 `[..., num_bins]`, sum of weight * confidence.
        correct: float64 `[..., num_bins]`, sum of the weights of the examples
            whose winning class is the label.
    """

    count: Any
    confidence: Any
    correct: Any

    # How the bins were cut; a score refuses bins that it is not defined for.
    kind = "equal_width"


def check_num_bins(num_bins, name="num_bins", least=1):
    """Returns `num_bins` as an int.

    Args:
        num_bins: int, >= `least`.
        name: str, of the argument.
        least: int.

    Returns:
        Python int.

    Raises:
        ValueError: if it is not an integer of at least `least`.
    """
    if (
        isinstance(num_bins, bool)
        or not hasattr(num_bins, "__index__")
        or int(num_bins) < least
    ):
        raise ValueError(
            f"`{name}` must be an integer of at least {least}. "
            f"Received: {name}={num_bins!r}."
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
    return (np.arange(num_bins + 1) / num_bins).astype(dtype)


def index(confidence, num_bins):
    """The bin of each confidence.

    Args:
        confidence: float32 (or any other number, compared as float64), any
            shape.
        num_bins: int, >= 1.

    Returns:
        int, the shape of `confidence`, in [0, num_bins).

    Example:

    >>> index([0.0, 0.25, 0.26, 1.0], 4).tolist()
    [0, 0, 1, 3]
    """
    [confidence] = alike(confidence)
    if confidence.dtype != np.float32:
        confidence = cast(confidence, "float64")
    inner = _inner_edges(num_bins, confidence.dtype == np.float32)
    # side="left" counts the edges below a confidence, so that one on an edge
    # stays in the bin that the edge closes.
    return lower_bound(inner, confidence)


@functools.cache
def _inner_edges(num_bins, single):
    inner = edges(num_bins, "float32" if single else "float64")[1:-1]
    inner.setflags(write=False)
    return inner


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
    >>> bins.count.tolist()
    [1.0, 2.0]
    >>> bins.correct.tolist()
    [1.0, 1.0]
    """
    num_bins = check_num_bins(num_bins)
    return Bins(*as_rows(sums_of_winners(winners, index, num_bins)))


def sums_of_winners(winners, index_of, num_bins):
    """The fields of bins in one array, which is how metrics keep them.

    Args:
        winners: `Winners`: confidence, correct and weight, each `[n]`.
        index_of: function (confidence, num_bins) -> int `[n]`, such as
            `index`.
        num_bins: int, >= 1.

    Returns:
        float64 `[3, num_bins]`.
    """
    confidence, correct, weight = alike(*winners)
    place = index_of(confidence, num_bins)
    confidence = cast(confidence, "float64")
    weight = cast(weight, "float64")
    correct = cast(correct, "float64")
    terms = [weight, weight * confidence, weight * correct]
    return sum_by_index(terms, place, num_bins)


def sums_by_class(terms, rows, num_bins):
    """Sums over the examples in the bins of each class's probability.

    Args:
        terms: list of float64 `[n, num_classes]`, to be summed.
        rows: float `[n, num_classes]`, the probabilities that are binned.
        num_bins: int, >= 1.

    Returns:
        float64 `[len(terms), num_classes, num_bins]`.
    """
    xp = namespace(rows)
    num_classes = rows.shape[1]
    numbers = xp.arange(num_classes, dtype="int32")
    place = cast(index(rows, num_bins), "int32") + numbers * num_bins
    flat = [xp.reshape(term, [-1]) for term in terms]
    sums = sum_by_index(flat, xp.reshape(place, [-1]), num_classes * num_bins)
    return xp.reshape(sums, [len(terms), num_classes, num_bins])


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
        ValueError: as `winners_of` does, with the index of the first wrong
            example.

    Example:

    >>> bins = bins_of([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], 5)
    >>> bins.count.tolist()
    [0.0, 0.0, 1.0, 1.0, 1.0]
    """
    num_bins = check_num_bins(num_bins)
    sums = Bins(*np.zeros([3, num_bins]))
    for _, found in checked_parts(
        find_winners, labels, predictions, sample_weight, from_logits
    ):
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
    >>> merge(one, one).count.tolist()
    [0.0, 2.0]
    """
    kinds = {type(part) for part in parts}
    if len(kinds) != 1:
        names = sorted(kind.kind for kind in kinds)
        raise ValueError(
            "Bins of one kind add up, others do not. "
            f"Received: kinds {', '.join(names) or 'of no bins'}."
        )
    [kind] = kinds
    return kind(*[sum(fields) for fields in zip(*parts, strict=True)])
