"""The bins that a score is computed from: given, or made of examples."""

import numpy as np

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import is_tensor
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import bins_of

__all__ = [
    "ONCE",
    "WIDE",
    "bins_to_score",
    "divisor",
    "given_bins",
    "read_bins",
    "require_examples",
]

# That of the scores, which cannot be told from one that was not given.
_DEFAULT_BINS = 15
# Kinds of bins wide enough that an accuracy can be told in each.
WIDE = ("equal_width", "equal_mass")
# Kinds in which each example is counted once.
ONCE = (*WIDE, "distinct")


def bins_to_score(
    labels, predictions, num_bins, from_logits, sample_weight, kinds=WIDE
):
    """The bins that a score is a function of: given, or made of examples.

    Args:
        labels: as in `bins_of`; or `Bins`.
        predictions: as in `bins_of`; None with `Bins`.
        num_bins: as in `bins_of`.
        from_logits: as in `bins_of`.
        sample_weight: as in `bins_of`.
        kinds: tuple of str, the kinds of `Bins` that the score is defined for.

    Returns:
        `Bins` of one of the kinds.

    Raises:
        ValueError: as `bins_of` does, or if the bins are of another kind.
    """
    if given_bins(labels, predictions, kinds, sample_weight):
        # 1 is that of scores that need no bins, such as the accuracy.
        shape = getattr(labels.count, "shape", None) or np.shape(labels.count)
        made_with = shape[-1]
        if num_bins not in (1, _DEFAULT_BINS, made_with):
            raise ValueError(
                "`Bins` have the number of bins that they were made with, "
                f"{made_with}. Received: num_bins={num_bins}. "
                "Give the labels and predictions again."
            )
        return labels
    return bins_of(labels, predictions, num_bins, from_logits, sample_weight)


def given_bins(labels, predictions, kinds, sample_weight=None):
    """Whether a score was given `Bins`, of a kind that it is defined for.

    Args:
        labels: the first argument of the score.
        predictions: the second one.
        kinds: tuple of str.
        sample_weight: what the score was given.

    Returns:
        Python bool: False if it was given labels and predictions.

    Raises:
        ValueError: if it was given neither, or bins of another kind, or bins
            with weights.
    """
    if not isinstance(labels, Bins):
        if predictions is None:
            raise ValueError(
                "A score takes (labels, predictions), or `Bins` alone. "
                f"Received: one argument of type {type(labels).__name__}."
            )
        return False
    if predictions is not None:
        raise ValueError(
            "`Bins` are scored alone. Received: Bins and `predictions` of type "
            f"{type(predictions).__name__}. Name other arguments, such as "
            "`num_bins=15`."
        )
    if sample_weight is not None:
        raise ValueError(
            "`Bins` hold the weights that they were made with. Received: Bins "
            "and `sample_weight`. Pass the weights to `bins_of`."
        )
    if labels.kind not in kinds:
        raise ValueError(
            f"This score is defined for bins of the kind {' or '.join(kinds)}. "
            f"Received: bins of the kind {labels.kind}. Pass "
            "(labels, predictions), of which it makes its own."
        )
    return True


def require_examples(total):
    """Refuses a total weight of 0, where that can be seen.

    Args:
        total: float64 `[...]`, total weight.

    Returns:
        `total`.

    Raises:
        ValueError: if any total is 0 and it is not symbolic.
    """
    if not is_tensor(total) and np.any(total == 0):
        raise ValueError(
            "A score needs at least one example of weight above 0. "
            "Received: none. Update the metric, or check that the data set "
            "and its split are not empty."
        )
    return total


def read_bins(bins):
    """Checks bins and settles their dtype, for a score of them.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        bins: `Bins`, float64, all arrays or all tensors.
        total: float64 `[...]`, sum of the counts.
        xp: the module whose functions take them: `numpy` or `keras.ops`.

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.
    """
    bins = type(bins)(*[cast(field, "float64") for field in alike(*bins)])
    shapes = [field.shape for field in bins]
    if not all(_compatible(shape, shapes[0]) for shape in shapes):
        raise ValueError(
            "The fields of `bins` must have one shape, [..., num_bins]. "
            f"Received: {', '.join(str(shape) for shape in shapes)}."
        )
    xp = namespace(bins.count)
    return bins, require_examples(xp.sum(bins.count, axis=-1)), xp


def divisor(bins):
    """The counts, or 1 where they are 0 and so is what they divide.

    Args:
        bins: `Bins`, as `read_bins` makes them.

    Returns:
        float64, of the shape of the counts.
    """
    xp = namespace(bins.count)
    return xp.where(bins.count == 0, 1, bins.count)


def _compatible(shape, other):
    """Whether two shapes are equal where both are known."""
    if isinstance(shape, tuple) and isinstance(other, tuple):
        return shape == other
    return other.is_compatible_with(shape)
