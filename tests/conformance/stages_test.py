"""What every stage keeps."""

import json

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests import catalogue
from tests.conformance import modes
from tests.replicas import two_replicas
from tfmixup import mixing
from tfmixup.mixing import pipeline

each_stage = pytest.mark.parametrize(
    "case", catalogue.STAGES, ids=lambda case: case.cls.__name__
)


def batch(number=16):
    return tf.constant(catalogue.features(number)), tf.constant(
        catalogue.labels(number)
    )


def dataset(number=48, batch_size=16, drop_remainder=False):
    return tf.data.Dataset.from_tensor_slices(batch(number)).batch(
        batch_size, drop_remainder=drop_remainder
    )


def same(actual, expected):
    tf.nest.map_structure(np.testing.assert_array_equal, actual, expected)


def close(actual, expected):
    """Equal but for the rounding of a product and a sum in float32."""
    tf.nest.map_structure(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6),
        actual,
        expected,
    )


def collected(elements):
    """Every batch of an iteration, joined."""
    return tf.nest.map_structure(lambda *parts: tf.concat(parts, 0), *elements)


def features_of(mixed):
    """The features of a batch, with a plan beside them or not."""
    return mixed.features if isinstance(mixed, mixing.Planned) else mixed


@each_stage
def test_config_brings_the_stage_and_its_draws_back(case):
    stage = case.build()
    assert stage.get_config() == case.arguments
    loaded = case.cls.from_config(json.loads(json.dumps(stage.get_config())))
    same(loaded.mix(*batch()), stage.mix(*batch()))
    same(collected(dataset().apply(loaded)), collected(dataset().apply(stage)))


@pytest.fixture
def fixed_coefficients(monkeypatch):
    """The same coefficients everywhere; the partners are drawn as ever.

    TensorFlow Probability has one sampler for eager code and graphs and
    another for the functions of `tf.data`: one distribution, two streams.
    """
    monkeypatch.setattr(
        pipeline,
        "draw_coefficients",
        lambda alpha, shape, key: tf.linspace(0.0, 1.0, shape[0]),
    )


# Not compiled: the coefficients are drawn on the host, by design.
@each_stage
@pytest.mark.parametrize("mode", [modes.graph, modes.unknown_batch])
def test_a_batch_is_mixed_alike_in_eager_and_graph(
    case, mode, fixed_coefficients
):
    expected = case.build().mix(*batch())
    close(mode(case.build().mix)(*batch()), expected)


@each_stage
def test_a_batch_is_mixed_alike_inside_a_map(case, fixed_coefficients):
    expected = case.build().mix(*batch())
    (mapped,) = dataset(16).map(case.build().mix)
    close(mapped, expected)


@each_stage
def test_the_batch_size_need_not_be_known(case):
    known = dataset(drop_remainder=True).apply(case.build())
    unknown = dataset().apply(case.build())
    assert features_of(known.element_spec[0]).shape == (16, 3)
    for spec, other in zip(
        tf.nest.flatten(known.element_spec),
        tf.nest.flatten(unknown.element_spec),
        strict=True,
    ):
        assert other.shape.as_list() == [None, *spec.shape[1:]]
        assert spec.shape[0] == 16 and spec.dtype == other.dtype
    same(collected(unknown), collected(known))
    assert int(unknown.cardinality()) == int(known.cardinality()) == 3


@each_stage
def test_a_second_batch_does_not_retrace(case):
    stage = case.build()
    function = modes.graph(stage.mix)
    function(*batch())
    # The first call makes the generator, for which TensorFlow traces twice.
    count = function.experimental_get_tracing_count()
    function(*batch())
    assert function.experimental_get_tracing_count() == count


@each_stage
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_features_keep_their_precision_and_are_mixed_in_float32(case, dtype):
    x, y = batch()
    x = tf.cast(x, dtype)
    mixed, labels = case.build().mix(x, y)
    mixed = features_of(mixed)
    assert mixed.dtype == x.dtype
    assert labels.dtype == tf.float32
    if dtype == "float64":
        return
    # Rounded once, after the sum.
    expected, _ = case.build().mix(tf.cast(x, tf.float32), y)
    expected = tf.cast(features_of(expected), dtype)
    np.testing.assert_array_equal(mixed, expected)


@each_stage
def test_two_replicas_see_the_batches_that_one_sees(case):
    strategy = two_replicas()
    expected = collected(dataset(drop_remainder=True).apply(case.build()))
    pieces = [
        tf.nest.map_structure(
            lambda x: tf.concat(strategy.experimental_local_results(x), 0), el
        )
        for el in strategy.experimental_distribute_dataset(
            dataset(drop_remainder=True).apply(case.build())
        )
    ]
    same(collected(pieces), expected)


