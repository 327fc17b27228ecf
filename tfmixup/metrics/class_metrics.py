"""Keras metrics of the probabilities of all classes, class by class."""

import keras

from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.binned_metric import AdditiveMetric
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.brier import decompose
from tfmixup.metrics.brier import moments
from tfmixup.metrics.classwise import bins_of_classes
from tfmixup.metrics.classwise import ClassBins
from tfmixup.metrics.classwise import classwise_calibration_error

__all__ = [
    "BrierReliability",
    "BrierResolution",
    "BrierUncertainty",
    "ClasswiseCalibrationError",
]


class ClassMetric(AdditiveMetric):
    """A metric whose state is sums for each bin of each class.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        num_sums: int, how many sums each bin has.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    def __init__(self, num_classes, num_bins, num_sums, from_logits, name):
        self.num_bins = check_num_bins(num_bins)
        self.num_classes = check_num_bins(num_classes, "num_classes", 2)
        shape = (num_sums, self.num_classes, self.num_bins)
        super().__init__(shape, from_logits, name)

    def get_config(self):
        """The arguments of the constructor."""
        return {
            "num_classes": self.num_classes,
            "num_bins": self.num_bins,
            **super().get_config(),
        }


@keras.saving.register_keras_serializable(package="tfmixup")
class ClasswiseCalibrationError(ClassMetric):
    """Mean over the classes of the calibration error of their probability.

    See `classwise_calibration_error`. The state has 24 bytes for each bin of
    each class.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = ClasswiseCalibrationError(num_classes=2)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> float(metric.result())
    0.25

    Reference:
        Kull et al., 2019, section 2, https://arxiv.org/abs/1910.12656
    """

    def __init__(
        self,
        num_classes,
        num_bins=15,
        from_logits=False,
        name="classwise_ece",
    ):
        super().__init__(num_classes, num_bins, 3, from_logits, name)

    def terms(self, inputs):
        """See `AdditiveMetric.terms`."""
        check_num_classes(inputs, self.num_classes)
        bins, fault = bins_of_classes(inputs, self.num_bins, self.from_logits)
        return namespace(bins.count).stack(bins), fault

    def value(self, sums):
        """See `AdditiveMetric.value`."""
        return classwise_calibration_error(ClassBins(*as_rows(sums)))


class BrierPart(ClassMetric):
    """One part of the Brier score, over the bins of all class probabilities.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    def __init__(self, num_classes, num_bins, from_logits, name):
        super().__init__(num_classes, num_bins, 6, from_logits, name)

    def part(self, decomposition):
        """One field of `BrierDecomposition`; subclasses say which."""
        raise NotImplementedError

    def terms(self, inputs):
        """See `AdditiveMetric.terms`."""
        check_num_classes(inputs, self.num_classes)
        return moments(inputs, self.num_bins, self.from_logits)

    def value(self, sums):
        """See `AdditiveMetric.value`."""
        return self.part(decompose(sums))


@keras.saving.register_keras_serializable(package="tfmixup")
class BrierUncertainty(BrierPart):
    """How uncertain the labels are in themselves: a part of the Brier score.

    See `brier_decomposition`. The state has 48 bytes for each bin of each
    class.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = BrierUncertainty(num_classes=2)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> float(metric.result())
    0.5
    """

    def __init__(
        self,
        num_classes,
        num_bins=15,
        from_logits=False,
        name="brier_uncertainty",
    ):
        super().__init__(num_classes, num_bins, from_logits, name)

    def part(self, decomposition):
        """See `BrierDecomposition`."""
        return decomposition.uncertainty


@keras.saving.register_keras_serializable(package="tfmixup")
class BrierResolution(BrierPart):
    """How far the predictions tell examples apart: a part of the Brier score.

    See `brier_decomposition`. The state has 48 bytes for each bin of each
    class.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = BrierResolution(num_classes=2)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> float(metric.result())
    0.5
    """

    def __init__(
        self,
        num_classes,
        num_bins=15,
        from_logits=False,
        name="brier_resolution",
    ):
        super().__init__(num_classes, num_bins, from_logits, name)

    def part(self, decomposition):
        """See `BrierDecomposition`."""
        return decomposition.resolution


@keras.saving.register_keras_serializable(package="tfmixup")
class BrierReliability(BrierPart):
    """The squared calibration error: a part of the Brier score.

    See `brier_decomposition`. The state has 48 bytes for each bin of each
    class.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = BrierReliability(num_classes=2)
    >>> metric.update_state([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> float(metric.result())
    0.125
    """

    def __init__(
        self,
        num_classes,
        num_bins=15,
        from_logits=False,
        name="brier_reliability",
    ):
        super().__init__(num_classes, num_bins, from_logits, name)

    def part(self, decomposition):
        """See `BrierDecomposition`."""
        return decomposition.reliability


def check_num_classes(inputs, num_classes):
    """Refuses predictions of another number of classes.

    Args:
        inputs: `Inputs`.
        num_classes: int.

    Raises:
        ValueError: if the predictions have another number of columns.
    """
    if inputs.predictions.shape[1] != num_classes:
        raise ValueError(
            "`num_classes` must be the last dimension of the predictions. "
            f"Received: num_classes={num_classes}, predictions of shape "
            f"{tuple(inputs.predictions.shape)}."
        )
