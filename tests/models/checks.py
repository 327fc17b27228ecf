"""What the tests of several architectures do alike."""

import contextlib

import keras
import numpy as np


@contextlib.contextmanager
def dtype_policy(name):
    """The global dtype policy inside, the former one again outside.

    "float64" moves `floatx` too: Keras casts the compiled loss to it.
    """
    former = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy(name)
    if name == "float64":
        keras.config.set_floatx(name)
    try:
        yield
    finally:
        keras.config.set_floatx(former[1])
        keras.config.set_dtype_policy(former[0])


def randomise(model, seed):
    """Weights, and batch norm statistics, that no symmetry can hide behind."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        for variable in layer.weights:
            shape = variable.shape
            if variable.name == "kernel":
                scale = np.sqrt(2 / np.prod(shape[:-1]))
                value = rng.normal(size=shape) * scale
            elif variable.name in ("gamma", "moving_variance"):
                value = rng.uniform(0.5, 1.5, shape)
            else:
                value = rng.normal(size=shape) * 0.3
            variable.assign(value)


def weights(model):
    return {
        layer.name: layer.get_weights()
        for layer in model.layers
        if layer.weights
    }


def count(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_weights)


def equals_reference(builder, input_shape, forward, **arguments):
    """In float64: a wrong wire is far above 1e-9, rounding far below."""
    with dtype_policy("float64"):
        model = builder(5, input_shape, **arguments)
    randomise(model, seed=1)
    x = np.random.default_rng(2).normal(size=(2, *input_shape))
    expected = forward(x, weights(model))
    actual = np.array(model(x, training=False))
    assert np.abs(expected).max() > 1e-2
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9)