def unknown_lengths():
    """name -> datasets of the batches of `dataset()`, of unknown length."""
    known = tf.data.Dataset.from_tensor_slices(batch(48))

    def batches():
        for element in dataset():
            yield tuple(part.numpy() for part in element)

    specs = (
        tf.TensorSpec([None, 3], tf.float32),
        tf.TensorSpec([None], tf.int32),
    )
    return {
        "filter": known.filter(lambda x, y: y >= 0).batch(16),
        "unbatch": dataset().unbatch().batch(16),
        "take_while": dataset().take_while(lambda x, y: True),
        "from_generator": tf.data.Dataset.from_generator(
            batches, output_signature=specs
        ),
        "interleave": tf.data.Dataset.range(3)
        .interleave(lambda k: known.skip(16 * k).take(16), cycle_length=1)
        .batch(16),
    }


@pytest.mark.parametrize(
    "case, name",
    [
        *[(case, "from_generator") for case in catalogue.STAGES],
        # What makes the length unknown is all the same to a stage.
        *[(catalogue.STAGES[-1], name) for name in unknown_lengths()],
    ],
    ids=str,
)
def test_a_dataset_of_unknown_length_gets_the_draws_of_a_known_one(case, name):
    data = unknown_lengths()[name]
    assert data.cardinality() == tf.data.UNKNOWN_CARDINALITY
    mixed = data.apply(case.build())
    assert mixed.cardinality() == tf.data.UNKNOWN_CARDINALITY
    same(collected(mixed), collected(dataset().apply(case.build())))
    streamed = case.build().stream(data, first_step=5)
    expected = case.build().stream(dataset(), first_step=5)
    same(collected(streamed), collected(expected))


@each_stage
def test_an_endless_dataset_stays_endless(case):
    mixed = dataset(drop_remainder=True).repeat().apply(case.build())
    assert mixed.cardinality() == tf.data.INFINITE_CARDINALITY
    assert len(list(mixed.take(7))) == 7


def weighted(number=48, batch_size=16):
    x, y = batch(number)
    weight = np.random.default_rng(4).integers(0, 4, number).astype("float32")
    return tf.data.Dataset.from_tensor_slices((x, y, weight)).batch(batch_size)


@each_stage
def test_weights_change_neither_the_draws_nor_the_features(case):
    for mixed, plain in zip(
        weighted().apply(case.build()),
        dataset().apply(case.build()),
        strict=True,
    ):
        assert len(mixed) == 3
        same(mixed[0], plain[0])
        assert mixed[1].shape == plain[1].shape
        assert mixed[2].shape == (16,)
    eager = case.build().mix(*batch(), np.ones(16))
    assert len(eager) == 3


@each_stage
def test_equal_weights_leave_the_labels_as_they_are(case):
    ones = dataset().map(lambda x, y: (x, y, tf.ones([tf.shape(y)[0]])))
    for mixed, plain in zip(
        ones.apply(case.build()), dataset().apply(case.build()), strict=True
    ):
        # c / (c + (1 - c)) is c but for two roundings.
        np.testing.assert_allclose(mixed[1], plain[1], atol=3e-7)
        np.testing.assert_allclose(mixed[2], 1, atol=3e-7)


@each_stage
def test_without_mixing_weights_and_labels_keep_every_bit(case):
    stage = case.build(alpha=0)
    for mixed, plain in zip(weighted().apply(stage), weighted(), strict=True):
        np.testing.assert_array_equal(mixed[2], plain[2])
        np.testing.assert_array_equal(tf.argmax(mixed[1], 1), plain[1])
        assert set(np.unique(mixed[1])) == {0.0, 1.0}


@each_stage
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31 - 1), per_example=st.booleans())
def test_the_sum_of_weight_times_loss_is_that_of_the_pairs(
    case, seed, per_example
):
    """By hand: c * w_i * loss(y_i) + (1 - c) * w_j * loss(y_j), at one x."""
    rng = np.random.default_rng(seed)
    size, classes = 8, catalogue.NUM_CLASSES
    labels = rng.integers(0, classes, size)
    weights = rng.choice([0.0, 0.5, 1.0, 3.0], size)
    losses = rng.exponential(size=(size, classes))  # of each class, at each x
    stage = case.build(seed=seed, per_example=per_example, num_groups=1)
    drawn = []
    combine = stage.combine

    def spy(features, rows, draw):
        drawn.append(draw)
        return combine(features, rows, draw)

    stage.combine = spy
    _, rows, mixed = stage.mix(np.zeros([size, 3], "float32"), labels, weights)
    [draw] = drawn
    partners = draw.partners.numpy()
    own = np.where(partners == np.arange(size), 1.0, draw.coefficient)
    if isinstance(stage, mixing.FeatureMixup):
        own = (own >= 0.5).astype(float)  # the nearer one, whole
    place = np.arange(size)
    expected = (
        own * weights * losses[place, labels]
        + (1 - own) * weights[partners] * losses[place, labels[partners]]
    )
    found = mixed.numpy() * (rows.numpy() * losses).sum(axis=1)
    # Labels are float32: a few roundings of terms below 30.
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(rows.numpy().sum(axis=1), 1, atol=1e-6)


