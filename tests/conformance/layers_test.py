"""What every layer that mixes by plan keeps."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import catalogue
from tests.conformance import modes
from tests.replicas import two_replicas
from tfmixup.layers import MixingModel
from tfmixup.mixing import mix
from tfmixup.mixing import Plan
from tfmixup.mixing import Planned

# Models without a plan are what some of these tests are about.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*nothing without a plan", "ignore:.*mixes nothing"
)

each_layer = pytest.mark.parametrize(
    "case", catalogue.LAYERS, ids=lambda case: case.cls.__name__
)
each_mode = pytest.mark.parametrize(
    "mode", modes.ALL, ids=lambda mode: mode.__name__
)
# Pairs within each quarter of 16 rows, one of them of an example with itself.
DISTANCES = np.array([1, 2, -1, -2] * 3 + [3, 0, 0, -3], np.int32)
COEFFICIENTS = np.linspace(0, 1, 16).astype(np.float32)


def model_of(layer, **options):
    """A model that is the layer, and nothing else."""
    inputs = keras.Input((3,), name="features")
    return MixingModel(inputs, layer(inputs), **options)


def pairs(depth, features):
    """The same as `catalogue.features`, with a plan."""
    plan = Plan(tf.constant(DISTANCES), {depth: tf.constant(COEFFICIENTS)})
    return Planned(plan=plan, features=tf.constant(features))


def mixed(features):
    """What a plan makes of features, by the formula."""
    own = np.asarray(features, np.float64)
    partner = own[np.arange(16) + DISTANCES]
    weight = COEFFICIENTS.astype(np.float64)[:, None]
    return weight * own + (1 - weight) * partner


@each_layer
def test_config_brings_the_layer_back(case):
    layer = case.build(name="other")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    loaded = keras.saving.deserialize_keras_object(config)
    assert type(loaded) is case.cls
    assert loaded.get_config() == layer.get_config()
    assert case.arguments.items() <= layer.get_config().items()
    assert loaded.depth == layer.depth


@each_layer
def test_a_saved_model_brings_the_layer_back(case, tmp_path):
    layer = case.build()
    model = model_of(layer)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = catalogue.features()
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), x)
    np.testing.assert_array_equal(
        loaded(pairs(layer.depth, x), training=True),
        model(pairs(layer.depth, x), training=True),
    )
    loaded.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    np.testing.assert_array_equal(served.serve(x), x)


@each_layer
@each_mode
def test_every_mode_mixes_alike(case, mode):
    layer = case.build()
    model = model_of(layer)

    def run(features, distances, coefficients):
        plan = Plan(distances, {layer.depth: coefficients})
        return model(Planned(plan=plan, features=features), training=True)

    x = catalogue.features()
    results = mode(run)(*map(tf.constant, (x, DISTANCES, COEFFICIENTS)))
    # Two products and a sum of float32 numbers below 4.
    np.testing.assert_allclose(results, mixed(x), atol=2**-20)
    # Own partner, coefficient 1: bit for bit.
    for row in (13, 14, 15):
        np.testing.assert_array_equal(results[row], x[row])


@each_layer
@each_mode
@pytest.mark.parametrize("training", [False, True])
def test_without_a_plan_it_is_the_identity_in_every_mode(case, mode, training):
    model = model_of(case.build())
    x = catalogue.features()
    x[0, 0] = -0.0
    results = mode(lambda x: model(x, training=training))(tf.constant(x))
    np.testing.assert_array_equal(
        results.numpy().view(np.int32), x.view(np.int32)
    )


@each_layer
def test_the_gradient_goes_to_both_of_a_pair(case):
    layer = case.build()
    model = model_of(layer)
    x = tf.constant(catalogue.features())
    upstream = catalogue.features(seed=9)
    with tf.GradientTape() as tape:
        tape.watch(x)
        planned = pairs(layer.depth, x)
        outputs = model(planned, training=True)
    gradient = tape.gradient(outputs, x, output_gradients=upstream)
    expected = np.zeros([16, 3])
    for row, distance in enumerate(DISTANCES):
        weight = COEFFICIENTS[row] if distance else 1.0
        expected[row] += weight * upstream[row]
        expected[row + distance] += (1 - weight) * upstream[row]
    np.testing.assert_allclose(gradient, expected, atol=2**-20)


@each_layer
def test_a_second_batch_does_not_retrace(case):
    layer = case.build()
    model = model_of(layer)
    function = modes.graph(lambda planned: model(planned, training=True))
    for seed in (0, 1):
        function(pairs(layer.depth, catalogue.features(seed=seed)))
    assert function.experimental_get_tracing_count() == 1


@each_layer
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_states_keep_their_precision_and_are_mixed_in_float32(case, dtype):
    layer = case.build(dtype=dtype)
    model = model_of(layer)
    x = tf.cast(catalogue.features(), dtype)
    results = model(pairs(layer.depth, x), training=True)
    assert results.dtype == dtype
    partner = tf.gather(x, np.arange(16) + DISTANCES)
    expected = mix(x, partner, tf.where(DISTANCES == 0, 1.0, COEFFICIENTS))
    np.testing.assert_array_equal(results, expected)


@each_layer
def test_two_replicas_mix_what_one_mixes(case):
    strategy = two_replicas()
    with strategy.scope():
        layer = case.build()
        model = model_of(layer)

    @tf.function
    def run(features, distances, coefficients):
        plan = Plan(distances, {layer.depth: coefficients})
        return model(Planned(plan=plan, features=features), training=True)

    x = catalogue.features()
    pieces = modes.split(strategy, x, DISTANCES, COEFFICIENTS)
    results = strategy.run(run, args=pieces)
    results = tf.concat(strategy.experimental_local_results(results), 0)
    np.testing.assert_allclose(results, mixed(x), atol=2**-20)


@each_layer
def test_a_depth_that_the_model_has_not_is_refused(case):
    layer = case.build()
    model = model_of(layer)
    with pytest.raises(ValueError, match="Every depth of a plan needs"):
        model(pairs(layer.depth + 1, catalogue.features()), training=True)
