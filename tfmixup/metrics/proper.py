"""Keras metrics of the proper scores: likelihood and Brier score."""

import keras
import tensorflow as tf

from tfmixup.metrics.arrays import add_to
from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.example_scores import log_losses
from tfmixup.metrics.example_scores import squared_distances
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.inputs import read
from tfmixup.metrics.scores import require_examples

__all__ = ["BrierScore", "NegativeLogLikelihood"]


class MeanMetric(keras.metrics.Metric):
    """The weighted mean of a score of each example, in float64.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    def __init__(self, from_logits, name):
        super().__init__(name=name)
        self.from_logits = bool(from_logits)
        self.sums = self.add_weight(
            shape=(2,), initializer="zeros", dtype="float64", name="sums"
        )

    def score(self, inputs):
        """float64 `[n]` and the fault of each example; subclasses say."""
        raise NotImplementedError

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch; see `BinnedMetric.update_state`."""
        inputs = read(y_true, y_pred, sample_weight)
        values, fault = self.score(inputs)
        refuse(fault, inputs)
        xp = namespace(values)
        sums = [xp.sum(inputs.weight * values), xp.sum(inputs.weight)]
        add_to(self.sums, xp.stack(sums))

    def result(self):
        """The mean over all examples so far.

        Returns:
            float64 scalar; NaN before the first example in a graph.

        Raises:
            ValueError: eagerly, if there was no example yet.
        """
        [sums] = alike(self.sums)
        return tf.convert_to_tensor(sums[0] / require_examples(sums[1]))

    def get_config(self):
        """The arguments of the constructor."""
        return {"from_logits": self.from_logits, "name": self.name}


@keras.saving.register_keras_serializable(package="tfmixup")
class NegativeLogLikelihood(MeanMetric):
    """Mean of -log of the probability that is given to the label, in nats.

    See `scores.negative_log_likelihood`. Unlike Keras' cross entropies, it is
    summed in float64 and clips no probability: one of 0 makes it infinite.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = NegativeLogLikelihood()
    >>> metric.update_state([0, 1], [[0.5, 0.5], [0.5, 0.5]])
    >>> round(float(metric.result()), 6)
    0.693147
    """

    def __init__(self, from_logits=False, name="nll"):
        super().__init__(from_logits, name)

    def score(self, inputs):
        """See `example_scores.log_losses`."""
        return log_losses(inputs, self.from_logits)


@keras.saving.register_keras_serializable(package="tfmixup")
class BrierScore(MeanMetric):
    """Mean squared distance of the prediction from the one-hot label.

    See `scores.brier_score`: summed over the classes, in [0, 2].

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Example:

    >>> metric = BrierScore()
    >>> metric.update_state([0, 1], [[0.5, 0.5], [0.0, 1.0]])
    >>> float(metric.result())
    0.25
    """

    def __init__(self, from_logits=False, name="brier"):
        super().__init__(from_logits, name)

    def score(self, inputs):
        """See `example_scores.squared_distances`."""
        return squared_distances(inputs, self.from_logits)
