"""What every Keras metric of tfmixup.metrics must do, in one place."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.metrics import cases
from tests.offered import offered_by
from tfmixup import metrics

NUM_CLASSES = 5
CLASSES = [
    value
    for value in (getattr(metrics, name) for name in offered_by(metrics))
    if isinstance(value, type) and issubclass(value, keras.metrics.Metric)
]


def build(metric, **arguments):
    if "num_classes" in metric.__init__.__code__.co_varnames:
        arguments["num_classes"] = NUM_CLASSES
    return metric(**arguments)


def build_all():
    built = [build(metric) for metric in CLASSES]
    assert len({metric.name for metric in built}) == len(built)
    return built


def data(size=300, seed=0, dtype="float32"):
    return cases.random_case(seed, size, NUM_CLASSES, dtype)


def values_of(labels, rows, batch_size=10**6, weight=None, **arguments):
    found = []
    for metric in CLASSES:
        metric = build(metric, **arguments)
        for start in range(0, len(labels), batch_size):
            part = slice(start, start + batch_size)
            some = None if weight is None else weight[part]
            metric.update_state(labels[part], rows[part], some)
        found.append(metric.result())
    return np.array(found)


def assert_alike(found, expected):
    # Sums of 300 terms in another order; smoothing and sweeping do not
    # enlarge their differences by more than 1e3.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)


def evaluate(labels, rows, metrics_name="metrics", weight=None, **arguments):
    model = keras.Sequential(
        [keras.Input([NUM_CLASSES]), keras.layers.Activation("linear")]
    )
    model.compile(
        loss="sparse_categorical_crossentropy",
        **{metrics_name: build_all()},
        **arguments,
    )
    return model.evaluate(
        rows,
        labels,
        batch_size=64,
        sample_weight=weight,
        verbose=0,
        return_dict=True,
    )


def assert_evaluates_to(found, labels, rows, weight=None):
    for metric in CLASSES:
        metric = build(metric)
        metric.update_state(labels, rows, weight)
        assert_alike(found[metric.name], metric.result())


def test_there_are_many():
    assert len(CLASSES) >= 15


def test_batches_and_order_change_nothing():
    labels, rows = data()
    expected = values_of(labels, rows)
    assert_alike(values_of(labels, rows, batch_size=7), expected)
    order = np.random.default_rng(1).permutation(len(labels))
    assert_alike(values_of(labels[order], rows[order]), expected)


def test_relabelling_the_classes_changes_nothing():
    labels, rows = data()
    order = np.random.default_rng(1).permutation(NUM_CLASSES)
    again = values_of(np.argsort(order)[labels], rows[:, order])
    assert_alike(again, values_of(labels, rows))


def test_all_forms_of_labels_give_the_same_value():
    labels, rows = data()
    expected = values_of(labels, rows)
    one_hot = keras.utils.to_categorical(labels, NUM_CLASSES)
    for form in (labels[:, None], labels.astype(np.float32), one_hot):
        assert_alike(values_of(form, rows), expected)


def test_logits_are_measured_by_their_softmax():
    labels, rows = data(dtype="float64")
    found = values_of(labels, np.log(rows) + 3, from_logits=True)
    # exp(log(p)) is good to a few ulp; no confidence is on an edge.
    np.testing.assert_allclose(found, values_of(labels, rows), atol=1e-9)


def test_whole_weights_are_repetitions():
    labels, rows = data()
    times = np.random.default_rng(1).integers(0, 4, len(labels))
    repeated = np.repeat(labels, times), np.repeat(rows, times, axis=0)
    found = values_of(labels, rows, weight=times.astype(np.float32))
    assert_alike(found, values_of(*repeated))


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16])
def test_half_precision_is_measured_in_full(dtype):
    labels, rows = data()
    logits = tf.cast(np.log(rows), dtype)
    wide = tf.cast(logits, tf.float64)
    found = values_of(labels, logits, from_logits=True)
    expected = values_of(labels, wide, from_logits=True)
    # The softmax is in float32 for half precision, hence good to 1e-6.
    np.testing.assert_allclose(found, expected, atol=2e-6)


@pytest.mark.parametrize("compiled", [False, True])
def test_evaluate_gives_the_value_of_the_whole_set(compiled):
    labels, rows = data()
    found = evaluate(labels, rows, jit_compile=compiled)
    assert_evaluates_to(found, labels, rows)


def test_evaluate_takes_sample_weights():
    labels, rows = data()
    weight = np.random.default_rng(1).integers(0, 4, len(labels))
    found = evaluate(labels, rows, "weighted_metrics", weight)
    assert_evaluates_to(found, labels, rows, weight)


@pytest.mark.parametrize("last", [1, 25])
def test_two_replicas_give_the_value_of_one(last):
    labels, rows = data(256 + last)
    devices = [d.name for d in tf.config.list_logical_devices("CPU")]
    assert len(devices) >= 2
    with tf.distribute.MirroredStrategy(devices[:2]).scope():
        found = evaluate(labels, rows)
    assert_evaluates_to(found, labels, rows)


@pytest.mark.parametrize("metric", CLASSES)
def test_the_configuration_makes_an_equal_metric(metric):
    first = build(metric, from_logits=True, name="mine")
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(first)
    )
    assert type(again) is metric
    assert again.get_config() == first.get_config()
    assert again.name == "mine" and again.from_logits


@pytest.mark.parametrize("metric", CLASSES)
def test_the_configuration_names_every_argument(metric):
    arguments = metric.__init__.__code__.co_varnames
    arguments = arguments[1 : metric.__init__.__code__.co_argcount]
    assert sorted(build(metric).get_config()) == sorted(arguments)


@pytest.mark.parametrize("metric", CLASSES)
def test_the_state_is_in_float64_and_does_not_grow(metric):
    metric = build(metric)
    shapes = [tuple(variable.shape) for variable in metric.variables]
    metric.update_state(*data())
    assert shapes == [tuple(v.shape) for v in metric.variables]
    assert {variable.dtype for variable in metric.variables} == {"float64"}


@pytest.mark.parametrize("metric", CLASSES)
def test_a_second_batch_of_another_size_does_not_retrace(metric):
    metric = build(metric)
    update = tf.function(
        metric.update_state,
        input_signature=[
            tf.TensorSpec([None], tf.int64),
            tf.TensorSpec([None, NUM_CLASSES], tf.float32),
        ],
    )
    update(*data(10))
    update(*data(11))
    assert update.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("metric", CLASSES)
def test_no_example_is_an_error_and_reset_brings_it_back(metric):
    metric = build(metric)
    with pytest.raises(ValueError, match="at least one example"):
        metric.result()
    metric.update_state(*data(3))
    metric.result()
    metric.reset_state()
    with pytest.raises(ValueError, match="at least one example"):
        metric.result()


@pytest.mark.parametrize("metric", CLASSES)
def test_nan_is_refused_eagerly_and_spoils_a_compiled_update(metric):
    labels, rows = data(20)
    rows[7, 2] = np.nan
    metric = build(metric)
    with pytest.raises(ValueError, match="finite.*at example 7"):
        metric.update_state(labels, rows)
    update = tf.function(metric.update_state, jit_compile=True)
    update(tf.constant(labels), tf.constant(rows))
    metric.update_state(*data(20))
    assert np.isnan(metric.result())


@pytest.mark.parametrize("metric", CLASSES)
def test_stateless_updates_leave_the_metric_alone(metric):
    metric = build(metric)
    labels, rows = data(20)
    state = [tf.convert_to_tensor(v) for v in metric.variables]
    state = metric.stateless_update_state(state, labels, rows)
    assert not any(v.numpy().any() for v in metric.variables)
    found = metric.stateless_result(state)
    metric.update_state(labels, rows)
    np.testing.assert_array_equal(found, metric.result())
