"""Keras callbacks: calibration epoch by epoch, the best epoch, divergence."""

import io
import json
import math
import pathlib

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from tfmixup import diagrams
from tfmixup.distribution import wait_for_all
from tfmixup.distribution import worker_of
from tfmixup.files import new_file
from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import example_scores
from tfmixup.metrics import scores
from tfmixup.predictions import predict_with_labels
from tfmixup.tensorboard import summary
from tfmixup.tensorboard.writer import EventWriter

__all__ = [
    "BestWeights",
    "CalibrationLogger",
    "StopAtValue",
    "StopOnDivergence",
    "TrainingDiverged",
]


class TrainingDiverged(FloatingPointError):
    """The loss became NaN or infinite."""


class StopOnDivergence(keras.callbacks.Callback):
    """Raises `TrainingDiverged` as soon as the loss is NaN or infinite.

    Training on after that only destroys the weights, and a run that "ends
    normally" with NaN weights looks like a finished one.
    """

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            raise TrainingDiverged(
                f"The training loss is {float(loss)} after batch {batch} of "
                "this epoch. Lower the learning rate, or check the data for "
                "NaN. The weights of the best epoch so far are kept."
            )


class StopAtValue(keras.callbacks.Callback):
    """Ends the training after the first epoch that is good enough.

    The paper trains on ImageNet until 93 percent of the top-5 predictions are
    right (Section 3.4.1).

    Args:
        monitor: name of the logged value; higher is better.
        value: float, at which or above which training stops.

    Raises:
        KeyError: at the end of an epoch without the monitored value.

    Example:

    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse", metrics=["accuracy"])
    >>> stop = StopAtValue("accuracy", 0.0)
    >>> x = tf.zeros([4, 2])
    >>> history = model.fit(x, x[:, :1], epochs=9, callbacks=[stop], verbose=0)
    >>> len(history.epoch)
    1
    """

    def __init__(self, monitor="val_top5", value=0.93):
        super().__init__()
        self.monitor = monitor
        self.value = float(value)

    def on_epoch_end(self, epoch, logs=None):
        if _monitored(logs, self.monitor) >= self.value:
            self.model.stop_training = True


