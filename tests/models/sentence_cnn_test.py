"""Tests of tfmixup.models.sentence_cnn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import checks
from tfmixup.layers import MixingModel
from tfmixup.mixing import EmbeddingMixupPlan
from tfmixup.mixing.plan import Plan
from tfmixup.mixing.plan import Planned
from tfmixup.models import sentence_cnn

# Models without a plan are what some of these tests are about.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*nothing without a plan", "ignore:.*mixes nothing"
)

SIZE = 12
# Texts of 5, 2, 0, 1 and 3 words.
IDS = np.array(
    [
        [3, 5, 7, 2, 11],
        [5, 3, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [7, 3, 5, 0, 0],
    ],
    np.int32,
)


def small(**arguments):
    arguments = {"dimension": 4, "filters": 3, "dropout": 0.0, **arguments}
    keras.utils.set_random_seed(1)
    return sentence_cnn(2, SIZE, **arguments)


def small_in_float64(**arguments):
    with checks.dtype_policy("float64"):
        model = small(**arguments)
    checks.randomise(model, seed=1)
    layer = model.get_layer("embedding")
    (embeddings,) = layer.get_weights()
    embeddings[0] = 0
    layer.set_weights([embeddings])
    return model


def network(vectors, lengths, weights):
    """Kim's network for texts one by one, over what is no padding.

    Args:
        vectors: float64 `[b, length, dimension]`.
        lengths: ints `[b]`; vectors from there on are padding.
        weights: dict of `checks.weights`.
    """
    logits = []
    for text, length in zip(vectors, lengths, strict=True):
        found = []
        for size in (3, 4, 5):
            kernel, bias = weights[f"windows_of_{size}"]
            zeros = np.zeros([size - 1, text.shape[1]])
            padded = np.concatenate([zeros, text[:length], zeros])
            # Every window that holds a word or more.
            values = [
                np.einsum("td,tdf->f", padded[at : at + size], kernel) + bias
                for at in range(length + size - 1 if length else 0)
            ]
            values.append(np.zeros_like(bias))  # ReLU
            found.append(np.max(values, axis=0))
        kernel, bias = weights["logits"]
        logits.append(np.concatenate(found) @ kernel + bias)
    return np.array(logits)


def test_it_computes_the_published_network():
    model = small_in_float64()
    weights = checks.weights(model)
    (embeddings,) = weights["embedding"]
    expected = network(embeddings[IDS], (IDS > 0).sum(1), weights)
    assert np.ptp(expected, axis=0).min() > 0.1
    np.testing.assert_allclose(model(IDS), expected, rtol=1e-9, atol=1e-9)


def test_the_length_of_the_rows_changes_nothing():
    model = small_in_float64()
    expected = np.array(model(IDS))
    for more in (1, 4, 30):
        longer = np.pad(IDS, [(0, 0), (0, more)])
        np.testing.assert_allclose(model(longer), expected, atol=1e-12)
    np.testing.assert_allclose(model(IDS[1:2, :2]), expected[1:2], atol=1e-12)


def test_a_text_without_words_has_the_logits_of_the_bias():
    model = small_in_float64()
    _, bias = checks.weights(model)["logits"]
    np.testing.assert_array_equal(model(IDS)[2], bias)


def test_parameters_are_those_of_kim():
    model = sentence_cnn(2, 18767)
    windows = (3 + 4 + 5) * 300 * 100 + 3 * 100
    assert checks.count(model) == 18767 * 300 + windows + 300 * 2 + 2
    assert model.get_layer("dropout").rate == 0.5
    assert model.get_layer("logits").kernel_constraint.max_value == 3.0
    assert checks.count(small(kernel_sizes=(2,))) == (
        SIZE * 4 + 2 * 4 * 3 + 3 + 3 * 2 + 2
    )


def planned(ids, distances, coefficient):
    rows = tf.fill([len(ids)], tf.constant(coefficient, tf.float64))
    plan = Plan(tf.constant(distances), {0: tf.cast(rows, tf.float32)})
    return Planned(plan=plan, features=tf.constant(ids))


@pytest.mark.parametrize("coefficient", [0.25, 0.5, 1.0])
def test_a_mixed_pair_is_as_long_as_its_longer_text(coefficient):
    model = small_in_float64(embedding_mixup=True)
    weights = checks.weights(model)
    (embeddings,) = weights["embedding"]
    distances = np.array([1, -1, 2, 1, -2], np.int32)
    partners = np.arange(5) + distances
    own, other = embeddings[IDS], embeddings[IDS[partners]]
    vectors = coefficient * own + (1 - coefficient) * other
    lengths = (IDS > 0).sum(1)
    if coefficient < 1:
        lengths = np.maximum(lengths, lengths[partners])
    expected = network(vectors, lengths, weights)
    for more in (0, 6):
        longer = np.pad(IDS, [(0, 0), (0, more)])
        mixed = model(planned(longer, distances, coefficient), training=True)
        np.testing.assert_allclose(mixed, expected, rtol=1e-9, atol=1e-9)


def test_hidden_states_are_mixed_at_two_depths():
    model = small_in_float64(hidden_mixup=True)
    embeddings_only = small_in_float64(embedding_mixup=True)
    distances = np.array([1, -1, 2, 1, -2], np.int32)
    one, part = tf.ones([5]), tf.fill([5], tf.constant(0.25))

    def mixed(first, second):
        plan = Plan(tf.constant(distances), {0: first, 1: second})
        return model(Planned(plan, tf.constant(IDS)), training=True)

    # Behind the features the network is linear: their mixture is its own.
    plain = np.array(model(IDS))
    expected = 0.25 * plain + 0.75 * plain[np.arange(5) + distances]
    np.testing.assert_allclose(mixed(one, part), expected, rtol=1e-9)
    other = embeddings_only(planned(IDS, distances, 0.25), training=True)
    np.testing.assert_allclose(mixed(part, one), other, rtol=1e-9)
    assert np.abs(other - expected).max() > 0.01


@pytest.mark.parametrize("mixing", ["embedding_mixup", "hidden_mixup"])
def test_mixing_has_no_weights_and_leaves_prediction_alone(mixing):
    plain, mixing = small(), small(**{mixing: True})
    assert isinstance(mixing, MixingModel)
    assert not isinstance(plain, MixingModel)
    assert [v.path for v in plain.weights] == [v.path for v in mixing.weights]
    mixing.set_weights(plain.get_weights())
    np.testing.assert_array_equal(plain(IDS), mixing(IDS))


def fitted(model, epochs=3, **compile_arguments):
    """Trained with the batches of a plan stage or, if plain, without."""
    dataset = tf.data.Dataset.from_tensor_slices((IDS, [0, 1, 0, 1, 1]))
    dataset = dataset.batch(5)
    if isinstance(model, MixingModel):
        dataset = dataset.apply(EmbeddingMixupPlan(0.4, 2, seed=7))
    else:
        dataset = dataset.map(lambda ids, label: (ids, tf.one_hot(label, 2)))
    model.compile(
        keras.optimizers.Adadelta(1.0, rho=0.95, epsilon=1e-6),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        **compile_arguments,
    )
    history = model.fit(dataset, epochs=epochs, verbose=0, shuffle=False)
    assert np.isfinite(history.history["loss"]).all()
    return model


@pytest.mark.parametrize("embedding_mixup", [False, True])
def test_padding_stays_zero_while_the_words_of_the_texts_are_trained(
    embedding_mixup,
):
    model = small(embedding_mixup=embedding_mixup)
    start = model.get_layer("embedding").get_weights()[0]
    assert not start[0].any() and abs(start).max() <= 0.25
    after = fitted(model).get_layer("embedding").get_weights()[0]
    moved = (start != after).any(axis=1)
    used = np.isin(np.arange(SIZE), IDS[IDS > 0])
    np.testing.assert_array_equal(moved, used)


@pytest.mark.parametrize("max_norm", [0.25, None])
def test_the_weights_of_a_class_are_no_longer_than_the_limit(max_norm):
    model = small(max_norm=max_norm)
    layer = model.get_layer("logits")
    layer.kernel.assign(10 * layer.kernel)
    kernel, _ = fitted(model, 1).layers[-1].get_weights()
    norms = np.linalg.norm(kernel, axis=0)
    if max_norm is None:
        assert norms.min() > 1
    else:
        np.testing.assert_allclose(norms, max_norm, rtol=1e-5)


def test_embeddings_are_what_the_model_starts_from():
    given = np.random.default_rng(0).normal(size=(SIZE, 6)).astype("float32")
    kept = given.copy()
    model = small(embeddings=given)
    np.testing.assert_array_equal(given, kept)
    layer = model.get_layer("embedding")
    assert layer.output_dim == 6 and layer.trainable
    np.testing.assert_array_equal(layer.get_weights()[0][1:], given[1:])
    assert not layer.get_weights()[0][0].any()


@pytest.mark.parametrize("embedding_mixup", [False, True])
def test_a_trained_model_is_saved_and_loaded(tmp_path, embedding_mixup):
    model = fitted(small(dropout=0.5, embedding_mixup=embedding_mixup))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(IDS), again(IDS))
    assert again.get_layer("logits").kernel_constraint.max_value == 3.0
    model.export(tmp_path / "exported", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "exported"))
    np.testing.assert_allclose(served.serve(IDS), model(IDS), atol=1e-6)


def test_a_compiled_step_trains_with_mixing():
    model = small(embedding_mixup=True, dropout=0.5)
    start = model.get_weights()
    fitted(model, 1, jit_compile=True)
    for before, after in zip(start, model.get_weights(), strict=True):
        assert (before != after).any()


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_trains_and_gives_float32(policy):
    with checks.dtype_policy(policy):
        model = fitted(small(embedding_mixup=True), 1)
    assert model(IDS).dtype == tf.float32


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be an integer >= 1"),
        ({"dimension": 0}, "`dimension` must be an integer >= 1"),
        ({"kernel_sizes": ()}, "`kernel_sizes` must hold at least one"),
        ({"kernel_sizes": (3, 0)}, "`kernel_sizes` must be an integer >= 1"),
        ({"dropout": 1.0}, "`dropout` must be a rate"),
        ({"max_norm": 0.0}, "`max_norm` must be finite and above 0"),
        ({"max_norm": float("nan")}, "`max_norm` must be finite and above 0"),
        ({"embeddings": np.zeros([11, 4])}, r"12 ids. .* \(11, 4\)"),
        ({"embeddings": np.zeros([12])}, r"12 ids. .* \(12,\)"),
        ({"embeddings": np.full([12, 4], np.nan)}, "nan or inf in row 0"),
        ({"weight_decay": -1.0}, "`weight_decay` must be"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        small(**arguments)


@pytest.mark.parametrize(("classes", "size"), [(1, 12), (2, 1), (2.5, 12)])
def test_wrong_counts_are_refused(classes, size):
    with pytest.raises(ValueError, match="must be an integer >= 2"):
        sentence_cnn(classes, size)
