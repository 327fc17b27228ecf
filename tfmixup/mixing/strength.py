"""The strength of a stage: fixed, a schedule of the epoch, or adapted.

A strength is read at the beginning of a pass over the data and holds for the
whole pass, however far the pipeline reads ahead of the training.
"""

import numpy as np
import tensorflow as tf

from tfmixup.mixing.coefficient import check_alpha

__all__ = ["Strength"]


class Strength:
    """The alpha of each pass over the data, and how many passes have begun.

    Args:
        alpha: float >= 0; or a schedule, a function from the number of the
            epoch (0 is the first) to such a float.

    Raises:
        ValueError: alpha that is neither, or a schedule whose first value is
            no alpha.
    """

    def __init__(self, alpha):
        self.schedule = alpha if callable(alpha) else None
        # A schedule that gives nonsense fails here, not in the pipeline.
        self._value = check_alpha(self.schedule(0) if self.schedule else alpha)
        self._variables = None

    @property
    def is_off(self):
        """Whether no pass ever mixes, which is known when a graph is built."""
        return self.schedule is None and self._value == 0

    @property
    def value(self):
        """The alpha of passes that begin now; of a schedule, its first one."""
        return self._value

    @property
    def passes(self):
        """How many passes over the data have begun."""
        return 0 if self._variables is None else int(self._variables[1])

    def set(self, alpha):
        """Sets the alpha of all passes that begin from now on.

        Args:
            alpha: float > 0.

        Raises:
            ValueError: another alpha; a strength that follows a schedule, or
                that was made with alpha 0, whose graphs hold no mixing.
        """
        value = check_alpha(alpha)
        if self.schedule is not None or self._value == 0 or value == 0:
            raise ValueError(
                "Only a stage that was made with a number above 0 as `alpha` "
                "can be adapted, to another number above 0. Received: "
                f"alpha={alpha!r} for a stage with "
                f"alpha={self.schedule or self._value!r}."
            )
        self._value = value
        if self._variables is not None:
            self._variables[0].assign(value)

    def begin_pass(self):
        """The alpha of a pass that begins; for the graph of a dataset.

        Returns:
            float32 scalar tensor.
        """
        value, passes = self._made()
        number = passes.assign_add(1) - 1
        if self.schedule is None:
            return tf.identity(value)
        return self.of_epoch(number)

    def of_epoch(self, epoch):
        """The alpha that a schedule gives an epoch; for graphs.

        Args:
            epoch: int64 scalar tensor.

        Returns:
            float32 scalar tensor.
        """

        def scheduled(number):
            return np.float32(check_alpha(self.schedule(int(number))))

        alpha = tf.numpy_function(scheduled, [epoch], tf.float32)
        return tf.ensure_shape(alpha, [])

    def _made(self):
        if self._variables is None:
            # Outside of any graph or strategy that is being built.
            with tf.init_scope(), tf.device("CPU:0"):
                self._variables = (
                    tf.Variable(self._value, dtype=tf.float32, trainable=False),
                    tf.Variable(0, dtype=tf.int64, trainable=False),
                )
        return self._variables
