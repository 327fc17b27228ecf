"""Learning rate schedules: pure functions of the step.

The rate depends on the step and on nothing that was computed before it, so a
run that is resumed at any step has the rate that the unbroken run has there.
"""

import math
import numbers

import keras
import tensorflow as tf

from tfmixup.keras_backend import require_tensorflow

__all__ = ["LargeBatchSchedule", "StepSchedule"]


def __dir__():
    return __all__


@keras.saving.register_keras_serializable(package="tfmixup")
class StepSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """The paper's schedule: lowered at 60, 120 and 160 of 200 epochs.

    With another number of epochs the three boundaries move in proportion
    (30 %, 60 % and 80 % of the run, which may be inside an epoch). Epochs
    count from 0: epoch 60 is the first with the lower rate.

    The paper's sentence is "an initial learning rate of 0.1 halved at 2 at
    60,120 and 160 epochs" (Section 3.1). The word is taken as it stands,
    `factor=0.5`. Dividing by 5 at the same epochs (`factor=0.2`) is common on
    CIFAR and is what an independent reproduction of the paper does.

    Args:
        learning_rate: float > 0, the rate of the first step.
        steps_per_epoch: int >= 1, optimizer steps in an epoch. Of a finite
            batched dataset it is `int(dataset.cardinality())`.
        epochs: int >= 1, epochs of the whole run.
        factor: float in (0, 1], by which the rate is multiplied at each of
            the three boundaries.

    Raises:
        ValueError: if an argument is out of its range.

    Example:

    >>> schedule = StepSchedule(0.1, steps_per_epoch=100)
    >>> for step in (0, 5999, 6000, 16000):
    ...     print(round(float(schedule(step)), 4))
    0.1
    0.1
    0.05
    0.0125
    >>> optimizer = keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True)
    """

    _EPOCHS = 200
    _BOUNDARIES = (60, 120, 160)

    def __init__(
        self, learning_rate=0.1, *, steps_per_epoch, epochs=200, factor=0.5
    ):
        require_tensorflow("StepSchedule")
        self.learning_rate = _checked_rate("learning_rate", learning_rate)
        self.steps_per_epoch = _checked_steps(steps_per_epoch)
        self.epochs = _checked_count("epochs", epochs)
        self.factor = _checked_factor(factor)
        self._boundaries = _boundary_steps(
            self._BOUNDARIES, self._EPOCHS, self.epochs, self.steps_per_epoch
        )

    def __call__(self, step):
        return _stepped(step, self.learning_rate, self.factor, self._boundaries)

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "steps_per_epoch": self.steps_per_epoch,
            "epochs": self.epochs,
            "factor": self.factor,
        }


