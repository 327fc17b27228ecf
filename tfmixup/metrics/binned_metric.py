"""A Keras metric whose state is confidence bins and whose result is a score.

Such metrics go into `compile(metrics=[...])` or run by hand. The state is a
sum, so that the value of an epoch depends on neither batch size nor number of
replicas. (What the progress bar shows under a distribution strategy *during*
an epoch is the mean of the replicas' own values; the epoch's value is exact.)

Use them on held-out and unmixed data. The value on mixed training batches is
that of the most probable class of soft labels, and says little.
"""

import keras
import tensorflow as tf

from tfmixup.metrics.arrays import add_to
from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.bins import index
from tfmixup.metrics.bins import sums_of_winners
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.inputs import read
from tfmixup.metrics.ranked import NUM_SKETCH_BINS
from tfmixup.metrics.ranked import sketch_index
from tfmixup.metrics.winners import find_winners

__all__ = ["BinnedMetric", "RankedMetric"]


class BinnedMetric(keras.metrics.Metric):
    """A metric whose state is `Bins` and whose result is a score of them.

    Args:
        num_bins: int, >= 1. 15 is the choice of Guo et al.; the mixup paper
            does not print its own.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    # (confidence, num_bins) -> int [n]; where a confidence meets an edge.
    index = staticmethod(index)

    def __init__(self, num_bins, from_logits, name):
        super().__init__(name=name)
        self.num_bins = check_num_bins(num_bins)
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
        return Bins(*as_rows(alike(self.sums)[0]))

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
        add_to(self.sums, sums_of_winners(found, self.index, self.num_bins))

    def score(self, bins):
        """The value of `Bins`; subclasses say which."""
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


class RankedMetric(BinnedMetric):
    """A metric whose state is a sketch of all confidences in their order.

    See `ranked` for the sketch and for what it leaves open.

    Args:
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    index = staticmethod(sketch_index)

    def __init__(self, from_logits, name):
        super().__init__(NUM_SKETCH_BINS, from_logits, name)

    def get_config(self):
        """The arguments of the constructor."""
        return {"from_logits": self.from_logits, "name": self.name}
