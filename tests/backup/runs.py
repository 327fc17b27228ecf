"""A small run with everything that has a state, stopped wherever wanted."""

import keras
import numpy as np
import tensorflow as tf

from tfmixup import backup

STEPS = 8
EPOCHS = 3


def features_and_labels(count=64):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(count, 4)).astype("float32")
    labels = generator.normal(size=(count, 2)).astype("float32")
    return features, labels


def make_stream(first_step):
    data = tf.data.Dataset.from_tensor_slices(features_and_labels())
    return data.batch(8, drop_remainder=True).repeat().skip(first_step)


def compiled_model(seed=0, optimizer=None, units=8):
    """Batch norm, dropout, momentum, metrics: all have a state."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input([4]),
            keras.layers.Dense(units, "relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(2),
        ]
    )
    model.compile(
        optimizer or keras.optimizers.SGD(0.1, momentum=0.9),
        "mse",
        metrics=["mae"],
    )
    return model


class Stopped(Exception):
    """The run was stopped on purpose."""


class StopAfter(keras.callbacks.Callback):
    """Raises `Stopped` after so many steps of this process."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            raise Stopped


def run(directory, stop_after=None, every=3, model=None, callbacks=()):
    """Starts a run, or goes on with it.

    Returns:
        (model, {epoch: logs of the epoch}); raises `Stopped` if asked to.
    """
    model = model or compiled_model()
    logs = {}
    callbacks = [
        backup.EpochSeeds(3),
        *callbacks,
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, found: logs.update({epoch: dict(found)})
        ),
    ]
    if stop_after:
        callbacks.append(StopAfter(stop_after))
    try:
        backup.fit(
            model,
            make_stream,
            backup.Backup(directory, every, {"alpha": 0.3}),
            epochs=EPOCHS,
            steps_per_epoch=STEPS,
            callbacks=callbacks,
            verbose=0,
        )
    except Stopped:
        pass
    return model, logs


def state(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [variable.numpy() for variable in variables]


def assert_same(one, other):
    for a, b in zip(state(one), state(other), strict=True):
        np.testing.assert_array_equal(a, b)