class CalibrationLogger(keras.callbacks.Callback):
    """Measures calibration on held-out data at the end of each epoch.

    Adds `val_accuracy`, `val_ece`, `val_oe`, `val_nll`, `val_brier` and
    `val_gap` (mean confidence - accuracy) to the epoch's logs, writes them
    with the epoch's other logs to `history.csv`, and to TensorBoard together
    with the bins, for its calibration plugin, and the reliability diagram.
    Put it before callbacks that monitor one of these values. Of several
    workers each measures its own part of the data and all get the result; the
    chief writes.

    Args:
        validation_data: `tf.data.Dataset` of batches (features, labels), or a
            pair of arrays; held out, and never mixed.
        log_dir: str or path; gets `history.csv`, `bins.csv` (the confidence
            bins of each epoch) and, under `calibration/`, the TensorBoard
            events (not under `validation/`, where Keras' own
            callback writes: TensorBoard can lose events of two writers).
        num_bins: int >= 1.
        from_logits: whether the model's output is logits.
        diagram_every: a reliability diagram is drawn every so many epochs
            (and never if 0).
        top_k: int, adds `val_top{k}`, the part of the examples whose label is
            among the k highest scores; None adds nothing.

    Raises:
        ValueError: num_bins < 1; predictions that are no probabilities; a
            top_k below 1.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential(
    ...     [keras.Input([2]), keras.layers.Dense(3, activation="softmax")])
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> x, y = tf.zeros([8, 2]), tf.zeros([8], tf.int32)
    >>> logger = CalibrationLogger((x, y), tempfile.mkdtemp(), diagram_every=0)
    >>> history = model.fit(x, y, callbacks=[logger], verbose=0)
    >>> sorted(key for key in history.history if key.startswith("val_"))
    ['val_accuracy', 'val_brier', 'val_ece', 'val_gap', 'val_nll', 'val_oe']
    """

    def __init__(
        self,
        validation_data,
        log_dir,
        num_bins=15,
        *,
        from_logits=False,
        diagram_every=1,
        top_k=None,
    ):
        super().__init__()
        if top_k is not None and top_k < 1:
            raise ValueError(
                f"`top_k` must be 1 or more, or None. Received: top_k={top_k}."
            )
        if not isinstance(validation_data, tf.data.Dataset):
            validation_data = tf.data.Dataset.from_tensor_slices(
                tuple(validation_data)
            ).batch(256)
        self.validation_data = validation_data
        self.log_dir = pathlib.Path(log_dir)
        self.num_bins = bins_lib.check_num_bins(num_bins)
        self.from_logits = from_logits
        self.diagram_every = diagram_every
        self.top_k = top_k
        self._writer = None

    @property
    def history_path(self):
        """Path of the table of all epochs, a row each."""
        return self.log_dir / "history.csv"

    @property
    def bins_path(self):
        """Path of the table of the bins of all epochs, a row a bin."""
        return self.log_dir / "bins.csv"

    def on_epoch_end(self, epoch, logs=None):
        predictions, labels = predict_with_labels(
            self.model, self.validation_data
        )
        bins = bins_lib.bins_of(
            labels, predictions, self.num_bins, self.from_logits
        )
        measured = summarise(
            bins, labels, predictions, self.from_logits, self.top_k
        )
        if logs is None:
            logs = {}
        logs.update({f"val_{name}": value for name, value in measured.items()})
        if not worker_of(self.model.distribute_strategy).is_chief:
            return
        self._write_table(self.history_path, epoch, pd.DataFrame([logs]))
        self._write_table(self.bins_path, epoch, pd.DataFrame(bins._asdict()))
        self._write_events(epoch, logs, bins)

    def on_train_end(self, logs=None):
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _write_table(self, path, epoch, rows):
        """Puts the rows of an epoch behind those of the epochs before it."""
        rows.insert(0, "epoch", epoch)
        if epoch > 0 and path.exists():
            # A run that resumes repeats epochs that it had not backed up.
            before = pd.read_csv(path)
            rows = pd.concat([before[before["epoch"] < epoch], rows])
        with new_file(path) as temporary:
            rows.to_csv(temporary, index=False)

    def _write_events(self, epoch, logs, bins):
        if self._writer is None:
            self._writer = EventWriter(self.log_dir / "calibration")
        with self._writer.at(epoch):
            for name, value in logs.items():
                tf.summary.scalar(name, value)
            # What the calibration plugin of TensorBoard shows.
            summary.calibration("validation", bins, nll=logs["val_nll"])
            if self.diagram_every and epoch % self.diagram_every == 0:
                tf.summary.image("reliability", _as_image(bins))


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the best epoch, and restores them at the end.

    Unlike `keras.callbacks.ModelCheckpoint` it refuses a monitored value that
    is missing or NaN (Keras then saves every epoch, or none ever again), and
    a crash while it writes leaves the previous best file whole. Of several
    workers the chief writes, and all restore.

    Args:
        directory: str or path, shared by all workers; gets `best.weights.h5`
            and `best.json`.
        monitor: name of the logged value; higher is better.

    Raises:
        KeyError: at the end of an epoch without the monitored value.
        ValueError: if the monitored value is NaN.
    """

    def __init__(self, directory, monitor="val_accuracy"):
        super().__init__()
        self.directory = pathlib.Path(directory)
        self.monitor = monitor
        self.best = -math.inf
        self.best_epoch = None

    @property
    def weights_path(self):
        """Path of the weights of the best epoch."""
        return self.directory / "best.weights.h5"

    def resume(self):
        """Goes on from the best epoch of the run that this one continues."""
        path = self.directory / "best.json"
        if path.exists():
            best = json.loads(path.read_text())
            self.best, self.best_epoch = best["value"], best["epoch"]

    def on_epoch_end(self, epoch, logs=None):
        value = _monitored(logs, self.monitor)
        if math.isnan(value):
            raise ValueError(
                f"The monitored value {self.monitor!r} is NaN at epoch "
                f"{epoch}: no epoch can be called the best."
            )
        if value > self.best:
            self.best, self.best_epoch = value, epoch
            if not worker_of(self.model.distribute_strategy).is_chief:
                return
            # The weights first: if the process dies between the two, the
            # repeated epoch is the best once more and writes both again.
            with new_file(self.weights_path) as temporary:
                self.model.save_weights(temporary)
            with new_file(self.directory / "best.json") as temporary:
                best = {"monitor": self.monitor, "value": value, "epoch": epoch}
                temporary.write_text(json.dumps(best))

    def on_train_end(self, logs=None):
        # The chief may still be writing.
        wait_for_all(self.model.distribute_strategy)
        if self.best_epoch is not None:
            self.model.load_weights(self.weights_path)


def summarise(bins, labels, predictions, from_logits, top_k=None):
    """The scores that every epoch and every record reports.

    Args:
        bins: `Bins` of the predictions.
        labels: as in `tfmixup.metrics.bins.bins_of`.
        predictions: float `[n, num_classes]`.
        from_logits: whether the predictions are logits.
        top_k: see `CalibrationLogger`.

    Returns:
        dict of Python floats: accuracy, ece, oe, nll (nats), brier, gap (mean
        confidence - accuracy), top{k} if asked for. All but nll are fractions,
        not percents.
    """
    measured = {
        "accuracy": scores.accuracy(bins),
        "ece": scores.expected_calibration_error(bins),
        "oe": scores.overconfidence_error(bins),
        "nll": example_scores.negative_log_likelihood(
            labels, predictions, from_logits
        ),
        "brier": example_scores.brier_score(labels, predictions, from_logits),
        "gap": scores.confidence_gap(bins),
    }
    if top_k is not None:
        measured[f"top{top_k}"] = _top_k_accuracy(labels, predictions, top_k)
    return {name: float(value) for name, value in measured.items()}


def _top_k_accuracy(labels, predictions, k):
    """Part of the labels that fewer than k scores exceed."""
    labels = np.asarray(labels)
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    own = np.take_along_axis(predictions, labels[:, None].astype(int), axis=1)
    return np.mean(np.sum(predictions > own, axis=1) < k)


def _monitored(logs, name):
    logs = logs or {}
    if name not in logs:
        raise KeyError(
            f"`monitor` must be a logged value. Received: monitor={name!r}, "
            f"logged: {sorted(logs)}. Put the callback that logs it before "
            "this one."
        )
    return float(logs[name])


def _as_image(bins):
    """The reliability diagram as a uint8 tensor `[1, h, w, 4]`."""
    png = io.BytesIO()
    diagrams.plot_reliability(bins).savefig(png, format="png", dpi=80)
    return tf.image.decode_png(png.getvalue(), channels=4)[None]
