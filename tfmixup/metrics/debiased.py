"""Calibration errors less what chance alone adds to them.

A bin of a perfectly calibrated model has an accuracy that differs from its
confidence by chance. An absolute or squared gap counts that as error. These
estimators subtract what it adds in expectation.
"""

import keras
import numpy as np

from tfmixup.metrics.arrays import erf
from tfmixup.metrics.binned_metric import BinnedMetric
from tfmixup.metrics.scores import divisor
from tfmixup.metrics.scores import expected_calibration_error
from tfmixup.metrics.scores import read_bins

__all__ = [
    "DebiasedCalibrationError",
    "debiased_calibration_error",
    "debiased_root_mean_square_calibration_error",
]


def debiased_calibration_error(bins):
    """The expected calibration error less its bias.

    The accuracy of a bin is taken as normal around its value with variance
    accuracy * (1 - accuracy) / count; what the mean absolute gap of such
    draws is above the gap itself is subtracted. Weights are numbers of
    examples.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]`, at most the expected calibration error; below 0 if
        the gaps are smaller than chance would make them.

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([100], [90.0], [80])  # 0.9 sure, 0.8 right
    >>> round(float(debiased_calibration_error(bins)), 4)
    0.0998

    Reference:
        Kumar et al., 2019, section 5 and its code (there by resampling; here
        in closed form), https://arxiv.org/abs/1909.10155
    """
    bins, total, xp = read_bins(bins)
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


def debiased_root_mean_square_calibration_error(bins):
    """The root mean square calibration error less its bias.

    accuracy * (1 - accuracy) / (count - 1), an unbiased estimate of what
    chance adds, is subtracted from the squared gap of each bin. A bin of a
    single example tells nothing and adds 0. Weights are numbers of examples.

    Args:
        bins: `Bins`, each field float `[..., num_bins]`.

    Returns:
        float64 `[...]` in [0, 1]; 0 if the mean is below 0.

    Raises:
        ValueError: if the fields differ in shape, or, eagerly, if the bins
            hold no example.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([101], [90.9], [80.8])  # 0.9 sure, 0.8 right
    >>> round(float(debiased_root_mean_square_calibration_error(bins)), 4)
    0.0917

    Reference:
        Kumar et al., 2019, definition 5.2, https://arxiv.org/abs/1909.10155
    """
    bins, total, xp = read_bins(bins)
    squared = xp.square((bins.correct - bins.confidence) / divisor(bins))
    several = bins.count > 1
    others = xp.where(several, bins.count - 1, 1)
    excess = xp.where(several, squared - _label_variance(bins, xp) / others, 0)
    # The total comes first so that NaN survives the maximum.
    mean = xp.sum(bins.count * excess, axis=-1) / total
    return xp.sqrt(xp.where(mean < 0, 0, mean))


@keras.saving.register_keras_serializable(package="tfmixup")
class DebiasedCalibrationError(BinnedMetric):
    """The expected calibration error less its bias.

    See `debiased_calibration_error`.

    Args:
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = DebiasedCalibrationError()
    >>> metric.update_state([1, 1], [[0.5, 0.5], [0.5, 0.5]])
    >>> float(metric.result())
    0.5
    """

    def __init__(self, num_bins=15, from_logits=False, name="debiased_ece"):
        super().__init__(num_bins, from_logits, name)

    def score(self, bins):
        """See `debiased_calibration_error`."""
        return debiased_calibration_error(bins)


def _label_variance(bins, xp):
    accuracy = bins.correct / divisor(bins)
    # Sums of fractional weights can leave an accuracy just above 1.
    return xp.maximum(accuracy * (1 - accuracy), 0)
