"""Tests of tfmixup.export.signatures: Monte Carlo dropout, and bad inputs."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tests.export import made
from tests.reference import softmax
from tfmixup.export import export_saved_model
from tfmixup.export import open_saved_model

KERNEL = np.array([[3.0, 0], [0, 2], [1, 1], [-1, 2]])
ROWS = np.array([[1.0, 2, -1, 0.5], [0.3, -1, 1, 2]], np.float32)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "model"
    model = made.small()
    export_saved_model(model, path, 2.0, mc_dropout=True, from_logits=True)
    return open_saved_model(path), model


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    """Dropout of 0.3, and a known linear map to two logits."""
    path = tmp_path_factory.mktemp("linear") / "model"
    dense = keras.layers.Dense(2, use_bias=False)
    model = keras.Sequential(
        [keras.Input((4,), name="x"), keras.layers.Dropout(0.8), dense]
    )
    dense.set_weights([KERNEL])
    export_saved_model(
        model, path, mc_dropout=True, dropout_rate=0.3, from_logits=True
    )
    return open_saved_model(path)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokens") / "model"
    export_saved_model(made.token_model(), path, from_logits=True)
    return open_saved_model(path)


def passes(served, rows, number, seed):
    outputs = served.signatures["mc_dropout"](
        x=tf.constant(rows),
        passes=tf.constant(number),
        seed=tf.constant(seed),
    )
    return {name: value.numpy() for name, value in outputs.items()}


def test_the_mean_of_the_passes_converges(linear):
    total = 0
    for mask in itertools.product([0, 1], repeat=4):
        chance = 0.7 ** sum(mask) * 0.3 ** (4 - sum(mask))
        dropped = ROWS.astype(np.float64) * mask / 0.7
        total = total + chance * softmax(dropped @ KERNEL)
    # Each of 5,000 equal rows has masks of its own: 20,000 in all, and five
    # standard errors of a probability are at most 0.018.
    found = passes(linear, np.repeat(ROWS, 5000, axis=0), 4, seed=1)
    mean = found["probabilities"].reshape(2, 5000, 2).mean(axis=1)
    np.testing.assert_allclose(mean, total, atol=0.018)
    # More passes of one row come closer than fewer, on average of 200 rows.
    many = np.repeat(ROWS, 200, axis=0)
    distance = [
        np.abs(
            passes(linear, many, number, 2)["probabilities"]
            - np.repeat(total, 200, axis=0)
        ).mean()
        for number in (1, 10, 100)
    ]
    # The error falls as 1 / sqrt(passes): by 3.2 each time.
    assert distance[0] > 2 * distance[1] > 4 * distance[2]


def test_passes_vary_with_the_seed_and_repeat_with_it(linear):
    many = np.repeat(ROWS, 50, axis=0)
    one, two, again = (
        passes(linear, many, 1, seed)["probabilities"] for seed in (1, 2, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert np.mean(one != two) > 0.5
    # The second pass is not the first again.
    both = passes(linear, many, 2, 1)["probabilities"]
    assert np.mean(np.abs(both - one) > 1e-6) > 0.5


def test_the_disagreement_of_passes_is_the_mutual_information(linear):
    many = np.repeat(ROWS, 50, axis=0)
    one = passes(linear, many, 1, 1)
    np.testing.assert_allclose(one["mutual_information"], 0, atol=1e-6)
    found = passes(linear, many, 20, 1)
    scores = found["probabilities"].astype(np.float64)
    np.testing.assert_allclose(
        found["entropy"], -(scores * np.log(scores)).sum(axis=1), atol=1e-6
    )
    np.testing.assert_array_equal(found["confidence"], scores.max(axis=1))
    assert found["mutual_information"].min() > 0
    assert np.all(found["mutual_information"] < found["entropy"])


@pytest.mark.parametrize("number", [0, -3])
def test_no_passes_are_refused(linear, number):
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="`passes` must be 1 or more"
    ):
        passes(linear, ROWS, number, 1)


IMAGES = made.pixels(2, size=8)
NAN = IMAGES.copy()
NAN[1, 3, 3, 2] = np.nan


@pytest.mark.parametrize(
    "images, message",
    [
        (IMAGES[:, :7], r"must have shape \(None, 8, 8, 3\).*\[2 7 8 3\]"),
        (IMAGES[..., :1], r"must have shape \(None, 8, 8, 3\).*\[2 8 8 1\]"),
        (IMAGES[0], r"must have shape \(None, 8, 8, 3\).*\[8 8 3\]"),
        (IMAGES[None], r"must have shape \(None, 8, 8, 3\).*\[1 2 8 8 3\]"),
        (IMAGES[:0], "must hold 1 example or more"),
        (NAN, "must be finite, not NaN"),
        (np.full_like(IMAGES, np.inf), "must be finite"),
        (IMAGES.astype(np.float64), "float"),
        (IMAGES.astype(np.uint8), "float"),
        # The bytes of a file that is not even whole: nothing is decoded here.
        (np.array([b"\xff\xd8\xff torn", b""]), "float.*string"),
    ],
)
@pytest.mark.parametrize("name", ["serving_default", "mc_dropout"])
def test_wrong_images_are_refused_in_words(small, name, images, message):
    signature = small[0].signatures[name]
    arguments = {"image": tf.constant(images)}
    if name == "mc_dropout":
        arguments |= {"passes": tf.constant(1), "seed": tf.constant(0)}
    with pytest.raises((TypeError, tf.errors.OpError), match=message):
        signature(**arguments)


def test_wrong_token_ids_are_refused_in_words(tokens):
    serve = tokens.signatures["serving_default"]
    assert serve(tf.zeros([2, 12], tf.int32))["logits"].shape == (2, 3)
    with pytest.raises(tf.errors.OpError, match="ids of 0 or more"):
        serve(tf.constant(np.full([2, 12], -1, np.int32)))
    with pytest.raises(tf.errors.OpError, match=r"50.*not in \[0, 50\)"):
        serve(tf.constant(np.full([2, 12], 50, np.int32)))
    for shape in ([2, 13, 1], [13], []):
        with pytest.raises(tf.errors.OpError, match=r"shape \(None, None\)"):
            serve(tf.zeros(shape, tf.int32))


def test_a_right_call_after_a_wrong_one_is_right(small):
    served, model = small
    serve = served.signatures["serving_default"]
    with pytest.raises(tf.errors.OpError):
        serve(tf.constant(NAN))
    np.testing.assert_allclose(
        serve(tf.constant(IMAGES))["logits"],
        model.predict(IMAGES, verbose=0),
        atol=1e-6,
    )


def test_probabilities_of_zero_have_finite_logits(tmp_path):
    inputs = keras.Input((2,), name="x")
    scores = keras.layers.Softmax()(1000.0 * inputs)
    model = keras.Model(inputs, scores)
    export_saved_model(model, tmp_path / "m", from_logits=False)
    served = open_saved_model(tmp_path / "m")
    outputs = served.signatures["serving_default"](tf.constant([[1.0, 0.0]]))
    np.testing.assert_allclose(outputs["probabilities"], [[1, 0]], atol=1e-6)
    assert np.isfinite(outputs["logits"]).all()
    np.testing.assert_allclose(outputs["entropy"], 0, atol=1e-6)


class Masked(keras.layers.Layer):
    """A model whose third class is ruled out."""

    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def call(self, values):
        allowed = tf.constant([True, True, False])
        return tf.where(allowed, values, tf.cast(self.value, values.dtype))


@pytest.mark.parametrize("temperature", [0.01, 0.5, 1.0, 100.0])
@pytest.mark.parametrize("mask", [-np.inf, np.finfo(np.float32).min])
def test_masked_classes_are_finite_and_right(mask, temperature, tmp_path):
    model = keras.Sequential(
        [
            keras.Input([4]),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(3),
            Masked(mask),
        ]
    )
    export_saved_model(
        model, tmp_path / "m", temperature, mc_dropout=True, from_logits=True
    )
    served = tf.saved_model.load(str(tmp_path / "m"))
    x = tf.random.stateless_normal([6, 4], [0, 1])
    found = served.signatures["serving_default"](x)
    two = model(x).numpy()[:, :2].astype(float) / temperature
    p = np.exp(two - two.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    entropy = -special.xlogy(p, p).sum(axis=1)
    np.testing.assert_allclose(found["probabilities"][:, :2], p, atol=2e-5)
    np.testing.assert_array_equal(found["probabilities"][:, 2], 0)
    # float32 logits divided by 0.01 are good to 1e-5.
    np.testing.assert_allclose(found["entropy"], entropy, atol=1e-4)
    average = served.signatures["mc_dropout"]
    arguments = set(average.structured_input_signature[1])
    [name] = arguments - {"passes", "seed"}
    averaged = average(**{name: x}, passes=tf.constant(4), seed=tf.constant(1))
    for key, values in averaged.items():
        assert np.isfinite(values).all(), key
