"""Tests of experiments.ood.model."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.ood.model import ServedModel
from tests.experiments.ood import ood_made
from tests.export import made
from tests.reference import softmax
from tfmixup.export import export_saved_model

IMAGES, _ = ood_made.colored(10)
BATCHES = [IMAGES[:4], IMAGES[4:]]


@pytest.mark.parametrize(
    "kind, name, outputs, from_logits",
    [
        ("logits", "logits", "auto", True),
        ("logits", "anything", "auto", True),
        ("probabilities", "probabilities", "auto", False),
        ("probabilities", "anything", "auto", False),
        ("probabilities", "anything", "probabilities", False),
        ("logits", "anything", "logits", True),
    ],
)
def test_a_foreign_model_is_read(tmp_path, kind, name, outputs, from_logits):
    path = ood_made.foreign(tmp_path / "m", kind=kind, name=name)
    model = ServedModel("m", path, outputs)
    found = model.predict(BATCHES)
    expected = ood_made.logits_of(IMAGES)
    if not from_logits:
        expected = softmax(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert model.from_logits is from_logits
    assert model.manifest is None and not model.has_dropout
    assert model.input_shape == (None, 6, 6, 3)


def test_floats_for_a_uint8_model_are_rounded_and_clipped(tmp_path):
    path = ood_made.foreign(tmp_path / "m", dtype=tf.uint8)
    images = np.full([1, 6, 6, 3], 12.6, np.float32)
    images[..., 1] = -3.0
    images[..., 2] = 300.0
    found = ServedModel("m", path).predict([images])
    np.testing.assert_allclose(
        found, 0.004 * 36 * np.array([[13, 0, 255]]), rtol=1e-5
    )


def test_ours_has_passes_that_differ_between_batches(tmp_path):
    keras_model = made.small()
    export_saved_model(
        keras_model, tmp_path / "m", 1.5, mc_dropout=True, from_logits=True
    )
    model = ServedModel("m", tmp_path / "m")
    assert model.has_dropout and model.from_logits
    assert model.manifest["temperature"] == 1.5
    same = np.repeat(made.pixels(1, size=8), 40, axis=0)
    first = model.average_passes([same[:20], same[20:]], 1, seed=0)
    assert np.any(first[:20] != first[20:])
    np.testing.assert_array_equal(
        model.average_passes([same[:20], same[20:]], 1, seed=0), first
    )
    assert np.any(model.average_passes([same], 1, seed=1) != first)
    np.testing.assert_allclose(first.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        model.predict([same]), keras_model.predict(same, verbose=0), atol=1e-5
    )


def test_a_refused_input_is_a_value_error_with_the_reason(tmp_path):
    export_saved_model(made.small(), tmp_path / "m", from_logits=True)
    model = ServedModel("m", tmp_path / "m")
    with pytest.raises(ValueError, match=r"model m refuses.*\(None, 8, 8, 3\)"):
        model.predict([made.pixels(2, size=7)])
    with pytest.raises(ValueError, match="refuses its input.*finite"):
        model.predict([made.pixels(2, size=8) * np.nan])


def test_no_batches_are_refused(tmp_path):
    model = ServedModel("m", ood_made.foreign(tmp_path / "m"))
    with pytest.raises(ValueError, match="one row for each example"):
        model.predict([])


def test_a_model_without_such_a_signature_is_refused(tmp_path):
    tf.saved_model.save(tf.Module(), str(tmp_path / "m"))
    with pytest.raises(ValueError, match="no signature serving_default"):
        ServedModel("m", tmp_path / "m")


class Several(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], name="x")])
    def one(self, x):
        return {"a": x, "b": 2 * x}

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 2], name="x"),
            tf.TensorSpec([None, 2], name="y"),
        ]
    )
    def two(self, x, y):
        return {"logits": x + y}


@pytest.mark.parametrize(
    "name, message",
    [("one", r"logits or probabilities.*'a', 'b'"), ("two", "take one input")],
)
def test_ambiguous_signatures_are_refused(tmp_path, name, message):
    module = Several()
    path = str(tmp_path / "m")
    tf.saved_model.save(module, path, signatures=getattr(module, name))
    with pytest.raises(ValueError, match=message):
        ServedModel("m", path)


def gives(tmp_path, function, classes=100):
    """A served model of one nameless output."""
    weights = np.random.default_rng(0).normal(size=(4, classes)) * 3
    module = tf.Module()
    module.call = tf.function(
        lambda v: {"out": function(v @ weights.astype("float32"))},
        input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")],
    )
    path = str(tmp_path / "given")
    signatures = {"serving_default": module.call}
    tf.saved_model.save(module, path, signatures=signatures)
    return path


X = np.random.default_rng(1).normal(size=(64, 4)).astype("float32")
PROBABLE = {
    "float32": tf.nn.softmax,
    "bfloat16": lambda z: tf.nn.softmax(tf.cast(z, tf.bfloat16)),
    "float16": lambda z: tf.nn.softmax(tf.cast(z, tf.float16)),
    "two decimals": lambda z: tf.round(tf.nn.softmax(z) * 100) / 100,
    "one sigmoid unit": lambda z: tf.sigmoid(z[:, :1]),
    "a vector of sigmoids": lambda z: tf.sigmoid(z[:, 0]),
}


@pytest.mark.parametrize("name", PROBABLE)
def test_probabilities_are_recognized_and_never_squashed_again(name, tmp_path):
    model = ServedModel("m", gives(tmp_path, PROBABLE[name]))
    rows = model.predict([X[:40], X[40:]])
    assert model.from_logits is False and rows.dtype == np.float32
    assert rows.shape[1] in (2, 100)
    # 100 classes of two decimals, the coarsest, leave as much of a sum of 1.
    assert np.abs(rows.sum(axis=1) - 1).max() < 0.5
    with pytest.raises(ValueError, match="should give logits"):
        ServedModel(
            "m", gives(tmp_path / "b", PROBABLE[name]), "logits"
        ).predict([X])


@pytest.mark.parametrize("outputs", ["auto", "probabilities", "logits"])
def test_sigmoids_of_classes_are_refused(outputs, tmp_path):
    model = ServedModel("m", gives(tmp_path, tf.sigmoid), outputs)
    with pytest.raises(ValueError, match="sigmoids that do not sum to 1"):
        model.predict([X])


def test_percentages_are_refused(tmp_path):
    path = gives(tmp_path, lambda z: 100 * tf.nn.softmax(z))
    with pytest.raises(ValueError, match="percentages"):
        ServedModel("m", path).predict([X])


def test_logits_that_are_called_probabilities_are_refused(tmp_path):
    path = gives(tmp_path, lambda z: z)
    assert ServedModel("m", path).predict([X]).shape == (64, 100)
    with pytest.raises(ValueError, match="should give probabilities"):
        ServedModel("m", path, "probabilities").predict([X])


@pytest.fixture(scope="module")
def pixel_model(tmp_path_factory):
    """uint8 pixels, handed on as pixel / 255."""
    inputs = keras.Input([2, 2, 1], dtype="uint8")
    scaled = keras.layers.Rescaling(1 / 255)(inputs)
    flat = keras.layers.Flatten()(scaled)
    dense = keras.layers.Dense(4, use_bias=False, kernel_initializer="identity")
    path = str(tmp_path_factory.mktemp("pixels") / "m")
    keras.Model(inputs, 7 - dense(flat)).export(path, verbose=False)
    return ServedModel("m", path, "logits")


@pytest.mark.parametrize(
    "value, message",
    [
        (np.int16(-1), "from 0 to 255.*int16 from -1"),
        (np.int64(256), "from 0 to 255.*int64 from 256"),
        (np.uint16(65535), "uint16 from 65535"),
        (np.float32(0.5), r"images in \[0.5, 0.5\].*Multiply them by 255"),
        (np.float16(1.0), "Multiply them by 255"),
        (np.float32("nan"), "holds NaN"),
    ],
)
def test_pixels_that_would_wrap_or_turn_black_are_refused(
    value, message, pixel_model
):
    with pytest.raises(ValueError, match=message):
        pixel_model.predict([np.full([1, 2, 2, 1], value)])


@pytest.mark.parametrize(
    "value, pixel",
    [
        (np.uint8(200), 200),
        (np.int64(255), 255),
        (np.float32(300.0), 255),
        (np.float32(-7.2), 0),
        (np.float32(99.6), 100),
        (np.float32(0.0), 0),
        (True, 1),
    ],
)
def test_pixels_within_reach_are_served(value, pixel, pixel_model):
    found = pixel_model.predict([np.full([1, 2, 2, 1], value)])
    np.testing.assert_allclose(7 - found, pixel / 255, atol=1e-6)
