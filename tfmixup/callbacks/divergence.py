"""The end of a training whose loss is no number any more."""

import math

import keras

from tfmixup.keras_backend import require_tensorflow

__all__ = ["StopOnDivergence", "TrainingDiverged"]


class TrainingDiverged(FloatingPointError):
    """The loss became NaN or infinite."""


class StopOnDivergence(keras.callbacks.Callback):
    """Raises `TrainingDiverged` as soon as the loss is NaN or infinite.

    Training on after that only destroys the weights, and a run that "ends
    normally" with NaN weights looks like a finished one.
    """

    def __init__(self):
        require_tensorflow("StopOnDivergence")
        super().__init__()

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            raise TrainingDiverged(
                f"The training loss is {float(loss)} after batch {batch} of "
                "this epoch. Lower the learning rate, or check the data for "
                "NaN. The weights of the best epoch so far are kept."
            )
