"""Tests of tfmixup.export.probing: models that hide what they give."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.export import made
from tfmixup.export import export_saved_model

L = keras.layers


def dense(units=3, activation=None):
    return keras.Sequential(
        [keras.Input([4]), L.Dense(units, activation=activation)]
    )


def functional(function):
    inputs = keras.Input([4])
    return keras.Model(inputs, function(L.Dense(3)(inputs)))


def wrapped():
    inputs = keras.Input([4])
    return keras.Model(inputs, dense(3, "softmax")(L.Rescaling(1.0)(inputs)))


class ByHand(L.Layer):
    def call(self, values):
        values = tf.exp(values - tf.reduce_max(values, axis=1, keepdims=True))
        return values / tf.reduce_sum(values, axis=1, keepdims=True)


PROBABILITIES = {
    "softmax last": lambda: dense(3, "softmax"),
    "softmax layer": lambda: keras.Sequential([dense(), L.Softmax()]),
    "wrapped": wrapped,
    "cast behind": lambda: keras.Sequential(
        [dense(3, "softmax"), L.Activation("linear", dtype="float16")]
    ),
    "mixed precision": lambda: keras.Sequential(
        [
            keras.Input([4]),
            L.Dense(3, dtype="mixed_bfloat16"),
            L.Softmax(dtype="bfloat16"),
        ]
    ),
    "ops.softmax": lambda: functional(keras.ops.softmax),
    "by hand": lambda: functional(ByHand()),
    "reshaped": lambda: functional(
        lambda x: L.Reshape([3])(L.Softmax()(L.Reshape([3])(x)))
    ),
    "dropout behind": lambda: functional(
        lambda x: L.Dropout(0.5)(L.Softmax()(x))
    ),
    "one sigmoid unit": lambda: dense(1, "sigmoid"),
    "one unit, ops": lambda: keras.Sequential(
        [dense(1), L.Activation(keras.ops.sigmoid)]
    ),
}
LOGITS = {
    "dense": dense,
    "one unit": lambda: dense(1),
    "softmax before": lambda: keras.Sequential(
        [dense(3, "softmax"), L.Dense(3)]
    ),
    "log softmax": lambda: functional(keras.ops.log_softmax),
    "uint8 images": lambda: keras.Sequential(
        [
            keras.Input([4, 4, 1], dtype="uint8"),
            L.Rescaling(1 / 255),
            L.Flatten(),
            L.Dense(3),
        ]
    ),
    "token ids": made.token_model,
}


@pytest.mark.parametrize("name", PROBABILITIES)
def test_probabilities_are_found_wherever_they_come_from(name, tmp_path):
    model = PROBABILITIES[name]()
    with pytest.raises(ValueError, match="gives probabilities, no logits"):
        export_saved_model(model, tmp_path / "m", from_logits=True)
    export_saved_model(model, tmp_path / "m")
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    served = tf.saved_model.load(str(tmp_path / "m"))
    found = served.signatures["serving_default"](tf.constant(x))
    expected = tf.cast(model(x, training=False), tf.float32).numpy()
    if expected.shape[1] == 1:
        expected = np.concatenate([1 - expected, expected], axis=1)
    # Half precision rounds a sum of 1 by up to 0.006.
    np.testing.assert_allclose(found["probabilities"], expected, atol=0.006)


@pytest.mark.parametrize("name", LOGITS)
def test_logits_are_not_taken_for_probabilities(name, tmp_path):
    model = LOGITS[name]()
    with pytest.raises(ValueError, match="gives logits.*from_logits=True"):
        export_saved_model(model, tmp_path / "m")
    export_saved_model(model, tmp_path / "m", from_logits=True)


@pytest.mark.parametrize("from_logits", [True, False])
def test_a_sigmoid_for_each_class_has_no_winner(from_logits, tmp_path):
    for model in (
        dense(3, "sigmoid"),
        keras.Sequential([dense(3, "sigmoid"), L.Activation("linear")]),
    ):
        with pytest.raises(ValueError, match="sigmoid for each class"):
            export_saved_model(model, tmp_path / "m", from_logits=from_logits)


def test_percentages_are_refused(tmp_path):
    model = functional(lambda x: L.Rescaling(100.0)(L.Softmax()(x)))
    with pytest.raises(ValueError, match="percentages"):
        export_saved_model(model, tmp_path / "m")


@pytest.mark.parametrize("from_logits", [True, False])
def test_a_model_that_says_nothing_yet_is_believed(from_logits, tmp_path):
    inputs = keras.Input([4])
    zeros = L.Dense(3, kernel_initializer="zeros")(inputs)
    if not from_logits:
        zeros = L.Softmax()(zeros)
    model = keras.Model(inputs, zeros)
    export_saved_model(model, tmp_path / "m", from_logits=from_logits)


def test_one_unit_is_exported_as_class_0_and_class_1(tmp_path):
    model = dense(1)
    manifest = export_saved_model(
        model, tmp_path / "m", from_logits=True, class_names=["no", "yes"]
    )
    assert manifest["classes"] == ["no", "yes"]
    served = tf.saved_model.load(str(tmp_path / "m"))
    x = tf.random.stateless_normal([5, 4], [0, 1])
    found = served.signatures["serving_default"](x)
    logit = model(x).numpy()[:, 0]
    np.testing.assert_allclose(found["logits"][:, 1], logit, rtol=1e-6)
    np.testing.assert_array_equal(found["logits"][:, 0], 0)
    np.testing.assert_allclose(
        found["probabilities"][:, 1], 1 / (1 + np.exp(-logit)), rtol=1e-5
    )
