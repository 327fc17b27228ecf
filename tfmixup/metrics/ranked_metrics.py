"""Keras metrics that need the order of the confidences, kept as a sketch.

See `ranked` for the sketch and for what it leaves open.
"""

import keras

from tfmixup.metrics.binned_metric import BinnedMetric
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.equal_mass import adaptive_calibration_error
from tfmixup.metrics.equal_mass import kolmogorov_smirnov_calibration_error
from tfmixup.metrics.equal_mass import monotonic_sweep_calibration_error
from tfmixup.metrics.ranked import NUM_SKETCH_BINS
from tfmixup.metrics.ranked import RankedBins
from tfmixup.metrics.ranked import sketch_index
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.metrics.smooth import smooth_calibration_error

__all__ = [
    "AdaptiveCalibrationError",
    "AreaUnderRiskCoverage",
    "KolmogorovSmirnovCalibrationError",
    "MonotonicSweepCalibrationError",
    "SmoothCalibrationError",
]


class RankedMetric(BinnedMetric):
    """A metric whose state is a sketch of all confidences in their order.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    make_bins = RankedBins
    index = staticmethod(sketch_index)

    def __init__(self, from_logits, name):
        super().__init__(NUM_SKETCH_BINS, from_logits, name)

    def get_config(self):
        """The arguments of the constructor."""
        return {"from_logits": self.from_logits, "name": self.name}


@keras.saving.register_keras_serializable(package="tfmixup")
class AdaptiveCalibrationError(RankedMetric):
    """The expected calibration error over bins of equal mass.

    See `adaptive_calibration_error`. Kept as a sketch: with m the largest
    share of a bin of the sketch, off by at most (num_bins - 1) * m / 2.

    Args:
        num_bins: int, >= 1, the number of equal-mass bins.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = AdaptiveCalibrationError(num_bins=1)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, num_bins=15, from_logits=False, name="adaptive_ece"):
        super().__init__(from_logits, name)
        self.num_equal_bins = check_num_bins(num_bins)

    def score(self, bins):
        """See `adaptive_calibration_error`."""
        return adaptive_calibration_error(bins, num_bins=self.num_equal_bins)

    def get_config(self):
        """The arguments of the constructor."""
        return {"num_bins": self.num_equal_bins, **super().get_config()}


@keras.saving.register_keras_serializable(package="tfmixup")
class KolmogorovSmirnovCalibrationError(RankedMetric):
    """The largest absolute value of the cumulative calibration error.

    See `kolmogorov_smirnov_calibration_error`. Kept as a sketch: with m the
    largest share of a bin of the sketch, too low by at most m / 4.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = KolmogorovSmirnovCalibrationError()
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, from_logits=False, name="ks_error"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `kolmogorov_smirnov_calibration_error`."""
        return kolmogorov_smirnov_calibration_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class MonotonicSweepCalibrationError(RankedMetric):
    """The equal-mass error with as many bins as keep the accuracy rising.

    See `monotonic_sweep_calibration_error`. Kept as a sketch; its cuts are
    exact between the bins of the sketch and interpolated inside, so that the
    number of bins that is found can differ from the exact one.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = MonotonicSweepCalibrationError()
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.75, 0.25]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, from_logits=False, name="sweep_ece"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `monotonic_sweep_calibration_error`."""
        return monotonic_sweep_calibration_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class SmoothCalibrationError(RankedMetric):
    """The calibration error after smoothing, at the width that equals it.

    See `smooth_calibration_error`. Kept as a sketch, which moves a confidence
    c by less than max(1/512, (1 - c)/32) to the mean of its bin before it is
    smoothed.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = SmoothCalibrationError()
    >>> metric.update_state([1, 1], [[0.5, 0.5], [0.5, 0.5]])
    >>> round(float(metric.result()), 4)
    0.5
    """

    def __init__(self, from_logits=False, name="smooth_ece"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `smooth_calibration_error`."""
        return smooth_calibration_error(bins)


@keras.saving.register_keras_serializable(package="tfmixup")
class AreaUnderRiskCoverage(RankedMetric):
    """Mean, over all coverages, of the error rate among the most confident.

    See `area_under_risk_coverage`. Kept as a sketch: inside one of its bins
    all confidences count as equal.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = AreaUnderRiskCoverage()
    >>> metric.update_state([1, 1], [[0.5, 0.5], [0.25, 0.75]])
    >>> round(float(metric.result()), 12)
    0.25
    """

    def __init__(self, from_logits=False, name="aurc"):
        super().__init__(from_logits, name)

    def score(self, bins):
        """See `area_under_risk_coverage`."""
        return area_under_risk_coverage(bins)
