"""`fit` that can start in the middle of an epoch."""

import keras
import tensorflow as tf

__all__ = ["fit"]


def fit(
    model,
    make_stream,
    backup,
    *,
    epochs,
    steps_per_epoch,
    callbacks=(),
    pass_per_epoch=False,
    verbose="auto",
):
    """Trains a model with `Model.fit` from where its last backup is.

    Args:
        model: compiled and built `keras.Model`.
        make_stream: function (first_step) -> endless dataset whose first
            batch is that of the global step `first_step`.
        backup: `Backup`.
        epochs: int >= 1, of the whole run.
        steps_per_epoch: int >= 1.
        callbacks: list of `keras.callbacks.Callback`; `backup` comes after
            them.
        pass_per_epoch: bool, makes a new stream for each epoch. A mixing
            stage whose alpha a callback adapts needs it; it costs the start
            of a pipeline an epoch.
        verbose: as in `Model.fit`.

    Returns:
        `keras.callbacks.History` of the epochs that were trained here.

    Example:

    >>> import tempfile
    >>> from tfmixup.backup import Backup
    >>> ones = tf.ones([4, 2])
    >>> stream = tf.data.Dataset.from_tensors((ones, ones[:, :1])).repeat()
    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> backup = Backup(tempfile.mkdtemp(), every=2)
    >>> history = fit(model, stream.skip, backup, epochs=2, steps_per_epoch=3,
    ...               verbose=0)
    >>> len(history.history["loss"])
    2
    """
    backup.steps_per_epoch = steps_per_epoch
    backup.callbacks = tuple(callbacks)
    position = backup.restore(model)
    if verbose == "auto":
        verbose = 1
    one_training = _OneTraining(
        [*callbacks, backup],
        add_history=True,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        epochs=epochs,
        steps=steps_per_epoch,
    )
    one_training.begin()
    epoch, step = position
    while epoch < epochs and not model.stop_training:
        end = epoch + 1 if step or pass_per_epoch else epochs
        steps = steps_per_epoch - step
        stream = make_stream(epoch * steps_per_epoch + step)
        if step:
            _build_metrics(model, stream)
        one_training.set_params({**one_training.params, "steps": steps})
        model.fit(
            stream,
            initial_epoch=epoch,
            epochs=end,
            steps_per_epoch=steps,
            callbacks=one_training,
            shuffle=False,  # A stream has the order that it has.
            verbose=verbose,
        )
        epoch, step = end, 0
    one_training.end()
    return model.history


class _OneTraining(keras.callbacks.CallbackList):
    """Several calls of `fit` that are one training to the callbacks."""

    def on_train_begin(self, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass

    def begin(self):
        super().on_train_begin()

    def end(self):
        super().on_train_end()


def _build_metrics(model, stream):
    """Makes the variables of the metrics, which `fit` makes at its first step.

    They must be there to get the values that they had in mid-epoch. Under a
    strategy `fit` makes them before it starts.
    """
    if model.distribute_strategy is not tf.distribute.get_strategy():
        return
    features, labels = tf.nest.map_structure(
        lambda spec: tf.zeros([1, *spec.shape[1:]], spec.dtype),
        stream.element_spec,
    )
    predictions = model(features, training=False)
    model.compute_metrics(features, labels, predictions)
    model.reset_metrics()
