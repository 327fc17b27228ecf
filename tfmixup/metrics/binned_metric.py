"""Keras metrics whose state is a sum over the examples.

Such metrics go into `compile(metrics=[...])` or run by hand. The state is a
sum, so that the value of an epoch depends on neither batch size nor number of
replicas. (What the progress bar shows under a distribution strategy *during*
an epoch is the mean of the replicas' own values; the epoch's value is exact.)

Use them on held-out and unmixed data. The value on mixed training batches is
that of the most probable class of soft labels, and says little.
"""

import keras
import numpy as np
import tensorflow as tf

from tfmixup.keras_backend import require_tensorflow
from tfmixup.metrics.arrays import alike
from tfmixup.metrics.arrays import as_rows
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import check_num_bins
from tfmixup.metrics.bins import index
from tfmixup.metrics.bins import sums_of_winners
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.inputs import read
from tfmixup.metrics.winners import find_winners

__all__ = ["AdditiveMetric", "BinnedMetric", "add_to"]


class AdditiveMetric(keras.metrics.Metric):
    """A metric that adds terms of each batch and scores their sums.

    Args:
        shape: tuple of int, the shape of the sums.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.

    Raises:
        RuntimeError: if Keras does not run on TensorFlow.
    """

    def __init__(self, shape, from_logits, name):
        require_tensorflow(type(self).__name__)
        super().__init__(name=name)
        self.from_logits = bool(from_logits)
        # float64: a float32 count stops at 2**24 examples.
        self.sums = self.add_weight(
            shape=shape, initializer="zeros", dtype="float64", name="sums"
        )

    def terms(self, inputs):
        """What a batch adds to the sums; subclasses say what.

        Args:
            inputs: `Inputs`.

        Returns:
            terms: float64, of the shape of the sums.
            fault: int `[n]` or the int 0, for `faults.refuse`.
        """
        raise NotImplementedError

    def value(self, sums):
        """The value of sums, an array or a tensor; subclasses say which."""
        raise NotImplementedError

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch.

        Args:
            y_true: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`,
                one-hot or soft, of which the most probable class counts.
            y_pred: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
                of two: probabilities or logits.
            sample_weight: float `[n]` or `[n, 1]`, >= 0; None for 1.

        Raises:
            ValueError: if a shape or dtype is not one of these, or, eagerly,
                if a value is out of its range; the state is then as before.
            tf.errors.InvalidArgumentError: in a graph, if a value is out of
                its range. (Compiled by XLA: the result is NaN.)
        """
        inputs = read(y_true, y_pred, sample_weight, self.from_logits)
        terms, fault = self.terms(inputs)
        refuse(fault, inputs)
        add_to(self.sums, terms)

    def result(self):
        """The value of all examples so far.

        Returns:
            float64 scalar; NaN before the first example in a graph.

        Raises:
            ValueError: eagerly, if there was no example yet.
        """
        return tf.convert_to_tensor(self.value(alike(self.sums)[0]))

    def get_config(self):
        """The arguments of the constructor."""
        return {"from_logits": self.from_logits, "name": self.name}


class BinnedMetric(AdditiveMetric):
    """A metric whose state is `Bins` and whose result is a score of them.

    Args:
        num_bins: int, >= 1. 15 is the choice of Guo et al.; the mixup paper
            does not print its own.
        from_logits: whether predictions are logits rather than probabilities.
        name: str.
    """

    # The kind of its bins.
    make_bins = Bins
    # (confidence, num_bins) -> int [n]; where a confidence meets an edge.
    index = staticmethod(index)

    def __init__(self, num_bins, from_logits, name):
        self.num_bins = check_num_bins(num_bins)
        super().__init__((3, self.num_bins), from_logits, name)

    @property
    def bins(self):
        """`Bins` of all examples so far, each field float64 `[num_bins]`."""
        return self.make_bins(*as_rows(alike(self.sums)[0]))

    def terms(self, inputs):
        """See `AdditiveMetric.terms`."""
        found, fault = find_winners(inputs, self.from_logits)
        return sums_of_winners(found, self.index, self.num_bins), fault

    def score(self, bins):
        """The value of `Bins`; subclasses say which."""
        raise NotImplementedError

    def value(self, sums):
        """See `AdditiveMetric.value`."""
        return self.score(self.make_bins(*as_rows(sums)))

    def get_config(self):
        """The arguments of the constructor."""
        return {"num_bins": self.num_bins, **super().get_config()}


def add_to(variable, terms):
    """Adds to the state of a metric.

    Args:
        variable: `keras.Variable`.
        terms: NumPy array or tensor, of the variable's shape.

    Example:

    >>> variable = keras.Variable([1.0, 2.0])
    >>> add_to(variable, np.array([1.0, 0.0]))
    >>> variable.numpy().tolist()
    [2.0, 2.0]
    """
    if isinstance(terms, np.ndarray) and isinstance(
        variable.value, tf.Variable
    ):
        # One operation. Keras' own assign_add is an addition, a conversion
        # and an assignment, and takes eight times as long eagerly.
        tf.raw_ops.AssignAddVariableOp(
            resource=variable.value.handle,
            value=tf.constant(terms, variable.value.dtype),
        )
    else:
        variable.assign_add(terms)
