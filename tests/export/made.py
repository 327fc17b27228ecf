"""Models to export, small, and inputs for them."""

import warnings

import keras
import numpy as np

from tfmixup.models import preact_resnet18
from tfmixup.models import resnet18
from tfmixup.models import sentence_cnn
from tfmixup.models import vgg16

MOMENTS = dict(mean=[120.0, 115.0, 110.0], std=[60.0, 55.0, 50.0])


def image_models():
    """{name: model of 32x32 pixels that gives logits}."""
    return {
        "vgg16": vgg16(10, (32, 32, 3), width=4, dropout=0.3, **MOMENTS),
        "resnet18": resnet18(7, (32, 32, 3), width=4, **MOMENTS),
        "preact_resnet18": preact_resnet18(7, (32, 32, 3), width=4, **MOMENTS),
    }


def application():
    """A model of keras.applications, with its softmax."""
    return keras.applications.MobileNet(
        input_shape=(32, 32, 3), alpha=0.25, weights=None, classes=5
    )


def pixels(number=64, seed=0, size=32):
    """float32 `[number, size, size, 3]`, 0..255."""
    rng = np.random.default_rng(seed)
    shape = [number, size, size, 3]
    return rng.integers(0, 256, shape).astype(np.float32)


def spread(model, layer, inputs, from_logits=True):
    """Gives batch norms and biases something to do, and logits a spread.

    Args:
        model: a model whose weights are changed.
        layer: name of the layer that gives the logits.
        inputs: what it is to tell apart.
        from_logits: whether the model gives logits.

    Returns:
        float64 `[n, k]`, the logits of the inputs, of standard deviation 2.
    """

    def logits():
        found = model.predict(inputs, batch_size=64, verbose=0)
        found = found.astype(np.float64)
        return found if from_logits else np.log(found)

    for each in model.layers:
        if isinstance(each, keras.layers.BatchNormalization):
            # The statistics of one batch, or deep features all but vanish.
            each.momentum = 0.0
            each.beta.assign(0.1 * np.arange(each.beta.shape[0]) % 1)
    with warnings.catch_warnings():
        # Of a model that mixes: there is no plan here, and none is meant.
        warnings.simplefilter("ignore", UserWarning)
        model(inputs, training=True)
    kernel, bias = model.get_layer(layer).get_weights()
    if not from_logits:
        # What the softmax has taken away comes back small.
        model.get_layer(layer).set_weights([kernel / 100, bias * 0])
        kernel, bias = model.get_layer(layer).get_weights()
    found = logits()
    scale = 2 / found.std(axis=0).mean()
    bias = scale * (bias - found.mean(axis=0))
    model.get_layer(layer).set_weights([kernel * scale, bias])
    return logits()


def small(num_classes=4, dropout=0.5):
    """A tiny image classifier with dropout."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 3), name="image"),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(6, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(num_classes),
        ],
        name="small",
    )


def token_model(**options):
    """The sentence CNN over 50 words, with dropout."""
    vectors = np.random.default_rng(0).normal(size=(50, 6))
    return sentence_cnn(3, 50, embeddings=vectors, filters=4, **options)
