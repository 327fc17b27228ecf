"""Tests of tfmixup.uncertainty.monte_carlo."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.reference import softmax
from tfmixup.keys import seed_key
from tfmixup.models import vgg16
from tfmixup.uncertainty.monte_carlo import active_dropout
from tfmixup.uncertainty.monte_carlo import monte_carlo_dropout

KERNEL = np.array([[3.0, 0], [0, 2], [1, 1], [-1, 2]])
X = np.array([[1.0, 2, -1, 0.5], [0.3, -1, 1, 2]], np.float32)


def of_logits(*arguments, **named):
    return monte_carlo_dropout(*arguments, from_logits=True, **named)


def linear(layer):
    """A dropout layer, and a known linear map to two logits."""
    dense = keras.layers.Dense(2, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), layer, dense])
    dense.set_weights([KERNEL])
    return model


def expected_probabilities(x, rate):
    """The mean over all 16 masks of inverted dropout, weighted."""
    total = 0
    for mask in itertools.product([0, 1], repeat=4):
        kept = sum(mask)
        chance = (1 - rate) ** kept * rate ** (4 - kept)
        dropped = x.astype(np.float64) * mask / (1 - rate)
        total = total + chance * softmax(dropped @ KERNEL)
    return total


@pytest.mark.parametrize("layer_rate, rate", [(0.3, None), (0.0, 0.3)])
def test_the_mean_converges_to_the_mean_over_all_masks(layer_rate, rate):
    model = linear(keras.layers.Dropout(layer_rate))
    copies = np.repeat(X, 5000, axis=0)
    found = of_logits(model, copies, passes=4, rate=rate, batch_size=10_000)
    # 20,000 masks each; a probability's standard deviation is at most 1/2,
    # so that five standard errors are 0.018.
    np.testing.assert_allclose(
        found.reshape(2, 5000, 2).mean(axis=1),
        expected_probabilities(X, 0.3),
        atol=0.018,
    )


def test_the_paper_s_rate_replaces_that_of_the_layer():
    copies = np.repeat(X, 5000, axis=0)
    found = of_logits(
        linear(keras.layers.Dropout(0.8)),
        copies,
        passes=4,
        rate=0.3,
        batch_size=10_000,
    )
    np.testing.assert_allclose(
        found.reshape(2, 5000, 2).mean(axis=1),
        expected_probabilities(X, 0.3),
        atol=0.018,
    )


def test_it_is_a_function_of_the_seed_and_passes_differ():
    model = vgg16(3, (32, 32, 3), width=2, dropout=0.5)
    images = np.random.default_rng(0).normal(size=(5, 32, 32, 3))
    images = (100 * images).astype(np.float32)
    first = of_logits(model, images, passes=2, seed=1)
    keras.utils.set_random_seed(99)
    np.testing.assert_array_equal(
        of_logits(model, images, passes=2, seed=1), first
    )
    assert np.any(of_logits(model, images, 2, seed=2) != first)
    one, two = (of_logits(model, images, passes=k) for k in (1, 2))
    # The second pass is 2 * two - one: another draw.
    assert np.any(np.abs(2 * two - 2 * one) > 1e-6)


def test_batches_do_not_repeat_masks():
    model = linear(keras.layers.Dropout(0.5))
    same = np.repeat(X[:1], 64, axis=0)
    found = of_logits(model, same, passes=1, batch_size=32)
    assert np.any(found[:32] != found[32:])


def test_nothing_else_of_the_model_is_in_training_and_nothing_changes():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.RandomFlip(seed=0)(inputs)
    x = keras.layers.GaussianNoise(1.0, seed=0)(x)
    x = keras.layers.BatchNormalization(momentum=0.0)(x)
    x = keras.layers.Flatten()(x)
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    dropping = keras.Sequential([model, keras.layers.Dropout(1e-6)])
    images = np.random.default_rng(0).normal(size=(4, 8, 8, 3))
    images = images.astype(np.float32)
    before = [v.numpy() for v in dropping.variables]
    found = of_logits(dropping, images, passes=3)
    for old, new in zip(before, dropping.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    plain = softmax(dropping.predict(images, verbose=0))
    # A rate of 1e-6 hits one of 36 logits once in 28,000 runs.
    np.testing.assert_allclose(found, plain, atol=1e-5)


class Block(keras.layers.Layer):
    """A block whose dropout is out of sight of `model.layers`."""

    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dropout(0.5)

    def call(self, x, training=False):
        return self.inner(x, training=training)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.dense = keras.layers.Dense(2)

    def call(self, x, training=False):
        return self.dense(self.block(x, training=training))


def build(name):
    if name == "subclassed":
        return Subclassed()
    layer = {
        "nested": lambda: keras.Sequential([keras.layers.Dropout(0.5)]),
        "block": Block,
        "alpha": lambda: keras.layers.AlphaDropout(0.5),
        "gaussian": lambda: keras.layers.GaussianDropout(0.5),
    }[name]()
    return keras.Sequential([keras.Input((4,)), layer, keras.layers.Dense(2)])


@pytest.mark.parametrize(
    "name", ["subclassed", "nested", "block", "alpha", "gaussian"]
)
def test_dropout_is_found_wherever_it_is(name):
    model = build(name)
    same = np.repeat(X[:1], 50, axis=0)
    assert of_logits(model, same, passes=1).std(axis=0).min() > 0.01
    plain = model.predict(same, verbose=0)
    np.testing.assert_array_equal(plain, plain[:1].repeat(50, axis=0))


def test_spatial_dropout_drops_whole_channels():
    model = keras.Sequential([keras.layers.SpatialDropout2D(0.5)])
    with active_dropout(model, seed_key(0)):
        out = model(np.ones([4, 5, 5, 8], np.float32), training=False).numpy()
    np.testing.assert_array_equal(out, out[:, :1, :1].repeat(5, 1).repeat(5, 2))
    assert set(np.unique(out)) == {0, 2}


def test_two_layers_and_two_calls_of_one_layer_draw_differently():
    layer, other = keras.layers.Dropout(0.5), keras.layers.Dropout(0.5)
    inputs = keras.Input((1000,))
    outputs = [layer(inputs), layer(inputs), other(inputs)]
    model = keras.Model(inputs, outputs)
    with active_dropout(model, seed_key(3)) as number:
        a, b, c = model(np.ones([1, 1000], np.float32), training=False)
    assert number == 2
    for one, two in ((a, b), (a, c), (b, c)):
        # Independent masks agree on half: 5 standard deviations are 80.
        assert abs(np.sum(one == two) - 500) < 80


def test_the_model_is_as_before_even_after_an_error():
    model = linear(keras.layers.Dropout(0.3))
    layer = model.layers[0]
    attributes = dict(vars(layer))
    with pytest.raises(ZeroDivisionError):
        with active_dropout(model, seed_key(0), rate=0.9):
            assert layer.rate == 0.9
            raise ZeroDivisionError
    assert vars(layer) == attributes
    np.testing.assert_allclose(
        model.predict(X, verbose=0), X @ KERNEL, rtol=1e-6
    )


def test_probabilities_are_averaged_as_they_are():
    model = linear(keras.layers.Dropout(0.3))
    probable = keras.Sequential([model, keras.layers.Softmax()])
    np.testing.assert_allclose(
        monte_carlo_dropout(probable, X),
        of_logits(model, X),
        atol=1e-6,
    )


def test_structures_of_features_are_cut_into_batches():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    merged = keras.layers.Concatenate()([a, b])
    dropped = keras.layers.Dropout(0.2)(merged)
    model = keras.Model({"a": a, "b": b}, keras.layers.Dense(3)(dropped))
    features = {"a": np.ones([7, 4], "float32"), "b": np.ones([7, 2])}
    found = of_logits(model, features, batch_size=3)
    assert found.shape == (7, 3)


def test_an_active_pass_traces_into_a_graph_with_a_key_of_its_own():
    model = linear(keras.layers.Dropout(0.5))

    @tf.function(input_signature=[tf.TensorSpec([2], tf.int32)])
    def one(key):
        with active_dropout(model, key):
            return model(X, training=False)

    a, b, c = one([0, 1]), one([0, 2]), one([0, 1])
    np.testing.assert_array_equal(a, c)
    assert np.any(a != b)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"passes": 0}, "`passes` must be an integer >= 1"),
        ({"passes": 2.5}, "`passes` must be an integer >= 1"),
        ({"batch_size": 0}, "`batch_size` must be an integer >= 1"),
        ({"rate": 0.0}, r"`rate` must be in \(0, 1\)"),
        ({"rate": 1.0}, r"`rate` must be in \(0, 1\)"),
        ({"features": X[:0]}, "1 or more"),
        ({"features": (X, X[:1])}, "same number of examples"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    given = {"features": X, **arguments}
    with pytest.raises(ValueError, match=message):
        of_logits(linear(keras.layers.Dropout(0.3)), **given)


def test_a_model_without_dropout_is_refused():
    for layer in (keras.layers.Identity(), keras.layers.Dropout(0.0)):
        with pytest.raises(ValueError, match="none with a rate above 0"):
            of_logits(linear(layer), X)


def test_a_model_that_gives_something_else_is_refused():
    model = linear(keras.layers.Dropout(0.3))
    probable = keras.Sequential([model, keras.layers.Softmax()])
    with pytest.raises(ValueError, match="pass from_logits=True"):
        monte_carlo_dropout(model, 5 * X)
    with pytest.raises(ValueError, match="are no logits"):
        of_logits(probable, X)


def test_one_sigmoid_unit_becomes_two_columns():
    unit = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.layers.Dropout(0.5), unit])
    found = monte_carlo_dropout(model, np.ones([5, 3], "float32"), passes=4)
    assert found.shape == (5, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
