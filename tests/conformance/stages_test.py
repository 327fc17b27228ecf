"""What every stage keeps."""

import json

import numpy as np
import pytest
import tensorflow as tf

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
