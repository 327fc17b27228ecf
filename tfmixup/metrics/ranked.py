"""Examples in the order of their confidence: exactly, or in a bounded sketch.

Some scores need the order of the confidences and not only a few wide bins:
equal-mass bins, the Kolmogorov-Smirnov error, smoothing, risk at coverage.
They are functions of `Bins` all the same, of fine ones:

- `distinct_bins_of` makes one bin for each confidence that occurs. Equal
  confidences are one bin, so that no score depends on the order in which the
  examples come. The scores are then exact.
- A Keras metric cannot keep all confidences. It keeps a sketch: 993 fixed
  bins (24 kB), 1/512 wide up to a confidence of 1/2 and from there on at most
  1/32 as wide as what is missing to 1, because that is where the confidences
  of a deep network crowd. A bin knows the exact mean of its confidences. What
  is lost is the order inside a bin: let m be the largest fraction of all
  examples in one bin (`largest_share`). A curve of cumulative sums is then
  off by at most m / 4 inside a bin, and exact at its ends.
"""

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import lower_bound
from tfmixup.metrics.arrays import sum_by_index
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import sums_of_winners
from tfmixup.metrics.inputs import checked_parts
from tfmixup.metrics.scored_bins import given_bins
from tfmixup.metrics.scored_bins import read_bins
from tfmixup.metrics.winners import find_winners

__all__ = [
    "NUM_SKETCH_BINS",
    "RankedBins",
    "distinct_bins",
    "distinct_bins_of",
    "largest_share",
    "ranked_bins_to_score",
    "sketch_edges",
    "sketch_index",
    "sketch_of_winners",
]


class RankedBins(Bins):
    """`Bins` so fine that they have the order of the confidences."""

    __slots__ = ()
    kind = "distinct"


def ranked_bins_to_score(labels, predictions, from_logits, sample_weight):
    """The bins that a score of ordered examples is a function of.

    Args:
        labels: as in `distinct_bins_of`; or `Bins` of the kind "distinct".
        predictions: as in `distinct_bins_of`; None with `Bins`.
        from_logits: as in `distinct_bins_of`.
        sample_weight: as in `distinct_bins_of`.

    Returns:
        `RankedBins`.

    Raises:
        ValueError: as `distinct_bins_of` does, or if the bins are of another
            kind.
    """
    if given_bins(labels, predictions, (RankedBins.kind,), sample_weight):
        return labels
    return distinct_bins_of(labels, predictions, from_logits, sample_weight)


def sketch_edges():
    """The edges of the sketch, from 0 to 1.

    Returns:
        float64 NumPy array `[NUM_SKETCH_BINS + 1]`.

    Example:

    >>> edges = sketch_edges()
    >>> edges[[0, 1, 256, 257, -2, -1]].tolist() == [
    ...     0, 1 / 512, 1 / 2, 1 / 2 + 1 / 128, 1 - 2**-24, 1]
    True
    """
    lower = np.arange(256) / 512
    # Octaves of what is missing to 1, 32 equal bins each. float32 has no
    # number between 1 - 2**-24 and 1.
    octaves = 0.5 ** np.arange(1, 24)
    upper = 1 - octaves[:, None] * (1 - np.arange(32) / 64)
    return np.concatenate([lower, upper.reshape(-1), [1 - 2.0**-24, 1]])


_EDGES = sketch_edges()
NUM_SKETCH_BINS = len(_EDGES) - 1


def sketch_of_winners(winners):
    """Sorts confidences into the bins of the sketch.

    Args:
        winners: `Winners`: confidence, correct and weight, each `[n]`.

    Returns:
        `Bins`, each field float64 `[NUM_SKETCH_BINS]`, in the order of the
        confidence.

    Example:

    >>> from tfmixup.metrics import Winners
    >>> some = Winners([0.5, 0.999, 1.0], [True, True, False], [1, 1, 1])
    >>> int(np.count_nonzero(sketch_of_winners(some).count))
    3
    """
    sums = sums_of_winners(winners, sketch_index, NUM_SKETCH_BINS)
    return RankedBins(*as_rows(sums))


def sketch_index(confidence, num_bins=NUM_SKETCH_BINS):
    """The bin of the sketch that each confidence is in.

    Args:
        confidence: float `[n]`, compared as float64.
        num_bins: int, that of the sketch.

    Returns:
        int `[n]`, in [0, num_bins).

    Example:

    >>> sketch_index([0.0, 1.0]).tolist()
    [0, 992]
    """
    [confidence] = alike(confidence)
    return lower_bound(_EDGES[1:-1], cast(confidence, "float64"))


def distinct_bins_of(
    labels, predictions, from_logits=False, sample_weight=None
):
    """One bin for each confidence that occurs, in increasing order.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts.
        predictions: float `[n, num_classes]`, probabilities or logits.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        `Bins`, each field a float64 NumPy array `[m]`, m <= n.

    Raises:
        ValueError: as `winners_of` does.

    Example:

    >>> bins = distinct_bins_of([0, 0, 1], [[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    >>> bins.count.tolist(), bins.correct.tolist()
    ([1.0, 2.0], [0.0, 2.0])
    """
    parts = [
        found
        for _, found in checked_parts(
            find_winners, labels, predictions, sample_weight, from_logits
        )
    ]
    return distinct_bins(
        *[np.concatenate(fields) for fields in zip(*parts, strict=True)]
    )


def distinct_bins(confidence, correct, weight):
    """`distinct_bins_of` of examples whose confidence is known.

    Args:
        confidence: float NumPy array `[n]`.
        correct: bool or float NumPy array `[n]`.
        weight: float NumPy array `[n]`; examples of weight 0 are left out.

    Returns:
        `Bins`, each field a float64 NumPy array `[m]`.

    Example:

    >>> ones = np.ones(2)
    >>> distinct_bins(np.array([0.5, 0.5]), ones, ones).count.tolist()
    [2.0]
    """
    used = weight != 0
    confidence, correct, weight = confidence[used], correct[used], weight[used]
    values, place = np.unique(confidence, return_inverse=True)
    count, right = sum_by_index([weight, weight * correct], place, len(values))
    return RankedBins(count, count * values, right)


def largest_share(bins):
    """The largest fraction of all examples in one bin.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in (0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> float(largest_share(Bins([1, 3], [0.5, 2.7], [1, 2])))
    0.75
    """
    bins, total, xp = read_bins(bins)
    return xp.max(bins.count, axis=-1) / total
