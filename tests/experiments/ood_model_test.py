"""Tests of experiments.ood_model."""

import numpy as np
import pytest
import tensorflow as tf

from experiments.ood_model import ServedModel
from tests.experiments import ood_made
from tests.export import made
from tests.reference import softmax
from tfmixup.export import export_saved_model

IMAGES, _ = ood_made.coloured(10)
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
    export_saved_model(keras_model, tmp_path / "m", 1.5, mc_dropout=True)
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
    export_saved_model(made.small(), tmp_path / "m")
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
