"""The end of a training that is good enough."""

import keras

from tfmixup.callbacks.monitor import Monitor
from tfmixup.keras_backend import require_tensorflow

__all__ = ["StopAtValue"]


class StopAtValue(keras.callbacks.Callback):
    """Ends the training after the first epoch that is good enough.

    The paper trains on ImageNet until 93 percent of the top-5 predictions are
    right (Section 3.4.1).

    Args:
        monitor: name of the logged value.
        value: float, at which training stops, and at what is better.
        mode: "max" if higher is better, "min" if lower is, "auto" to tell it
            from the name as Keras does: losses and errors go down.

    Raises:
        ValueError: for another mode, or "auto" for a name that does not say
            (such as `val_gap`); if the monitored value is not one number.
        KeyError: at the end of an epoch without the monitored value.

    Example:

    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse", metrics=["accuracy"])
    >>> stop = StopAtValue("accuracy", 0.0)
    >>> x = np.zeros([4, 2])
    >>> history = model.fit(x, x[:, :1], epochs=9, callbacks=[stop], verbose=0)
    >>> len(history.epoch)
    1
    """

    def __init__(self, monitor="val_top5", value=0.93, mode="auto"):
        require_tensorflow("StopAtValue")
        super().__init__()
        self.monitor = monitor
        self.value = float(value)
        self._monitor = Monitor(monitor, mode)
        self.mode = self._monitor.mode

    def on_epoch_end(self, epoch, logs=None):
        reached = self._monitor.read(logs)
        if reached == self.value or self._monitor.is_better(
            reached, than=self.value
        ):
            self.model.stop_training = True
