"""The weights of the best epoch, kept and brought back."""

import hashlib
import io
import json
import math
import pathlib

import keras
import numpy as np

from tfmixup.callbacks.monitor import Monitor
from tfmixup.distribution import wait_for_all
from tfmixup.distribution import worker_of
from tfmixup.files import new_file
from tfmixup.keras_backend import require_tensorflow

__all__ = ["BestWeights"]


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the best epoch, and restores them at the end.

    Unlike `keras.callbacks.ModelCheckpoint` it refuses a monitored value that
    is missing or NaN (Keras then saves every epoch, or none ever again), and
    a crash or a full disk while it writes leaves the previous best file
    whole. A `tfmixup.backup.Backup` keeps the best weights with its checksum.
    Of several workers the chief writes, and all restore.

    Args:
        directory: str or path, shared by all workers; gets `best.weights.h5`
            and `best.json`.
        monitor: name of the logged value.
        mode: "max" if higher is better, "min" if lower is, "auto" to tell it
            from the name as Keras does: losses and errors go down.

    Raises:
        KeyError: at the end of an epoch without the monitored value.
        ValueError: for another mode, or "auto" for a name that does not say
            (such as `val_gap`); if the monitored value is NaN, or not one
            number.
        RuntimeError: if Keras' backend is not TensorFlow.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> best = BestWeights(tempfile.mkdtemp(), monitor="loss")
    >>> x = np.zeros([4, 2])
    >>> _ = model.fit(x, x[:, :1], epochs=2, callbacks=[best], verbose=0)
    >>> best.mode, best.best_epoch
    ('min', 0)
    """

    def __init__(self, directory, monitor="val_accuracy", mode="auto"):
        require_tensorflow("BestWeights")
        super().__init__()
        self.directory = pathlib.Path(directory).expanduser()
        self.monitor = monitor
        self._monitor = Monitor(monitor, mode)
        self.mode = self._monitor.mode
        self.best = None
        self.best_epoch = None
        self._weights = None

    @property
    def weights_path(self):
        """Path of the weights of the best epoch."""
        return self.directory / "best.weights.h5"

    @property
    def _json_path(self):
        return self.directory / "best.json"

    def get_state(self):
        """What a backup has to keep: the best value, its epoch and weights."""
        weights = self._weights
        if weights is not None:
            weights = np.frombuffer(weights, np.uint8)
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "weights": weights,
        }

    def set_state(self, state):
        """Goes on from what `get_state` gave."""
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        weights = state["weights"]
        self._weights = None if weights is None else weights.tobytes()

    def resume(self):
        """Goes on from the best epoch of a training without backups.

        Raises:
            ValueError: if the files are those of another monitored value, or
                damaged.
        """
        if not self._json_path.exists() and not self.weights_path.exists():
            return
        remedy = (
            f"Remove both files of {self.directory}, and the best of the "
            "epochs to come is kept; or pass another directory."
        )
        try:
            best = json.loads(self._json_path.read_text(encoding="utf-8"))
            there = best["monitor"], best["mode"]
            value, epoch = float(best["value"]), int(best["epoch"])
            weights = self.weights_path.read_bytes()
            whole = best["sha256"] == hashlib.sha256(weights).hexdigest()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{self._json_path} or {self.weights_path.name} is missing or "
                f"damaged ({type(error).__name__}: {error}). {remedy}"
            ) from error
        if not whole:
            raise ValueError(
                f"{self.weights_path} is damaged: it is not the file that "
                f"{self._json_path.name} tells of. {remedy}"
            )
        if there != (self.monitor, self.mode):
            raise ValueError(
                f"{self._json_path} is of another monitored value. Received: "
                f"{there} there, {(self.monitor, self.mode)} here. {remedy}"
            )
        self.best, self.best_epoch, self._weights = value, epoch, weights

    def on_epoch_end(self, epoch, logs=None):
        value = self._monitor.read(logs)
        if math.isnan(value):
            raise ValueError(
                f"The monitored value {self.monitor!r} is NaN at epoch "
                f"{epoch}: no epoch can be called the best."
            )
        if self._monitor.is_better(value, than=self.best):
            self.best, self.best_epoch = value, epoch
            if worker_of(self.model.distribute_strategy).is_chief:
                self._weights = _weights_of(self.model)
                self._write()

    def on_train_end(self, logs=None):
        if self.best_epoch is None:
            return
        strategy = self.model.distribute_strategy
        chief = worker_of(strategy).is_chief
        if chief and not self._is_written():
            self._write()
        # The chief may still be writing.
        wait_for_all(strategy)
        weights = self._weights if chief else self.weights_path.read_bytes()
        self.model.load_weights(_InMemory(weights))

    def _is_written(self):
        """Whether the files are there as they were written."""
        try:
            return (
                self.weights_path.read_bytes() == self._weights
                and self._json_path.read_text(encoding="utf-8") == self._text()
            )
        except (OSError, ValueError):
            return False

    def _write(self):
        # The weights first: if the process dies between the two, the digest
        # tells that they do not belong together.
        with new_file(self.weights_path) as temporary:
            temporary.write_bytes(self._weights)
        with new_file(self._json_path) as temporary:
            temporary.write_text(self._text(), encoding="utf-8")

    def _text(self):
        best = {
            "monitor": self.monitor,
            "mode": self.mode,
            "value": self.best,
            "epoch": self.best_epoch,
            "sha256": hashlib.sha256(self._weights).hexdigest(),
        }
        return json.dumps(best)


class _InMemory(io.BytesIO):
    """A weights file that Keras writes and reads without a disk.

    HDF5 ends the process with a segmentation fault when the disk is full.
    """

    def __str__(self):
        return "in_memory.weights.h5"  # Keras tells the format by the name.


def _weights_of(model):
    """The content of a weights file of a model, as bytes."""
    file = _InMemory()
    model.save_weights(file)
    return file.getvalue()