def wrong_things():
    """name -> (what is given to a stage, part of the message)."""
    x, y = catalogue.features(12), catalogue.labels(12)

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 1

        def __getitem__(self, index):
            return x, y

    return {
        "arrays": ((x, y), "tuple.*from_tensor_slices"),
        "PyDataset": (Batches(), "Batches.*from_generator"),
        "frame": (pd.DataFrame(x), "DataFrame"),
        "nothing": (None, "NoneType"),
    }


@each_stage
@pytest.mark.parametrize("name", wrong_things())
def test_what_is_no_dataset_is_refused_with_the_way_out(case, name):
    given_, message = wrong_things()[name]
    with pytest.raises(
        TypeError, match=f"batched `tf.data.Dataset`.*{message}"
    ):
        case.build()(given_)
    with pytest.raises(TypeError, match="batched `tf.data.Dataset`"):
        case.build().stream(given_)


@each_stage
def test_labels_of_several_outputs_are_refused(case):
    x, y = batch()
    for labels in ({"a": y, "b": y}, (y, y)):
        data = tf.data.Dataset.from_tensor_slices((x, labels)).batch(8)
        with pytest.raises(TypeError, match="Labels must be one tensor"):
            data.apply(case.build())
        with pytest.raises(TypeError, match="Labels must be one tensor"):
            data.map(case.build().mix)


@each_stage
def test_ragged_and_sparse_features_are_refused(case):
    ragged = tf.ragged.constant([[1.0], [1.0, 2.0]])
    sparse = tf.sparse.from_dense(tf.eye(2))
    for features in (ragged, sparse):
        data = tf.data.Dataset.from_tensor_slices((features, [0, 1])).batch(2)
        with pytest.raises(TypeError, match="dense tensors.*Received"):
            data.apply(case.build())
        with pytest.raises(TypeError, match="dense tensors.*Received"):
            data.map(case.build().mix)
        with pytest.raises(TypeError, match="dense tensors.*Received"):
            case.build().mix(features, np.array([0, 1]))


@each_stage
def test_lists_are_refused_and_frames_are_read(case):
    x, y = batch()
    with pytest.raises(TypeError, match="`np.asarray`|an array of a list"):
        case.build().mix([[0.0, 1.0], [1.0, 0.0]], [0, 1])
    frame, series = pd.DataFrame(x.numpy()), pd.Series(y.numpy())
    same(case.build().mix(frame, series), case.build().mix(x, y))


@each_stage
@pytest.mark.parametrize(
    "num_classes", [0, -1, 3.7, True, "3", np.nan, np.float64(3)]
)
def test_a_number_of_classes_that_is_none_is_refused(case, num_classes):
    with pytest.raises(ValueError, match="`num_classes` must be an integer"):
        case.build(num_classes=num_classes)
    assert case.build(num_classes=np.int64(3)).num_classes == 3


@each_stage
@pytest.mark.parametrize(
    "alpha",
    [-0.1, 1e-38, 1e-45, 1e31, 1e39, np.inf, np.nan, True, "0.3", None, [0.3]],
)
def test_an_alpha_without_right_draws_is_refused(case, alpha):
    with pytest.raises(ValueError, match="`alpha` must be 0, or a number"):
        case.build(alpha=alpha)


@each_stage
@pytest.mark.parametrize("alpha", [1e-30, 1e-6, 1e8, 1e30])
def test_draws_at_the_ends_of_the_range_are_finite(case, alpha):
    features, labels = next(iter(dataset().apply(case.build(alpha=alpha))))
    assert np.isfinite(features_of(features)).all()
    np.testing.assert_allclose(tf.reduce_sum(labels, 1), 1, atol=1e-6)


@each_stage
@pytest.mark.parametrize("shape", [[16], [16, 1]])
def test_labels_of_one_unit_are_mixed_in_their_shape(case, shape):
    x, y = batch()
    unit = tf.reshape(y % 2, shape)
    _, mixed = case.build(num_classes=1).mix(x, unit)
    _, rows = case.build(num_classes=2).mix(x, y % 2)
    assert mixed.shape == shape
    # The second column of two: class 1.
    np.testing.assert_allclose(tf.reshape(mixed, [-1]), rows[:, 1], atol=1e-6)
