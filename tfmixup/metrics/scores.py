"""Scores of calibration: pure functions of bins, or of predictions.

A score of bins takes any leading dimensions, so that the bins of many
bootstrap samples, say, are scored at once. It is a NumPy number or array, or,
in a graph, a tensor. The score of no example at all does not exist: eagerly
that is a ValueError, in a graph the value is NaN.
"""

import numpy as np
import tensorflow as tf

from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.example_scores import log_losses
from tfmixup.metrics.example_scores import squared_distances
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.inputs import chunks

__all__ = [
    "accuracy",
    "brier_score",
    "confidence_gap",
    "expected_calibration_error",
    "maximum_calibration_error",
    "mean_confidence",
    "negative_log_likelihood",
    "overconfidence_error",
    "root_mean_square_calibration_error",
]


def expected_calibration_error(bins):
    """Mean over the examples of the gap between confidence and accuracy.

    Sum over bins of count / total * abs(accuracy - confidence); an empty bin
    adds 0. Errors of opposite sign inside one bin cancel, and the value is
    above 0 for a perfectly calibrated model too, the more so the more bins
    and the fewer examples there are.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1] (a fraction, not a percent).

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> bins = Bins([0, 4], [0, 3.6], [0, 3])  # 4 examples, 3 right, sure 0.9
    >>> round(float(expected_calibration_error(bins)), 6)
    0.15

    Reference:
        Guo et al., 2017, eq. 3, https://arxiv.org/abs/1706.04599
    """
    bins, total, xp = read_bins(bins)
    gaps = xp.abs(bins.correct - bins.confidence)
    return xp.sum(gaps, axis=-1) / total


def overconfidence_error(bins):
    """The part of the calibration error that is overconfidence, weighted.

    Sum over bins of count / total * confidence * max(confidence - accuracy,
    0): bins that promise too much count, and the more the surer they are.
    Some later software leaves out the factor confidence under the same name.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1] (a fraction, not a percent).

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> bins = Bins([0, 4], [0, 3.6], [0, 3])
    >>> round(float(overconfidence_error(bins)), 6)  # 0.9 * 0.15
    0.135

    Reference:
        Thulasidasan et al., 2019, section 3.2,
        https://arxiv.org/abs/1905.11001
    """
    bins, total, xp = read_bins(bins)
    excess = xp.maximum(bins.confidence - bins.correct, 0)
    confidence = bins.confidence / divisor(bins)
    return xp.sum(confidence * excess, axis=-1) / total


def maximum_calibration_error(bins):
    """The largest gap between confidence and accuracy of any bin.

    Every bin that holds an example counts alike, so that a bin of one example
    often decides: look at the counts too.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> bins = Bins([1, 4], [0.5, 3.6], [1, 3])
    >>> round(float(maximum_calibration_error(bins)), 6)
    0.5

    Reference:
        Guo et al., 2017, eq. 5, https://arxiv.org/abs/1706.04599
    """
    bins, total, xp = read_bins(bins)
    gaps = xp.abs(bins.correct - bins.confidence) / divisor(bins)
    # The total matters only when it is 0 or NaN: then so is the value NaN.
    return xp.max(gaps, axis=-1) * (total / total)


def root_mean_square_calibration_error(bins):
    """Root of the mean squared gap between confidence and accuracy.

    Large gaps count more than in the expected calibration error, which is
    never above it.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> bins = Bins([4, 12], [2.0, 11.0], [4, 11])  # gaps 0.5 and 0
    >>> float(root_mean_square_calibration_error(bins))
    0.25

    Reference:
        Nguyen and O'Connor, 2015, section 4.3,
        https://arxiv.org/abs/1508.05154
    """
    bins, total, xp = read_bins(bins)
    squares = xp.square(bins.correct - bins.confidence) / divisor(bins)
    return xp.sqrt(xp.sum(squares, axis=-1) / total)


def accuracy(bins):
    """The fraction of the examples that is right.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> float(accuracy(Bins([1, 4], [0.5, 3.6], [1, 3])))
    0.8
    """
    bins, total, xp = read_bins(bins)
    return xp.sum(bins.correct, axis=-1) / total


def mean_confidence(bins):
    """The mean confidence of the examples.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> float(mean_confidence(Bins([1, 4], [0.5, 3.5], [1, 3])))
    0.8
    """
    bins, total, xp = read_bins(bins)
    return xp.sum(bins.confidence, axis=-1) / total


def confidence_gap(bins):
    """Mean confidence less accuracy: the sign of the miscalibration.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [-1, 1]: above 0 the model is overconfident, below
        0 underconfident.

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> float(confidence_gap(Bins([0, 4], [0, 3.5], [0, 3])))
    0.125
    """
    return mean_confidence(bins) - accuracy(bins)


def negative_log_likelihood(
    labels, predictions, from_logits=False, sample_weight=None
):
    """Mean of -log of the probability that is given to the label.

    For soft labels: the cross entropy. Computed in float64. A class of
    probability 0 that does happen makes it infinite.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, probabilities or logits.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar, >= 0, in nats.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), or if they
            hold no example.

    Example:

    >>> nll = negative_log_likelihood([0, 1], [[0.5, 0.5], [0.5, 0.5]])
    >>> round(float(nll), 6)
    0.693147
    """
    return _mean_over_arrays(
        log_losses, labels, predictions, from_logits, sample_weight
    )


def brier_score(labels, predictions, from_logits=False, sample_weight=None):
    """Mean squared distance of the prediction from the one-hot label.

    Summed over the classes, as Brier did: 0 is perfect, 2 is the worst.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, probabilities or logits.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        float64 scalar in [0, 2].

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), or if they
            hold no example.

    Example:

    >>> float(brier_score([0, 1], [[0.5, 0.5], [0.0, 1.0]]))
    0.25

    Reference:
        Brier, 1950, Monthly Weather Review 78
    """
    return _mean_over_arrays(
        squared_distances, labels, predictions, from_logits, sample_weight
    )


def _mean_over_arrays(
    function, labels, predictions, from_logits, sample_weight
):
    value = total = np.float64(0)
    for inputs, offset in chunks(labels, predictions, sample_weight):
        values, fault = function(inputs, from_logits)
        refuse(fault, inputs, offset)
        value += np.sum(inputs.weight * values)
        total += np.sum(inputs.weight)
    return value / require_examples(total)


def require_examples(total):
    """Refuses a total weight of 0, where that can be seen.

    Args:
        total: float64 `[...]`, total weight.

    Returns:
        `total`.

    Raises:
        ValueError: if any total is 0 and it is not symbolic.
    """
    if not tf.is_tensor(total) and np.any(total == 0):
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
    bins = Bins(*[cast(field, "float64") for field in alike(*bins)])
    shapes = [tf.TensorShape(field.shape) for field in bins]
    if not all(shape.is_compatible_with(shapes[0]) for shape in shapes):
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
