"""What every metric keeps."""

import json

import keras
import pytest
import tensorflow as tf

from tests import catalogue
from tests.conformance import modes
from tests.replicas import two_replicas

each_metric = pytest.mark.parametrize(
    "case", catalogue.METRICS, ids=lambda case: case.cls.__name__
)


def value(metric, *batches):
    for batch in batches:
        metric.update_state(*batch)
    return float(metric.result())


def batch(seed=0, number=16):
    return catalogue.labels(number, seed), catalogue.logits(number, seed + 1)


@each_metric
def test_config_brings_the_metric_back(case):
    metric = case.build()
    config = keras.metrics.serialize(metric)
    loaded = keras.metrics.deserialize(json.loads(json.dumps(config)))
    assert type(loaded) is case.cls
    assert loaded.get_config() == metric.get_config() == case.arguments
    assert value(loaded, batch()) == value(metric, batch())


@each_metric
def test_a_saved_model_brings_the_metric_back(case, tmp_path):
    model = catalogue.model()
    model.compile(
        "sgd", "sparse_categorical_crossentropy", metrics=[case.build()]
    )
    x, y = catalogue.features(), catalogue.labels()
    expected = model.evaluate(x, y, verbose=0, return_dict=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert "other" in expected
    assert loaded.evaluate(x, y, verbose=0, return_dict=True) == expected


@each_metric
@pytest.mark.parametrize("mode", modes.ALL, ids=lambda mode: mode.__name__)
def test_every_mode_gives_the_same_result(case, mode):
    metric = case.build()
    update = mode(lambda y, p: metric.update_state(y, p))
    for seed in (0, 1):
        update(*map(tf.constant, batch(seed)))
    result = float(modes.graph(metric.result)())
    # Exact sums of confidences, whose softmax may round otherwise in a graph.
    expected = value(case.build(), batch(0), batch(1))
    assert result == pytest.approx(expected, rel=1e-6, abs=1e-7)


@each_metric
def test_the_result_compiles(case):
    metric = case.build()
    expected = value(metric, batch())
    result = float(modes.compiled(metric.result)())
    assert result == pytest.approx(expected, rel=1e-12)


@each_metric
def test_a_second_batch_does_not_retrace(case):
    metric = case.build()
    function = modes.graph(lambda y, p: metric.update_state(y, p))
    for seed in (0, 1):
        function(*map(tf.constant, batch(seed)))
    assert function.experimental_get_tracing_count() == 1


@each_metric
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(case, dtype):
    y, p = batch()
    half = tf.cast(p, dtype)
    expected = value(case.build(), (y, tf.cast(half, tf.float32)))
    assert value(case.build(), (y, half)) == expected


@each_metric
def test_reset_forgets_everything(case):
    metric = case.build()
    value(metric, batch(0))
    metric.reset_state()
    assert value(metric, batch(1)) == value(case.build(), batch(1))


@each_metric
def test_two_replicas_measure_what_one_measures(case):
    strategy = two_replicas()
    with strategy.scope():
        metric = case.build()
    update = tf.function(lambda y, p: metric.update_state(y, p))
    for seed in (0, 1):
        strategy.run(update, args=modes.split(strategy, *batch(seed)))
    expected = value(case.build(), batch(0), batch(1))
    # Exact sums of confidences, whose softmax may round otherwise in a graph.
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)
