"""Keras metrics of calibration over equal-width confidence bins."""

import keras

from tfmixup.metrics import scores
from tfmixup.metrics.binned_metric import BinnedMetric
from tfmixup.metrics.debiased import debiased_calibration_error

__all__ = [
    "ConfidenceGap",
    "DebiasedCalibrationError",
    "ExpectedCalibrationError",
    "MaximumCalibrationError",
    "MeanConfidence",
    "OverconfidenceError",
    "RootMeanSquareCalibrationError",
]


@keras.saving.register_keras_serializable(package="tfmixup")
class ExpectedCalibrationError(BinnedMetric):
    """Mean gap between confidence and accuracy, over equal-width bins.

    See `scores.expected_calibration_error`.

    Args:
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = ExpectedCalibrationError(num_bins=10)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25

    Reference:
        Guo et al., 2017, eq. 3, https://arxiv.org/abs/1706.04599
    """

    def __init__(self, num_bins=15, from_logits=False, name="ece"):
        super().__init__(num_bins, from_logits, name)

    def score(self, bins):
        """See `scores.expected_calibration_error`."""
        return scores.expected_calibration_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class OverconfidenceError(BinnedMetric):
    """Overconfidence, weighted by the confidence, over equal-width bins.

    See `scores.overconfidence_error`.

    Args:
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = OverconfidenceError(num_bins=10)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())  # 0.75 * 0.25
    0.1875

    Reference:
        Thulasidasan et al., 2019, section 3.2,
        https://arxiv.org/abs/1905.11001
    """

    def __init__(self, num_bins=15, from_logits=False, name="oe"):
        super().__init__(num_bins, from_logits, name)

    def score(self, bins):
        """See `scores.overconfidence_error`."""
        return scores.overconfidence_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class MaximumCalibrationError(BinnedMetric):
    """The largest gap between confidence and accuracy of any bin.

    See `scores.maximum_calibration_error`.

    Args:
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = MaximumCalibrationError(num_bins=10)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> float(metric.result())
    0.25

    Reference:
        Guo et al., 2017, eq. 5, https://arxiv.org/abs/1706.04599
    """

    def __init__(self, num_bins=15, from_logits=False, name="mce"):
        super().__init__(num_bins, from_logits, name)

    def score(self, bins):
        """See `scores.maximum_calibration_error`."""
        return scores.maximum_calibration_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class ConfidenceGap(BinnedMetric):
    """Mean confidence less accuracy: above 0 is overconfident.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = ConfidenceGap()
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, from_logits=False, name="confidence_gap"):
        super().__init__(1, from_logits, name)

    def score(self, bins):
        """See `scores.confidence_gap`."""
        return scores.confidence_gap(bins)

    def get_config(self):
        """The arguments of the constructor."""
        return {"from_logits": self.from_logits, "name": self.name}


@keras.saving.register_keras_serializable(package="tfmixup")
class MeanConfidence(BinnedMetric):
    """The mean winning score.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = MeanConfidence()
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.5, 0.5]])
    >>> float(metric.result())
    0.625
    """

    def __init__(self, from_logits=False, name="confidence"):
        super().__init__(1, from_logits, name)

    def score(self, bins):
        """See `scores.mean_confidence`."""
        return scores.mean_confidence(bins)

    def get_config(self):
        """The arguments of the constructor."""
        return {"from_logits": self.from_logits, "name": self.name}


@keras.saving.register_keras_serializable(package="tfmixup")
class RootMeanSquareCalibrationError(BinnedMetric):
    """Root of the mean squared gap between confidence and accuracy.

    See `scores.root_mean_square_calibration_error`.

    Args:
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = RootMeanSquareCalibrationError(num_bins=10)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, num_bins=15, from_logits=False, name="rmsce"):
        super().__init__(num_bins, from_logits, name)

    def score(self, bins):
        """See `scores.root_mean_square_calibration_error`."""
        return scores.root_mean_square_calibration_error(bins)


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
