"""Keras metrics of calibration: bins as state, a score of them as result.

They go into `compile(metrics=[...])` or run by hand. The state is a sum, so
that the value of an epoch depends on neither batch size nor number of
replicas. (What the progress bar shows under a distribution strategy *during*
an epoch is the mean of the replicas' own values; the epoch's value is exact.)

Use them on held-out and unmixed data. The value on mixed training batches is
that of the most probable class of soft labels, and says little.
"""

import keras
import tensorflow as tf

from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import scores
from tfmixup.metrics.arrays import add_to
from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.inputs import read
from tfmixup.metrics.inputs import refuse
from tfmixup.metrics.winners import find_winners

__all__ = [
    "ConfidenceGap",
    "ExpectedCalibrationError",
    "MaximumCalibrationError",
    "MeanConfidence",
    "OverconfidenceError",
]


class BinnedMetric(keras.metrics.Metric):
    """A metric whose state is `Bins` and whose result is a score of them.

    Args:
        num_bins: int, >= 1. 15 is the choice of Guo et al.; the mixup paper
            does not print its own.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    def __init__(self, num_bins, from_logits, name):
        super().__init__(name=name)
        self.num_bins = bins_lib.check_num_bins(num_bins)
        self.from_logits = bool(from_logits)
        # float64: a float32 count stops at 2**24 examples.
        self.sums = self.add_weight(
            shape=(3, self.num_bins),
            initializer="zeros",
            dtype="float64",
            name="bins",
        )

    @property
    def bins(self):
        """`Bins` of all examples so far, each field float64 `[num_bins]`."""
        [sums] = alike(self.sums)
        return bins_lib.Bins(*[sums[i] for i in range(3)])

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch.

        Args:
            y_true: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`,
                one-hot or soft, of which the most probable class counts.
            y_pred: float `[n, num_classes]`, probabilities or logits.
            sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

        Raises:
            ValueError: if a shape or dtype cannot be meant, or, eagerly, if a
                value is out of its range; the state is then as before.
            tf.errors.InvalidArgumentError: in a graph, if a value is out of
                its range. (Compiled by XLA: the result is NaN.)
        """
        inputs = read(y_true, y_pred, sample_weight)
        found, fault = find_winners(inputs, self.from_logits)
        refuse(fault, inputs)
        bins = bins_lib.bins_of_winners(found, self.num_bins)
        add_to(self.sums, namespace(bins.count).stack(bins))

    def score(self, bins):
        """The value of bins; subclasses say which."""
        raise NotImplementedError

    def result(self):
        """The value of all examples so far.

        Returns:
            float64 scalar; NaN before the first example in a graph.

        Raises:
            ValueError: eagerly, if there was no example yet.
        """
        return tf.convert_to_tensor(self.score(self.bins))

    def get_config(self):
        """The arguments of the constructor."""
        return {
            "num_bins": self.num_bins,
            "from_logits": self.from_logits,
            "name": self.name,
        }


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
