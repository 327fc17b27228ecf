"""What every loss keeps."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import catalogue
from tests.conformance import modes
from tests.replicas import two_replicas

each_loss = pytest.mark.parametrize(
    "case", catalogue.LOSSES, ids=lambda case: case.cls.__name__
)


@each_loss
def test_config_brings_the_loss_back(case):
    loss = case.build()
    config = keras.losses.serialize(loss)
    loaded = keras.losses.deserialize(json.loads(json.dumps(config)))
    assert type(loaded) is case.cls
    assert loaded.get_config() == loss.get_config()
    assert loss.get_config() == case.arguments
    np.testing.assert_array_equal(
        loaded(catalogue.one_hot(), catalogue.logits()),
        loss(catalogue.one_hot(), catalogue.logits()),
    )


@each_loss
def test_a_saved_model_brings_the_loss_back(case, tmp_path):
    model = catalogue.model()
    model.compile("sgd", case.build())
    x, y = catalogue.features(), catalogue.one_hot()
    expected = model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded.loss) is case.cls
    assert loaded.evaluate(x, y, verbose=0) == expected


@each_loss
@pytest.mark.parametrize("mode", modes.ALL, ids=lambda mode: mode.__name__)
def test_every_mode_gives_the_same_loss_and_gradient(case, mode):
    loss = case.build()

    def step(y_true, y_pred):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            value = loss(y_true, y_pred)
        return value, tape.gradient(value, y_pred)

    arguments = (
        tf.constant(catalogue.one_hot()),
        tf.constant(catalogue.logits()),
    )
    for actual, expected in zip(
        mode(step)(*arguments), step(*arguments), strict=True
    ):
        # A sum of 16 losses in float32, perhaps in another order.
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-7)


@each_loss
def test_a_second_batch_does_not_retrace(case):
    function = modes.graph(case.build())
    for seed in (0, 1):
        y, p = catalogue.one_hot(seed=seed), catalogue.logits(seed=seed)
        function(tf.constant(y), tf.constant(p))
    assert function.experimental_get_tracing_count() == 1


@each_loss
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(case, dtype):
    loss = case.build()
    half = tf.cast(catalogue.logits(), dtype)
    value = loss(tf.cast(catalogue.one_hot(), dtype), half)
    assert value.dtype == tf.float32
    expected = loss(catalogue.one_hot(), tf.cast(half, tf.float32))
    np.testing.assert_array_equal(value, expected)


@each_loss
def test_two_replicas_lose_what_one_loses(case):
    strategy = two_replicas()
    for reduction in ("sum", "sum_over_batch_size"):
        loss = case.build(reduction=reduction)
        pieces = modes.split(strategy, catalogue.one_hot(), catalogue.logits())
        values = strategy.run(tf.function(loss), args=pieces)
        total = strategy.reduce("SUM", values, axis=None)
        expected = loss(catalogue.one_hot(), catalogue.logits())
        np.testing.assert_allclose(total, expected, rtol=1e-6)
