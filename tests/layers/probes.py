"""Models and data that show exactly what was mixed inside a model.

The feature of an example is its one-hot label, the model is the identity and
the loss is the squared error. If features and labels are mixed with the same
partner and coefficient the loss is 0; if they are not, it is far from it.
"""

import keras
import numpy as np
import tensorflow as tf

from tfmixup.layers import HiddenMixup
from tfmixup.layers import MixingModel

NUM_CLASSES = 4


def one_hot_batches(batch_size=16, batches=3, seed=0):
    """Batches of (float32 one-hot rows, the same rows as labels)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, NUM_CLASSES, batch_size * batches)
    rows = np.eye(NUM_CLASSES, dtype=np.float32)[labels]
    return tf.data.Dataset.from_tensor_slices((rows, rows)).batch(
        batch_size, drop_remainder=True
    )


def identity_model(depths=(0, 1), **compile_arguments):
    """A compiled model that hands its features on, through mixing layers.

    Its only weight is a factor of 1 that is not trained on: learning rate 0.
    """
    inputs = keras.Input([NUM_CLASSES])
    x = inputs
    for depth in depths:
        x = HiddenMixup(depth)(x)
        x = keras.layers.Rescaling(2.0)(keras.layers.Rescaling(0.5)(x))
    outputs = keras.layers.Dense(
        NUM_CLASSES, use_bias=False, kernel_initializer="identity"
    )(x)
    model = MixingModel(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.0), "mse", **compile_arguments)
    return model


def probe_loss(model, dataset, epochs=2):
    """The largest loss of an epoch of training."""
    history = model.fit(dataset, epochs=epochs, shuffle=False, verbose=0)
    return max(history.history["loss"])
