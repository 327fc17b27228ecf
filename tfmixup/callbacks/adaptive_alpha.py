"""Mixup that calibrates itself: alpha follows the calibration gap."""

import math

import keras

from tfmixup.callbacks.monitor import Monitor
from tfmixup.callbacks.validation_data import labelled_batches
from tfmixup.keras_backend import require_tensorflow
from tfmixup.predictions import predict_with_labels
from tfmixup.report.headline import gap_with_error

__all__ = ["AdaptiveAlpha"]


class AdaptiveAlpha(keras.callbacks.Callback):
    """Mixes more while a model is overconfident, and less when it is not.

    After each epoch the strength of a mixing stage moves with the gap, mean
    confidence - accuracy, on held-out data:

        log(alpha) += clip(gain * gap, -max_change, max_change)

    so that alpha comes to rest where the gap is 0. A gap that is smaller than
    its own standard error is noise and moves nothing. Alpha itself is the
    memory of the loop, and is kept within its bounds: nothing winds up while
    it stays at one of them.

    The gap is measured on `validation_data`, or is read from the logs, into
    which `CalibrationLogger` writes it. Held-out examples that steer alpha
    should not judge the model as well: choose the best epoch and the
    temperature on others.

    The strength of an epoch is written to its logs as `alpha`, for
    `history.csv` and TensorBoard if the callback stands before
    `CalibrationLogger` (it may: the logs are read when the next epoch
    begins). It is part of what a `tfmixup.backup.Backup` keeps.

    A new strength holds from the first step of the next epoch on, so each
    epoch must be a pass over the data of its own. That is how `fit` reads a
    dataset that has an end; `tfmixup.backup.fit` does it with
    `pass_per_epoch=True`. A dataset that is repeated, cached or mapped with
    `stage.mix` behind the stage ends the training with an error, since it
    would never see the new strength, or see it at a moment that chance
    decides.

    Args:
        stage: a mixing stage, made with a float alpha > 0, which is that of
            the first epoch.
        validation_data: held-out examples, never mixed, as of
            `CalibrationLogger`; None to read the logs.
        monitor: str, the gap in the logs, whose standard error is there as
            `{monitor}_se`. Used without validation_data.
        from_logits: whether the model's output is logits. Used with
            validation_data.
        gain: float > 0, change of log(alpha) for a gap of 1. Larger gains
            follow faster, and swing where training answers late.
        max_change: float > 0, the largest change of log(alpha) in an epoch.
        bounds: (low, high) floats, 0 < low < high.

    Raises:
        TypeError: a stage that is none; validation_data of another form.
        ValueError: a stage whose alpha is 0 or a schedule, or out of bounds; a
            gain, max_change or bounds out of range. In training: a pass over
            the data that is no epoch; a gap that is no finite number.
        KeyError: at the end of an epoch without the monitored value.
        RuntimeError: if Keras' backend is not TensorFlow.

    Example:

    >>> import numpy as np
    >>> import tensorflow as tf
    >>> from tfmixup.mixing import Mixup
    >>> keras.utils.set_random_seed(0)
    >>> x, y = np.random.default_rng(0).normal(size=[64, 2]), np.arange(64) % 2
    >>> stage = Mixup(alpha=0.3, num_classes=2, seed=7)
    >>> train = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(2)])
    >>> loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    >>> model.compile(keras.optimizers.SGD(1.0), loss)
    >>> adaptive = AdaptiveAlpha(stage, (x, y), from_logits=True)
    >>> history = model.fit(
    ...     train.apply(stage), epochs=3, callbacks=[adaptive], verbose=0)
    >>> history.history["alpha"][0], len(history.history["alpha"])
    (0.3, 3)
    """

    def __init__(
        self,
        stage,
        validation_data=None,
        *,
        monitor="val_gap",
        from_logits=False,
        gain=6.0,
        max_change=0.5,
        bounds=(0.01, 2.0),
    ):
        require_tensorflow("AdaptiveAlpha")
        super().__init__()
        self.gain = _positive("gain", gain)
        self.max_change = _positive("max_change", max_change)
        self.bounds = _checked_bounds(bounds)
        self.stage = _checked_stage(stage, self.bounds)
        self.monitor = monitor
        self.from_logits = from_logits
        self._gap = Monitor(monitor, "min")
        self._gap_error = Monitor(f"{monitor}_se", "min")
        self.validation_data = validation_data
        if validation_data is not None:
            self.validation_data = labelled_batches(validation_data)
        self._unread = None  # The logs of an epoch whose gap is not used yet.
        self._passes = None  # Begun before this epoch, until its first step.
        self._begun = False  # The first epoch of this training.

    def get_state(self):
        """What a backup has to keep: the strength of the next epoch."""
        self._follow_gap()
        return {"alpha": self.stage.alpha}

    def set_state(self, state):
        """Goes on from what `get_state` gave."""
        self._unread = None
        self.stage.strength.set(state["alpha"])

    def on_train_begin(self, logs=None):
        self._unread = self._passes = None
        self._begun = False

    def on_epoch_begin(self, epoch, logs=None):
        self._follow_gap()
        # Keras reads ahead of its first epoch to build the model.
        self._passes = self.stage.strength.passes if self._begun else None
        self._begun = True

    def on_train_batch_end(self, batch, logs=None):
        if self._passes is None:
            return
        if self.stage.strength.passes == self._passes:
            raise ValueError(
                "The new alpha reached no batch of this epoch: no pass over "
                "the data began with it. Give `fit` a dataset that ends with "
                "the epoch and is mixed by `dataset.apply(stage)`: no "
                "`repeat()`, `cache()` or `map(stage.mix)`; in "
                "`tfmixup.backup.fit`, `pass_per_epoch=True`."
            )
        self._passes = None

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        logs["alpha"] = self.stage.alpha
        if self.validation_data is not None:
            found = predict_with_labels(self.model, self.validation_data)
            gap, error = gap_with_error(
                found.labels,
                found.predictions,
                self.from_logits,
                found.sample_weight,
            )
            logs = {self.monitor: gap, f"{self.monitor}_se": error}
        # Callbacks behind this one may still write the gap.
        self._unread = logs

    def on_train_end(self, logs=None):
        self._follow_gap()

    def _follow_gap(self):
        """Sets the strength of the next epoch by the gap of the last one."""
        if self._unread is None:
            return
        gap = self._gap.read(self._unread)
        error = self._gap_error.read(self._unread)
        self._unread = None
        self.stage.strength.set(self.next_alpha(self.stage.alpha, gap, error))

    def next_alpha(self, alpha, gap, error=0.0):
        """The strength of the epoch after one with this gap.

        Args:
            alpha: float, the strength of the epoch.
            gap: float, mean confidence - accuracy behind it.
            error: float >= 0, the standard error of the gap.

        Returns:
            float, within the bounds.

        Raises:
            ValueError: if the gap or its error is no finite number.
        """
        if not (math.isfinite(gap) and math.isfinite(error)):
            raise ValueError(
                "The gap and its standard error must be finite. "
                f"Received: {self.monitor}={gap}, {self.monitor}_se={error}."
            )
        if abs(gap) <= error:
            return alpha
        limit = self.max_change
        change = min(max(self.gain * gap, -limit), limit)
        low, high = self.bounds
        return min(max(alpha * math.exp(change), low), high)


def _positive(name, value):
    value = float(value)
    if not 0 < value < math.inf:
        raise ValueError(
            f"`{name}` must be a number above 0. Received: {name}={value}."
        )
    return value


def _checked_bounds(bounds):
    low, high = (float(bound) for bound in bounds)
    if not 1e-30 <= low < high <= 1e30:
        raise ValueError(
            "`bounds` must be (low, high) with 0 < low < high. "
            f"Received: bounds={tuple(bounds)}."
        )
    return low, high


def _checked_stage(stage, bounds):
    strength = getattr(stage, "strength", None)
    if not hasattr(strength, "begin_pass"):
        raise TypeError(
            "`stage` must be a mixing stage, such as `Mixup(alpha=0.3)`. "
            f"Received: {type(stage).__name__}."
        )
    low, high = bounds
    alpha = stage.alpha
    if callable(alpha) or not low <= alpha <= high:
        raise ValueError(
            "`stage` must have a number within the bounds as its alpha. "
            f"Received: alpha={alpha!r}, bounds={bounds}."
        )
    return stage
