"""A small classifier and its data, for callbacks."""

import keras
import numpy as np


def held_out():
    """Features float32 `[90, 3]`, and classes."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 90)
    features = np.eye(3)[labels] + generator.normal(size=[90, 3])
    return features.astype(np.float32), labels


def compiled_model(activation=None, units=3):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input([3]), keras.layers.Dense(units, activation=activation)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.SGD(0.5), loss if units > 1 else "binary_crossentropy"
    )
    return model


def fit(model, data, *extra, epochs=3, **options):
    """The history of a training with these callbacks."""
    return model.fit(
        *data, epochs=epochs, verbose=0, callbacks=list(extra), **options
    ).history


class Scripted(keras.callbacks.Callback):
    """Logs given values, one an epoch, and remembers the weights of each."""

    def __init__(self, name, values):
        super().__init__()
        self.name = name
        self.values = values
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]
        self.weights.append(self.model.get_weights())
