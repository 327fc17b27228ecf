"""Calibration on held-out data, epoch by epoch."""

import errno
import io
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf

from tfmixup import diagrams
from tfmixup.callbacks.epoch_table import as_cell
from tfmixup.callbacks.epoch_table import EpochTable
from tfmixup.callbacks.validation_data import labelled_batches
from tfmixup.distribution import worker_of
from tfmixup.keras_backend import require_tensorflow
from tfmixup.metrics import bins as bins_lib
from tfmixup.predictions import predict_batches
from tfmixup.predictions import predict_with_labels
from tfmixup.report.headline import gap_with_error
from tfmixup.report.headline import headline_scores
from tfmixup.tensorboard import summary
from tfmixup.tensorboard.writer import EventWriter

__all__ = ["CalibrationLogger"]

# Enough examples to tell probabilities from logits before a training begins.
_FIRST_LOOK = 32


class CalibrationLogger(keras.callbacks.Callback):
    """Measures calibration on held-out data at the end of each epoch.

    Adds `val_accuracy`, `val_ece`, `val_oe`, `val_nll`, `val_brier`,
    `val_gap` (mean confidence - accuracy) and `val_gap_se` (the standard
    error of the gap) to the epoch's logs, writes them
    with the epoch's other logs to `history.csv`, and to TensorBoard together
    with the bins, for its calibration plugin, and the reliability diagram.
    Put it before callbacks that monitor one of these values. Of several
    workers each measures its own part of the data and all get the result; the
    chief writes.

    Logs of other callbacks may be anything: an array stands in its cell as
    text, and TensorBoard gets the numbers. A disk that fills up costs no
    training: rows that could not be written are written later.

    Args:
        validation_data: held-out examples, never mixed: (features, labels) or
            (features, labels, weights) of arrays, tensors or pandas tables,
            where features may be a dict, list or tuple of them; a
            `tf.data.Dataset` of batches of these, with an end; or a
            `keras.utils.PyDataset`. Weights count in every score.
        log_dir: str or path; gets `history.csv`, `bins.csv` (the confidence
            bins of each epoch) and, under `calibration/`, the TensorBoard
            events (not under `validation/`, where Keras' own
            callback writes: TensorBoard can lose events of two writers).
        num_bins: int >= 1.
        from_logits: whether the model's output is logits. A model with one
            output unit gives the probability, or the logit, of class 1.
        diagram_every: int, a reliability diagram is drawn every so many
            epochs (and never if 0).
        top_k: int, adds `val_top{k}`, the part of the examples whose label is
            among the k highest scores; None adds nothing.

    Raises:
        TypeError: if validation_data are none of these.
        ValueError: if they have no labels, no end or shapes that do not fit
            one another; num_bins or top_k < 1. When the training begins, and
            after an epoch: if the model cannot read them, or its predictions
            are not what `from_logits` says, or NaN.
        OSError: if log_dir is no directory that can be written to.
        RuntimeError: if Keras' backend is not TensorFlow.

    Example:

    >>> model = keras.Sequential(
    ...     [keras.Input([2]), keras.layers.Dense(3, activation="softmax")])
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> x, y = tf.zeros([8, 2]), tf.zeros([8], tf.int32)
    >>> logger = CalibrationLogger((x, y), tempfile.mkdtemp(), diagram_every=0)
    >>> history = model.fit(x, y, callbacks=[logger], verbose=0)
    >>> sorted(key for key in history.history if key.startswith("val_"))
    ['val_accuracy', 'val_brier', 'val_ece', 'val_gap', 'val_gap_se',
     'val_nll', 'val_oe']
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
        require_tensorflow("CalibrationLogger")
        super().__init__()
        self.num_bins = bins_lib.check_num_bins(num_bins)
        self.from_logits = from_logits
        self.diagram_every = bins_lib.check_num_bins(
            diagram_every, "diagram_every", least=0
        )
        if top_k is not None:
            top_k = bins_lib.check_num_bins(top_k, "top_k")
        self.top_k = top_k
        self.validation_data = labelled_batches(validation_data)
        self.log_dir = _writable(log_dir)
        self._history = EpochTable(self.log_dir / "history.csv")
        self._bins = EpochTable(self.log_dir / "bins.csv")
        self._writer = None
        self._begun = False

    @property
    def history_path(self):
        """Path of the table of all epochs, a row each."""
        return self._history.path

    @property
    def bins_path(self):
        """Path of the table of the bins of all epochs, a row a bin."""
        return self._bins.path

    def get_state(self):
        """What a backup has to keep: the rows of both tables."""
        return {"history": self._history.rows, "bins": self._bins.rows}

    def set_state(self, state):
        """Goes on from what `get_state` gave."""
        self._history.rows = state["history"]
        self._bins.rows = state["bins"]

    def on_train_begin(self, logs=None):
        self._begun = False
        self._look_at_first_batches()

    def on_epoch_begin(self, epoch, logs=None):
        if self._begun:
            return
        # A backup has set the rows by now, if there is one.
        self._begun = True
        for table in (self._history, self._bins):
            if epoch > 0 and not table.rows:
                table.read(epoch)

    def on_epoch_end(self, epoch, logs=None):
        found = predict_with_labels(self.model, self.validation_data)
        try:
            bins, measured = self._measure(found)
        except ValueError as error:
            raise ValueError(
                f"After epoch {epoch} (the first is 0), on the validation "
                f"data: {error}"
            ) from error
        if logs is None:
            logs = {}
        logs.update({f"val_{name}": value for name, value in measured.items()})
        cells = {str(name): as_cell(value) for name, value in logs.items()}
        self._history.put(epoch, [cells])
        columns = {
            name: field.tolist() for name, field in bins._asdict().items()
        }
        self._bins.put(
            epoch,
            [
                dict(zip(columns, row, strict=True))
                for row in zip(*columns.values(), strict=True)
            ],
        )
        if worker_of(self.model.distribute_strategy).is_chief:
            self._history.write()
            self._bins.write()
            self._write_events(epoch, cells, bins)

    def on_train_end(self, logs=None):
        if worker_of(self.model.distribute_strategy).is_chief:
            # There may be room again, or a backup have set the rows.
            self._history.write()
            self._bins.write()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _measure(self, found):
        arguments = (
            found.labels,
            found.predictions,
            self.num_bins,
            self.from_logits,
            found.sample_weight,
        )
        bins = bins_lib.bins_of(*arguments)
        measured = headline_scores(*arguments, self.top_k)
        _, measured["gap_se"] = gap_with_error(
            found.labels,
            found.predictions,
            self.from_logits,
            found.sample_weight,
        )
        return bins, measured

    def _look_at_first_batches(self):
        """Finds what cannot work before an epoch is spent on it."""
        some, examples = [], 0
        for batch in self.validation_data:
            some.append(batch)
            examples += len(batch[1])
            if examples >= _FIRST_LOOK:
                break
        if not some and worker_of(self.model.distribute_strategy).count > 1:
            return  # Fewer batches than workers.
        try:
            found = predict_batches(self.model, some)
            weights = found.sample_weight
            if weights is None or weights.any():
                self._refuse_sigmoid_as_logits(found.predictions)
                self._measure(found)
        except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
            raise ValueError(
                f"Before the first epoch, on `validation_data`: {error}"
            ) from error

    def _refuse_sigmoid_as_logits(self, predictions):
        """Untrained, one unit shows too little; its layer shows the rest."""
        layer = self.model.layers[-1] if self.model.layers else None
        sigmoid = (
            getattr(layer, "activation", None) is keras.activations.sigmoid
        )
        inside = np.all((predictions >= 0) & (predictions <= 1))
        if self.from_logits and sigmoid and inside:
            raise ValueError(
                "`predictions` are no logits: the model ends with a sigmoid. "
                "Received: from_logits=True. Pass from_logits=False."
            )

    def _write_events(self, epoch, cells, bins):
        if self._writer is None:
            self._writer = EventWriter(self.log_dir / "calibration")
        with self._writer.at(epoch):
            for name, value in cells.items():
                if value is not None and not isinstance(value, str):
                    tf.summary.scalar(name, value)
            # What the calibration plugin of TensorBoard shows.
            summary.calibration("validation", bins, nll=cells["val_nll"])
            if self.diagram_every and epoch % self.diagram_every == 0:
                tf.summary.image("reliability", _as_image(bins))


def _writable(directory):
    """The directory, made if it is not there; it can be written to."""
    path = pathlib.Path(directory).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OSError(
            error.errno or errno.EIO,
            "`log_dir` must be a directory that can be written to "
            f"({error.strerror}). Received",
            str(path),
        ) from error
    return path


def _as_image(bins):
    """The reliability diagram as a uint8 tensor `[1, h, w, 4]`."""
    png = io.BytesIO()
    diagrams.plot_reliability(bins).savefig(png, format="png", dpi=80)
    return tf.image.decode_png(png.getvalue(), channels=4)[None]
