"""Tests of tfmixup.layers.word_vectors."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import checks
from tfmixup.layers import WordVectors

# Word 1 is there three times, 2 and 3 once, 4 never.
IDS = np.array([[1, 2, 1], [1, 3, 0]], np.int32)
SIZE = 5


def upstream(step):
    """The gradient of the vectors that the layer gives."""
    rng = np.random.default_rng(step)
    return rng.normal(size=[*IDS.shape, 2])


def gradient(step):
    """That of the table: the sum over the places of a word."""
    rows = np.zeros([SIZE, 2])
    np.add.at(rows, IDS, upstream(step))
    return rows


def adadelta(table, steps, rho=0.95, epsilon=1e-6):
    """Zeiler (2012), algorithm 1."""
    squares, steps_squared = np.zeros_like(table), np.zeros_like(table)
    for step in range(steps):
        g = gradient(step)
        squares = rho * squares + (1 - rho) * g**2
        delta = -np.sqrt((steps_squared + epsilon) / (squares + epsilon)) * g
        steps_squared = rho * steps_squared + (1 - rho) * delta**2
        table = table + delta
    return table


def adam(table, steps, rate=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Kingma and Ba (2015), with epsilon as in the end of section 2."""
    mean, squares = np.zeros_like(table), np.zeros_like(table)
    for step in range(steps):
        g = gradient(step)
        mean = beta_1 * mean + (1 - beta_1) * g
        squares = beta_2 * squares + (1 - beta_2) * g**2
        correction = np.sqrt(1 - beta_2 ** (step + 1))
        correction /= 1 - beta_1 ** (step + 1)
        table = table - rate * correction * mean / (np.sqrt(squares) + epsilon)
    return table


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    ("optimizer", "reference"),
    [
        (
            lambda: keras.optimizers.Adadelta(1.0, rho=0.95, epsilon=1e-6),
            adadelta,
        ),
        (lambda: keras.optimizers.Adam(0.1), adam),
    ],
    ids=["Adadelta", "Adam"],
)
def test_a_word_that_is_there_often_is_trained_by_its_sum(
    optimizer, reference, jit_compile
):
    with checks.dtype_policy("float64"):
        layer = WordVectors(SIZE, 2)
    layer.build()
    start = np.random.default_rng(9).normal(size=[SIZE, 2])
    layer.set_weights([start])
    optimizer = optimizer()
    optimizer.build(layer.trainable_variables)

    @tf.function(jit_compile=jit_compile)
    def train(ids, upstream):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(ids) * upstream)
        variables = layer.trainable_variables
        gradients = tape.gradient(loss, [v.value for v in variables])
        optimizer.apply(gradients, variables)

    for step in range(4):
        train(tf.constant(IDS), tf.constant(upstream(step)))
    (trained,) = layer.get_weights()
    # Rates, and 1 less powers of 0.999, are float32 numbers.
    np.testing.assert_allclose(trained, reference(start, 4), atol=1e-5)
    np.testing.assert_array_equal(trained[4], start[4])


def test_what_it_gives_is_what_the_embedding_of_keras_gives():
    keras.utils.set_random_seed(1)
    layer = WordVectors(SIZE, 2, mask_zero=True)
    own = keras.layers.Embedding.from_config(layer.get_config())
    results = layer(IDS)
    own.build()
    own.set_weights(layer.get_weights())
    np.testing.assert_array_equal(results, own(IDS))
    np.testing.assert_array_equal(results._keras_mask, IDS != 0)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_the_table_stays_in_float32(policy):
    with checks.dtype_policy(policy):
        layer = WordVectors(SIZE, 2)
    with tf.GradientTape() as tape:
        results = layer(IDS)
        loss = tf.reduce_sum(tf.cast(results, tf.float32))
    gradient = tape.gradient(loss, layer.trainable_variables[0].value)
    assert results.dtype == layer.compute_dtype
    assert gradient.dtype == tf.float32
    np.testing.assert_array_equal(gradient[:, 0], [1, 3, 1, 1, 0])
