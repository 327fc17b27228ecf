"""Keras metrics of the proper scores: likelihood and Brier score."""

import keras

from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.binned_metric import AdditiveMetric
from tfmixup.metrics.example_scores import log_losses
from tfmixup.metrics.example_scores import squared_distances
from tfmixup.metrics.scored_bins import require_examples

__all__ = ["BrierScore", "NegativeLogLikelihood"]


class MeanMetric(AdditiveMetric):
    """The weighted mean of a score of each example, in float64.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    def __init__(self, from_logits, name):
        super().__init__((2,), from_logits, name)

    def score(self, inputs):
        """float64 `[n]` and the fault of each example; subclasses say."""
        raise NotImplementedError

    def terms(self, inputs):
        """See `AdditiveMetric.terms`."""
        values, fault = self.score(inputs)
        xp = namespace(values)
        sums = [xp.sum(inputs.weight * values), xp.sum(inputs.weight)]
        return xp.stack(sums), fault

    def value(self, sums):
        """See `AdditiveMetric.value`."""
        return sums[0] / require_examples(sums[1])


@keras.saving.register_keras_serializable(package="tfmixup")
class NegativeLogLikelihood(MeanMetric):
    """Mean of -log of the probability that is given to the label, in nats.

    See `example_scores.negative_log_likelihood`. Unlike Keras' cross
    entropies, it is summed in float64 and clips no probability: one of 0 makes
    it infinite.

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

    See `example_scores.brier_score`: summed over the classes, in [0, 2].

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