@keras.saving.register_keras_serializable(package="tfmixup")
class LargeBatchSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """Goyal et al.: linear scaling, gradual warm-up, steps at 30, 60 and 80.

    The rate is proportional to the global batch: 0.1 for 256 images. A
    network does not stand a large rate at its start, so over the first 5 of
    90 epochs the rate grows by the same amount at every step, from 0.1 to
    the scaled rate; then it is divided by 10 at epochs 30, 60 and 80. With
    another number of epochs all of these move in proportion. A batch of 256
    or less has nothing to warm up to and starts at its own rate.

    The paper's ImageNet runs use this schedule (Section 3.4.1).

    Args:
        batch_size: int >= 1, images in a step over all replicas and workers.
        steps_per_epoch: int >= 1, optimizer steps in an epoch.
        epochs: int >= 1, epochs of the whole run.
        base_learning_rate: float > 0, the rate for `base_batch_size` images.
        base_batch_size: int >= 1.
        factor: float in (0, 1], by which the rate is multiplied at each of
            the three boundaries.

    Raises:
        ValueError: if an argument is out of its range.

    Example:

    >>> schedule = LargeBatchSchedule(8192, steps_per_epoch=156)
    >>> for epoch in (0, 5, 29, 30, 60, 80):
    ...     print(round(float(schedule(156 * epoch)), 4))
    0.1
    3.2
    3.2
    0.32
    0.032
    0.0032

    Reference: Goyal et al., 2017, Sections 2.1, 2.2 and 5.1,
    https://arxiv.org/abs/1706.02677
    """

    _EPOCHS = 90
    _WARM_UP = 5
    _BOUNDARIES = (30, 60, 80)

    def __init__(
        self,
        batch_size,
        *,
        steps_per_epoch,
        epochs=90,
        base_learning_rate=0.1,
        base_batch_size=256,
        factor=0.1,
    ):
        require_tensorflow("LargeBatchSchedule")
        self.batch_size = _checked_count("batch_size", batch_size)
        self.steps_per_epoch = _checked_steps(steps_per_epoch)
        self.epochs = _checked_count("epochs", epochs)
        self.base_learning_rate = _checked_rate(
            "base_learning_rate", base_learning_rate
        )
        self.base_batch_size = _checked_count(
            "base_batch_size", base_batch_size
        )
        self.factor = _checked_factor(factor)
        warm_up, *self._boundaries = _boundary_steps(
            (self._WARM_UP, *self._BOUNDARIES),
            self._EPOCHS,
            self.epochs,
            self.steps_per_epoch,
        )
        self._warm_up_steps = warm_up

    def __call__(self, step):
        peak = self.base_learning_rate * self.batch_size / self.base_batch_size
        start = min(self.base_learning_rate, peak)
        rate = _stepped(step, peak, self.factor, self._boundaries)
        # Half precision counts to no more than 2048 steps.
        done = tf.cast(step, tf.float32) / self._warm_up_steps
        warming = tf.cast(start + (peak - start) * done, rate.dtype)
        return tf.where(done < 1, warming, rate)

    def get_config(self):
        return {
            "batch_size": self.batch_size,
            "steps_per_epoch": self.steps_per_epoch,
            "epochs": self.epochs,
            "base_learning_rate": self.base_learning_rate,
            "base_batch_size": self.base_batch_size,
            "factor": self.factor,
        }


def _boundary_steps(boundaries, of_epochs, epochs, steps_per_epoch):
    """First steps at or after each boundary, in integers: exact."""
    total = epochs * steps_per_epoch
    return [-(-boundary * total // of_epochs) for boundary in boundaries]


def _stepped(step, rate, factor, boundaries):
    """`rate * factor ** (number of boundaries reached)`."""
    # A table, so that a rate does not depend on how a device does powers.
    rates = [rate * factor**i for i in range(len(boundaries) + 1)]
    reached = tf.cast(step, tf.int64) >= tf.constant(boundaries, tf.int64)
    index = tf.reduce_sum(tf.cast(reached, tf.int32))
    return tf.gather(tf.constant(rates, keras.config.floatx()), index)


def _checked_steps(steps_per_epoch):
    try:
        return _checked_count("steps_per_epoch", steps_per_epoch)
    except ValueError as error:
        raise ValueError(
            f"{error} A dataset of unknown or infinite cardinality has no "
            "epoch of its own: pass the number that `fit` is given."
        ) from None


def _checked_count(name, value):
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Integral)
        or value < 1
    ):
        raise ValueError(
            f"`{name}` must be an integer >= 1. Received: {name}={value!r}."
        )
    return int(value)


def _checked_rate(name, value):
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        or not 0 < value < math.inf
    ):
        raise ValueError(
            f"`{name}` must be a finite number > 0. Received: {name}={value!r}."
        )
    return float(value)


def _checked_factor(factor):
    if (
        isinstance(factor, bool)
        or not isinstance(factor, numbers.Real)
        or not 0 < factor <= 1
    ):
        raise ValueError(
            "`factor` must be in (0, 1]; the rate is multiplied by it. "
            f"Received: factor={factor!r}. To divide the rate by 5, pass 0.2."
        )
    return float(factor)
