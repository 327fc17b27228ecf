"""Tests of tfmixup.layers.hidden_mixup; conformance has the contract."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.layers import EmbeddingMixup
from tfmixup.layers import HiddenMixup
from tfmixup.layers import MixingModel
from tfmixup.layers.plan_scope import PlanScope
from tfmixup.mixing import EmbeddingMixupPlan
from tfmixup.mixing import Plan
from tfmixup.mixing import Planned

# Models without a plan are what some of these tests are about.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*nothing without a plan", "ignore:.*mixes nothing"
)

# Texts of 4, 1 and 2 words, the first two of which are a pair.
IDS = np.array([[1, 2, 3, 4], [5, 0, 0, 0], [6, 7, 0, 0]], np.int32)
DISTANCES = np.array([1, -1, 0], np.int32)
PARTNERS = [1, 0, 2]


def plan(coefficient, depth=0):
    rows = np.broadcast_to(np.float32(coefficient), [3])
    return Plan(tf.constant(DISTANCES), {depth: tf.constant(rows)})


def masked_mean_model():
    """The mean vector of each text: masks decide what is counted."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input([None], dtype="int32")
    vectors = keras.layers.Embedding(8, 3, mask_zero=True, name="vectors")
    x = EmbeddingMixup()(vectors(inputs))
    outputs = keras.layers.GlobalAveragePooling1D()(x)
    return MixingModel(inputs, outputs)


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize("coefficient", [0.25, 0.75, 1.0, [1.0, 0.5, 0.5]])
def test_a_masked_pair_is_as_long_as_its_longer_text(
    coefficient, saved, tmp_path
):
    model = masked_mean_model()
    if saved:
        model.save(tmp_path / "model.keras")
        model = keras.saving.load_model(tmp_path / "model.keras")
    (vectors,) = model.get_layer("vectors").get_weights()
    assert vectors[0].any(), "padding has a vector that must not be mixed in"
    own = np.where((IDS > 0)[..., None], vectors[IDS], 0).astype(np.float64)
    weight = np.broadcast_to(coefficient, [3])[:, None]
    mixed = weight[..., None] * own + (1 - weight[..., None]) * own[PARTNERS]
    counted = IDS > 0
    counted = counted | (counted[PARTNERS] & (weight < 1))
    expected = mixed.sum(1) / counted.sum(1, keepdims=True)
    planned = Planned(plan=plan(coefficient), features=tf.constant(IDS))
    for run in (model, tf.function(model)):
        np.testing.assert_allclose(
            run(planned, training=True), expected, atol=2**-20
        )
    # Without a plan, the mask that is handed on is the one that came in.
    plain = own.sum(1) / (IDS > 0).sum(1, keepdims=True)
    np.testing.assert_allclose(model(IDS), plain, atol=2**-20)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_model_with_masks_is_trained_and_exported(tmp_path, jit_compile):
    model = masked_mean_model()
    model.compile("sgd", "mse", jit_compile=jit_compile)
    dataset = tf.data.Dataset.from_tensors((IDS, np.eye(3, dtype="float32")))
    planned = dataset.apply(EmbeddingMixupPlan(0.4, seed=1))
    before = model.get_weights()[0]
    model.fit(planned, shuffle=False, verbose=0)
    assert (before != model.get_weights()[0]).any(axis=1).sum() == 7
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    np.testing.assert_allclose(served.serve(IDS), model(IDS), atol=1e-6)


def test_outside_of_a_functional_model_the_mask_is_joined_too():
    vectors = keras.layers.Embedding(8, 3, mask_zero=True)(IDS)
    with PlanScope(plan(0.25)):
        mixed = EmbeddingMixup()(vectors, training=True)
    assert mixed._keras_mask.numpy().sum(1).tolist() == [4, 4, 2]
    plain = EmbeddingMixup()(vectors, training=True)
    assert plain._keras_mask.numpy().sum(1).tolist() == [4, 1, 2]


def test_tensors_side_by_side_are_mixed_alike():
    inputs = {"a": tf.random.normal([3, 2]), "b": tf.random.normal([3, 4, 5])}
    with PlanScope(plan(0.25, depth=4)):
        mixed = HiddenMixup(4)(inputs, training=True)
    assert sorted(mixed) == ["a", "b"]
    for name, own in inputs.items():
        expected = 0.25 * own + 0.75 * tf.gather(own, PARTNERS)
        np.testing.assert_allclose(mixed[name], expected, atol=2**-20)


def test_it_rests_at_another_depth_and_outside_of_training():
    x = tf.random.normal([3, 2])
    with pytest.raises(ValueError, match=r"no layer mixed at \[4\]"):
        with PlanScope(plan(0.25, depth=4)):
            np.testing.assert_array_equal(HiddenMixup(3)(x, training=True), x)
            np.testing.assert_array_equal(HiddenMixup(4)(x, training=False), x)


def test_token_ids_are_refused():
    with pytest.raises(TypeError, match="mixes floats.*int32.*embedding"):
        HiddenMixup(0)(tf.constant(IDS))


def test_rows_that_are_no_examples_are_refused():
    with PlanScope(plan(0.25)):
        layer = HiddenMixup(0)
        with pytest.raises(ValueError, match=r"\(6, 2\).* 3 examples"):
            layer(tf.zeros([6, 2]), training=True)
        HiddenMixup(1)(tf.zeros([6, 2]), training=True)
        # The depth was taken by the layer that failed: nothing is left over.


@pytest.mark.parametrize("depth", [-1, 0.5, "0", True, None])
def test_bad_depths_are_refused(depth):
    with pytest.raises(ValueError, match="`depth` must be an integer"):
        HiddenMixup(depth)


def test_the_shape_is_that_of_the_input():
    inputs = keras.Input([None, 7])
    assert HiddenMixup(0)(inputs).shape == (None, None, 7)
    assert HiddenMixup(np.int64(2)).get_config()["depth"] == 2
    assert "depth" not in EmbeddingMixup().get_config()
