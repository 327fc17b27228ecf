"""Calibration errors less what chance alone adds to them.

A bin of a perfectly calibrated model has an accuracy that differs from its
confidence by chance. An absolute or squared gap counts that as error. These
estimators subtract what it adds in expectation.
"""

import numpy as np

from tfmixup.metrics.arrays import erf
from tfmixup.metrics.scored_bins import bins_to_score
from tfmixup.metrics.scored_bins import divisor
from tfmixup.metrics.scored_bins import read_bins
from tfmixup.metrics.scores import expected_calibration_error

__all__ = [
    "debiased_calibration_error",
    "debiased_root_mean_square_calibration_error",
]


def debiased_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """The expected calibration error less its bias.

    The accuracy of a bin is taken as normal around its value with variance
    accuracy * (1 - accuracy) / count; what the mean absolute gap of such
    draws is above the gap itself is subtracted. Weights are numbers of
    examples.

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
        float64 `[...]`, at most the expected calibration error; below 0 if
        the gaps are smaller than chance would make them.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([100], [90.0], [80])  # 0.9 sure, 0.8 right
    >>> round(float(debiased_calibration_error(bins)), 4)
    0.0998

    Reference:
        Kumar et al., 2019, section 5 and its code (there by resampling; here
        in closed form), https://arxiv.org/abs/1909.10155
    """
    bins, total, xp = read_bins(
        bins_to_score(labels, predictions, num_bins, from_logits, sample_weight)
    )
    number = divisor(bins)
    gap = xp.abs(bins.correct - bins.confidence) / number
    deviation = xp.sqrt(_label_variance(bins, xp) / number)
    safe = xp.where(deviation > 0, deviation, 1)
    ratio = xp.where(deviation > 0, gap / safe, 0)
    # E abs(normal) = sigma * sqrt(2/pi) * exp(-ratio^2/2) + mu * erf(...)
    spread = np.sqrt(2 / np.pi) * xp.exp(-xp.square(ratio) / 2)
    mean = deviation * spread + gap * erf(ratio / np.sqrt(2))
    mean = xp.where(deviation > 0, mean, gap)
    expected = xp.sum(bins.count * mean, axis=-1) / total
    return 2 * expected_calibration_error(bins) - expected


def debiased_root_mean_square_calibration_error(
    labels,
    predictions=None,
    num_bins=15,
    from_logits=False,
    sample_weight=None,
):
    """The root mean square calibration error less its bias.

    accuracy * (1 - accuracy) / (count - 1), an unbiased estimate of what
    chance adds, is subtracted from the squared gap of each bin. A bin of a
    single example tells nothing and adds 0. Weights are numbers of examples.

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
        float64 `[...]` in [0, 1]; 0 if the mean is below 0.

    Raises:
        ValueError: if the inputs are refused (see `winners_of`), if the bins
            are of another kind or their fields differ in shape, or, eagerly,
            if there is no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([101], [90.9], [80.8])  # 0.9 sure, 0.8 right
    >>> round(float(debiased_root_mean_square_calibration_error(bins)), 4)
    0.0917

    Reference:
        Kumar et al., 2019, definition 5.2, https://arxiv.org/abs/1909.10155
    """
    bins, total, xp = read_bins(
        bins_to_score(labels, predictions, num_bins, from_logits, sample_weight)
    )
    squared = xp.square((bins.correct - bins.confidence) / divisor(bins))
    several = bins.count > 1
    others = xp.where(several, bins.count - 1, 1)
    excess = xp.where(several, squared - _label_variance(bins, xp) / others, 0)
    # The total comes first so that NaN survives the maximum.
    mean = xp.sum(bins.count * excess, axis=-1) / total
    return xp.sqrt(xp.where(mean < 0, 0, mean))


def _label_variance(bins, xp):
    accuracy = bins.correct / divisor(bins)
    # Sums of fractional weights can leave an accuracy just above 1.
    return xp.maximum(accuracy * (1 - accuracy), 0)
