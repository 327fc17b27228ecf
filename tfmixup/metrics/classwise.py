"""Calibration of every class's probability, not only of the winner's."""

import functools

import numpy as np

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.bins import merge
from tfmixup.metrics.bins import sums_by_class
from tfmixup.metrics.equal_mass import adaptive_calibration_error
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import settle
from tfmixup.metrics.inputs import checked_parts
from tfmixup.metrics.inputs import class_of
from tfmixup.metrics.probabilities import probabilities_of
from tfmixup.metrics.ranked import distinct_bins
from tfmixup.metrics.scored_bins import given_bins
from tfmixup.metrics.scored_bins import require_examples
from tfmixup.metrics.scores import weighted_gap

__all__ = [
    "ClassBins",
    "bins_of_classes",
    "class_bins_of",
    "classwise_calibration_error",
    "thresholded_adaptive_calibration_error",
]


class ClassBins(Bins):
    """`Bins` of each class's probability, `[..., num_classes, num_bins]`."""

    __slots__ = ()
    kind = "by_class"


def class_bins_of(
    labels, predictions, num_bins=15, from_logits=False, sample_weight=None
):
    """For each class, bins of the probability that it is given.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts.
        predictions: float `[n, num_classes]`, probabilities or logits.
        num_bins: int, >= 1.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        `Bins`, each field a float64 NumPy array `[num_classes, num_bins]`:
        "confidence" is the probability of the class, "correct" that it is
        the label.

    Raises:
        ValueError: as `winners_of` does.

    Example:

    >>> bins = class_bins_of([0, 1], [[0.75, 0.25], [0.25, 0.75]], num_bins=2)
    >>> bins.correct.tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    function = functools.partial(
        bins_of_classes, num_bins=check_num_bins(num_bins)
    )
    parts = checked_parts(
        function, labels, predictions, sample_weight, from_logits
    )
    return merge(*[bins for _, bins in parts])


def classwise_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """Mean over the classes of the calibration error of their probability.

    Most probabilities of most classes are near 0, and so is their error: do
    not compare the value with that of other numbers of classes.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of the kind "by_class" (`class_bins_of`).
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        num_bins: int, >= 1, of equal width.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> rows = [[0.75, 0.25], [0.25, 0.75]]
    >>> float(classwise_calibration_error([0, 1], rows))
    0.25

    Reference:
        Kull et al., 2019, section 2, https://arxiv.org/abs/1910.12656
    """
    bins = labels
    if not given_bins(labels, predictions, (ClassBins.kind,), sample_weight):
        bins = class_bins_of(
            labels, predictions, num_bins, from_logits, sample_weight
        )
    of_classes = weighted_gap(bins)
    return namespace(of_classes).mean(of_classes, axis=-1)


def thresholded_adaptive_calibration_error(
    labels,
    predictions,
    num_bins=15,
    threshold=0.01,
    from_logits=False,
    sample_weight=None,
):
    """Mean over classes of the equal-mass error of their larger probabilities.

    Only probabilities above the threshold count, so that the many near 0 do
    not hide the rest; those of each class fill bins of equal mass. A class
    with none adds 0. There is no streaming form: it would need a sketch of
    24 kB for each class.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts.
        predictions: float `[n, num_classes]`, probabilities or logits.
        num_bins: int, >= 1, the number of equal-mass bins of each class.
        threshold: float in [0, 1). 0 makes it the adaptive calibration error
            of all classes.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar in [0, 1].

    Raises:
        ValueError: as `winners_of` does, if the threshold is outside [0, 1),
            or if there is no example.

    Example:

    >>> rows = [[0.75, 0.25, 0.0], [0.25, 0.75, 0.0]]
    >>> tace = thresholded_adaptive_calibration_error([0, 1], rows, num_bins=2)
    >>> round(float(tace), 6)  # (0.25 + 0.25 + 0) / 3
    0.166667

    Reference:
        Nixon et al., 2019, section 3.4, https://arxiv.org/abs/1904.01685
    """
    if not 0 <= threshold < 1:
        raise ValueError(
            f"`threshold` must be in [0, 1). Received: threshold={threshold}."
        )
    parts = [
        (*found, inputs.weight)
        for inputs, found in checked_parts(
            _rows_and_classes, labels, predictions, sample_weight, from_logits
        )
    ]
    rows, classes, weight = [
        np.concatenate(fields) for fields in zip(*parts, strict=True)
    ]
    require_examples(weight.sum())
    errors = []
    for number, column in enumerate(rows.T):
        large = (column > threshold) & (weight > 0)
        if not large.any():
            errors.append(0.0)
            continue
        bins = distinct_bins(
            column[large], classes[large] == number, weight[large]
        )
        errors.append(adaptive_calibration_error(bins, num_bins=num_bins))
    return np.mean(errors)


def _rows_and_classes(inputs, from_logits):
    """(Probabilities, NaN in wrong rows; classes), fault of each example."""
    classes, label_fault = class_of(inputs)
    rows, fault = probabilities_of(inputs, from_logits)
    fault = combine_faults(inputs, fault, label_fault)
    return (settle(rows, inputs, fault), classes), fault


def bins_of_classes(inputs, num_bins, from_logits):
    """`class_bins_of` inputs that are read already, without the refusal.

    Args:
        inputs: `Inputs`.
        num_bins: int, >= 1.
        from_logits: whether the predictions are logits.

    Returns:
        bins: `ClassBins`, NaN if any example is wrong.
        fault: int `[n]` or the int 0, for `faults.refuse`.
    """
    (rows, classes), fault = _rows_and_classes(inputs, from_logits)
    xp = namespace(rows)
    numbers = xp.arange(rows.shape[1], dtype="int32")
    weight = xp.broadcast_to(inputs.weight[:, None], xp.shape(rows))
    correct = cast(classes[:, None] == numbers, "float64")
    # A weight that is infinite is refused by its fault.
    with np.errstate(invalid="ignore"):
        terms = [weight, weight * cast(rows, "float64"), weight * correct]
    sums = sums_by_class(terms, rows, num_bins)
    return ClassBins(sums[0], sums[1], sums[2]), fault
