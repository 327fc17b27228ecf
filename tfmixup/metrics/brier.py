"""The Brier score taken apart: uncertainty, resolution, reliability."""

from typing import NamedTuple

import keras
import tensorflow as tf

from tfmixup.metrics.arrays import add_to
from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.arrays import sum_by_index
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.bins import index
from tfmixup.metrics.classwise import check_num_classes
from tfmixup.metrics.faults import combine_faults
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.faults import settle
from tfmixup.metrics.inputs import chunks
from tfmixup.metrics.inputs import read
from tfmixup.metrics.probabilities import probabilities_of
from tfmixup.metrics.scores import require_examples
from tfmixup.metrics.targets import targets_of

__all__ = [
    "BrierDecomposition",
    "BrierReliability",
    "BrierResolution",
    "BrierUncertainty",
    "brier_decomposition",
]


class BrierDecomposition(NamedTuple):
    """Three parts: Brier score = uncertainty - resolution + reliability.

    Attributes:
        uncertainty: float64 scalar, the Brier score of always predicting how
            often each class occurs: a property of the labels alone.
        resolution: float64 scalar, how far the predictions tell examples
            apart; higher is better. With few bins it can be a little below 0.
        reliability: float64 scalar, >= 0, the squared calibration error;
            lower is better.
    """

    uncertainty: float
    resolution: float
    reliability: float


def brier_decomposition(
    labels, predictions, num_bins=15, from_logits=False, sample_weight=None
):
    """Uncertainty, resolution and reliability of the Brier score.

    Each class's probability is binned and the parts are summed over the
    classes. The probabilities inside a bin differ; what that adds to the
    Brier score (their variance, and their covariance with the label) is
    counted as resolution, so that the parts add up exactly for any number of
    bins: uncertainty - resolution + reliability == brier_score.

    Args:
        labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`, one-hot
            or soft.
        predictions: float `[n, num_classes]`, probabilities or logits.
        num_bins: int, >= 1.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

    Returns:
        `BrierDecomposition`.

    Raises:
        ValueError: as `winners_of` does, or if there is no example.

    Example:

    >>> parts = brier_decomposition([0, 1], [[0.75, 0.25], [0.25, 0.75]])
    >>> [float(part) for part in parts]  # Brier score: 2 * 0.25**2 = 0.125
    [0.5, 0.5, 0.125]

    Reference:
        Murphy, 1973, Journal of Applied Meteorology 12; Stephenson et al.,
        2008, Weather and Forecasting 23 (the terms inside a bin)
    """
    num_bins = check_num_bins(num_bins)
    sums = 0
    for inputs, offset in chunks(labels, predictions, sample_weight):
        part, fault = _moments(inputs, num_bins, from_logits)
        refuse(fault, inputs, offset)
        sums = sums + part
    return _decompose(sums)


class BrierPart(keras.metrics.Metric):
    """One part of the Brier score, over the bins of all class probabilities.

    Args:
        num_classes: int, >= 2.
        num_bins: int, >= 1.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    def __init__(self, num_classes, num_bins, from_logits, name):
        super().__init__(name=name)
        self.num_classes = num_classes
        self.num_bins = check_num_bins(num_bins)
        self.from_logits = bool(from_logits)
        self.sums = self.add_weight(
            shape=(6, num_classes, self.num_bins),
            initializer="zeros",
            dtype="float64",
            name="moments",
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch; see `BinnedMetric.update_state`."""
        inputs = read(y_true, y_pred, sample_weight)
        check_num_classes(inputs, self.num_classes)
        sums, fault = _moments(inputs, self.num_bins, self.from_logits)
        refuse(fault, inputs)
        add_to(self.sums, sums)

    def part(self, decomposition):
        """One field of `BrierDecomposition`; subclasses say which."""
        raise NotImplementedError

    def result(self):
        """The part for all examples so far.

        Returns:
            float64 scalar; NaN before the first example in a graph.

        Raises:
            ValueError: eagerly, if there was no example yet.
        """
        [sums] = alike(self.sums)
        return tf.convert_to_tensor(self.part(_decompose(sums)))

    def get_config(self):
        """The arguments of the constructor."""
        return {
            "num_classes": self.num_classes,
            "num_bins": self.num_bins,
            "from_logits": self.from_logits,
            "name": self.name,
        }


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


def _moments(inputs, num_bins, from_logits):
    """Sums of w, wp, wy, wp^2, wpy, wy^2, `[6, num_classes, num_bins]`."""
    targets, label_fault = targets_of(inputs)
    rows, fault = probabilities_of(inputs, from_logits, "float64")
    fault = combine_faults(inputs, fault, label_fault)
    rows = settle(rows, inputs, fault)
    targets = settle(targets, inputs, fault)
    xp = namespace(rows)
    num_classes = rows.shape[1]
    numbers = cast(xp.arange(num_classes), "int32")
    place = cast(index(rows, num_bins), "int32") + numbers * num_bins
    weight = xp.broadcast_to(inputs.weight[:, None], xp.shape(rows))
    terms = [
        weight,
        weight * rows,
        weight * targets,
        weight * rows * rows,
        weight * rows * targets,
        weight * targets * targets,
    ]
    flat = [xp.reshape(term, [-1]) for term in terms]
    sums = sum_by_index(flat, xp.reshape(place, [-1]), num_classes * num_bins)
    return xp.reshape(sums, [6, num_classes, num_bins]), fault


def _decompose(sums):
    xp = namespace(sums)
    count, p, y, pp, py, yy = as_rows(sums)
    total = require_examples(xp.sum(count[0]))
    number = xp.where(count == 0, 1, count)
    frequency = xp.sum(y, axis=1) / total
    uncertainty = xp.sum(xp.sum(yy, axis=1) / total - frequency**2)
    reliability = xp.sum((p - y) ** 2 / number) / total
    between = xp.sum(count * (y / number - frequency[:, None]) ** 2) / total
    variance = xp.sum(pp - p**2 / number) / total
    covariance = xp.sum(py - p * y / number) / total
    return BrierDecomposition(
        uncertainty, between - variance + 2 * covariance, reliability
    )
