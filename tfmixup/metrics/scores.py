"""Scores of calibration: pure functions of labels and predictions, or of bins.

A score of bins takes any leading dimensions, so that the bins of many
bootstrap samples, say, are scored at once. It is a NumPy number or array, or,
in a graph, a tensor. The score of no example at all does not exist: eagerly
that is a ValueError, in a graph the value is NaN.
"""

from tfmixup.metrics.scored_bins import bins_to_score
from tfmixup.metrics.scored_bins import divisor
from tfmixup.metrics.scored_bins import ONCE
from tfmixup.metrics.scored_bins import read_bins

__all__ = [
    "accuracy",
    "confidence_gap",
    "expected_calibration_error",
    "maximum_calibration_error",
    "mean_confidence",
    "overconfidence_error",
    "root_mean_square_calibration_error",
]


def expected_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """Mean over the examples of the gap between confidence and accuracy.

    Sum over bins of count / total * abs(accuracy - confidence); an empty bin
    adds 0. Errors of opposite sign inside one bin cancel, and the value is
    above 0 for a perfectly calibrated model too, the more so the more bins
    and the fewer examples there are.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of equal width or equal mass.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        num_bins: int, >= 1, of equal width.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1] (a fraction, not a percent).

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([0, 4], [0, 3.6], [0, 3])  # 4 examples, 3 right, sure 0.9
    >>> round(float(expected_calibration_error(bins)), 6)
    0.15

    Reference:
        Guo et al., 2017, eq. 3, https://arxiv.org/abs/1706.04599
    """
    return weighted_gap(
        bins_to_score(labels, predictions, num_bins, from_logits, sample_weight)
    )


def weighted_gap(bins):
    """`expected_calibration_error` of bins of any kind.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]`.
    """
    bins, total, xp = read_bins(bins)
    return xp.sum(xp.abs(bins.correct - bins.confidence), axis=-1) / total


def overconfidence_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """The part of the calibration error that is overconfidence, weighted.

    Sum over bins of count / total * confidence * max(confidence - accuracy,
    0): bins that promise too much count, and the more the surer they are.
    Some later software leaves out the factor confidence under the same name.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of equal width or equal mass.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        num_bins: int, >= 1, of equal width.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1] (a fraction, not a percent).

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([0, 4], [0, 3.6], [0, 3])
    >>> round(float(overconfidence_error(bins)), 6)  # 0.9 * 0.15
    0.135

    Reference:
        Thulasidasan et al., 2019, section 3.2,
        https://arxiv.org/abs/1905.11001
    """
    bins, total, xp = read_bins(
        bins_to_score(labels, predictions, num_bins, from_logits, sample_weight)
    )
    excess = xp.maximum(bins.confidence - bins.correct, 0)
    confidence = bins.confidence / divisor(bins)
    return xp.sum(confidence * excess, axis=-1) / total


def maximum_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """The largest gap between confidence and accuracy of any bin.

    Every bin that holds an example counts alike, so that a bin of one example
    often decides: look at the counts too.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of equal width or equal mass.
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

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([1, 4], [0.5, 3.6], [1, 3])
    >>> round(float(maximum_calibration_error(bins)), 6)
    0.5

    Reference:
        Guo et al., 2017, eq. 5, https://arxiv.org/abs/1706.04599
    """
    bins, total, xp = read_bins(
        bins_to_score(labels, predictions, num_bins, from_logits, sample_weight)
    )
    gaps = xp.abs(bins.correct - bins.confidence) / divisor(bins)
    # The total matters only when it is 0 or NaN: then so is the value NaN.
    return xp.max(gaps, axis=-1) * (total / total)


def root_mean_square_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """Root of the mean squared gap between confidence and accuracy.

    Large gaps count more than in the expected calibration error, which is
    never above it.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, of equal width or equal mass.
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

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([4, 12], [2.0, 11.0], [4, 11])  # gaps 0.5 and 0
    >>> float(root_mean_square_calibration_error(bins))
    0.25

    Reference:
        Nguyen and O'Connor, 2015, section 4.3,
        https://arxiv.org/abs/1508.05154
    """
    bins, total, xp = read_bins(
        bins_to_score(labels, predictions, num_bins, from_logits, sample_weight)
    )
    squares = xp.square(bins.correct - bins.confidence) / divisor(bins)
    return xp.sqrt(xp.sum(squares, axis=-1) / total)


def accuracy(labels, predictions=None, from_logits=False, sample_weight=None):
    """The fraction of the examples that is right.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, not by class.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> float(accuracy(Bins([1, 4], [0.5, 3.6], [1, 3])))
    0.8
    """
    bins, total, xp = read_bins(
        bins_to_score(
            labels, predictions, 1, from_logits, sample_weight, kinds=ONCE
        )
    )
    return xp.sum(bins.correct, axis=-1) / total


def mean_confidence(
    labels, predictions=None, from_logits=False, sample_weight=None
):
    """The mean confidence of the examples.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, not by class.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> float(mean_confidence(Bins([1, 4], [0.5, 3.5], [1, 3])))
    0.8
    """
    bins, total, xp = read_bins(
        bins_to_score(
            labels, predictions, 1, from_logits, sample_weight, kinds=ONCE
        )
    )
    return xp.sum(bins.confidence, axis=-1) / total


def confidence_gap(
    labels, predictions=None, from_logits=False, sample_weight=None
):
    """Mean confidence less accuracy: the sign of the miscalibration.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft, of which the (first) most probable class counts. Or
            `Bins` alone, not by class.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits. None if `Bins` are given.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 `[...]` in [-1, 1]: above 0 the model is overconfident, below
        0 underconfident.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> float(confidence_gap(Bins([0, 4], [0, 3.5], [0, 3])))
    0.125
    """
    bins, total, xp = read_bins(
        bins_to_score(
            labels, predictions, 1, from_logits, sample_weight, kinds=ONCE
        )
    )
    return xp.sum(bins.confidence - bins.correct, axis=-1) / total
