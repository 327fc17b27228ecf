"""Tests of tfmixup.metrics.calibration."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tests.metrics import cases
from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import calibration
from tfmixup.metrics import scores

CASES = cases.all_cases()
METRICS = {
    calibration.ConfidenceGap: scores.confidence_gap,
    calibration.ExpectedCalibrationError: scores.expected_calibration_error,
    calibration.MaximumCalibrationError: scores.maximum_calibration_error,
    calibration.MeanConfidence: scores.mean_confidence,
    calibration.OverconfidenceError: scores.overconfidence_error,
    calibration.RootMeanSquareCalibrationError: (
        scores.root_mean_square_calibration_error
    ),
}
PAPER = [
    calibration.ExpectedCalibrationError,
    calibration.OverconfidenceError,
]
REFERENCES = {
    calibration.ExpectedCalibrationError: (
        reference.expected_calibration_error
    ),
    calibration.OverconfidenceError: reference.overconfidence_error,
}


def identity(num_classes, **compile_arguments):
    """A model that gives back its input."""
    model = keras.Sequential(
        [
            keras.Input([num_classes], dtype="float32"),
            keras.layers.Activation("linear", dtype="float32"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", **compile_arguments)
    return model


def updated(metric, labels, rows, batch_size, weight=None):
    for start in range(0, len(labels), batch_size):
        part = slice(start, start + batch_size)
        metric.update_state(
            labels[part],
            rows[part],
            sample_weight=None if weight is None else weight[part],
        )
    return metric


@pytest.mark.parametrize("batch_size", [1_000_000, 37])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("metric", PAPER)
def test_any_batches_give_the_reference(metric, name, batch_size):
    labels, rows = (values[:400] for values in CASES[name])
    bins = reference.bins(*reference.winners(labels, rows), 15)
    found = updated(metric(), labels, rows, batch_size).result()
    np.testing.assert_allclose(
        found, REFERENCES[metric](*bins), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("metric", METRICS)
def test_the_result_is_the_score_of_the_bins(metric):
    labels, rows = CASES["random float32"]
    found = updated(metric(), labels, rows, 1000)
    np.testing.assert_allclose(
        found.result(),
        METRICS[metric](bins_lib.bins_of(labels, rows)),
        rtol=1e-12,
    )
    assert found.bins.count.shape == (found.num_bins,)


def test_a_million_examples_in_batches_equal_one_array():
    labels, rows = cases.random_case(7, 1_000_000, num_classes=3)
    metric = calibration.ExpectedCalibrationError()
    update = tf.function(metric.update_state, reduce_retracing=True)
    for start in range(0, len(labels), 9999):
        update(labels[start : start + 9999], rows[start : start + 9999])
    whole = scores.expected_calibration_error(bins_lib.bins_of(labels, rows))
    np.testing.assert_allclose(metric.result(), whole, rtol=0, atol=1e-10)


def test_the_state_is_float64_and_small():
    state = calibration.ExpectedCalibrationError().variables
    assert [(v.shape, v.dtype) for v in state] == [((3, 15), "float64")]


@pytest.mark.parametrize("metric", METRICS)
def test_no_example_is_an_error_and_reset_brings_it_back(metric):
    metric = metric()
    with pytest.raises(ValueError, match="at least one example.*Update"):
        metric.result()
    metric.update_state([0], [[0.5, 0.5]])
    metric.result()
    metric.reset_state()
    with pytest.raises(ValueError, match="at least one example"):
        metric.result()


def test_no_example_in_a_graph_is_nan():
    metric = calibration.ExpectedCalibrationError()
    assert np.isnan(tf.function(metric.result)())


def test_a_refused_batch_leaves_the_state_as_it_was():
    metric = calibration.ExpectedCalibrationError()
    metric.update_state([0], [[0.75, 0.25]])
    with pytest.raises(ValueError, match="finite"):
        metric.update_state([0, 0], [[0.5, 0.5], [np.nan, 0.5]])
    assert float(metric.result()) == 0.25


@pytest.mark.parametrize("metric", METRICS)
def test_nan_in_a_compiled_update_makes_the_result_nan(metric):
    metric = metric()
    update = tf.function(metric.update_state, jit_compile=True)
    for confidence in (0.75, np.nan, 0.75):
        update(tf.constant([0]), tf.constant([[confidence, 0.25]]))
    assert np.isnan(metric.result())


@pytest.mark.parametrize("metric", METRICS)
def test_the_configuration_makes_an_equal_metric(metric):
    arguments = {"from_logits": True, "name": "mine"}
    if "num_bins" in metric().get_config():
        arguments["num_bins"] = 7
    first = metric(**arguments)
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(first)
    )
    assert type(again) is metric
    assert again.get_config() == first.get_config() == arguments
    assert again.num_bins == first.num_bins


def test_a_number_of_bins_that_is_none_is_refused():
    with pytest.raises(ValueError, match="`num_bins` must be"):
        calibration.ExpectedCalibrationError(num_bins=0)


def evaluation(labels, rows, batch_size=64, weight=None, **arguments):
    names = {
        "weighted_metrics" if weight is not None else "metrics": [
            calibration.ExpectedCalibrationError(num_bins=10),
            calibration.OverconfidenceError(num_bins=10),
        ]
    }
    model = identity(rows.shape[1], **names, **arguments)
    return model.evaluate(
        rows,
        labels,
        batch_size=batch_size,
        sample_weight=weight,
        verbose=0,
        return_dict=True,
    )


def assert_evaluates_to(found, labels, rows, weight=None, atol=1e-12):
    bins = reference.bins(*reference.winners(labels, rows), 10, weight)
    for metric in PAPER:
        np.testing.assert_allclose(
            found[metric().name], REFERENCES[metric](*bins), atol=atol
        )


@pytest.mark.parametrize("compiled", [False, True])
def test_evaluate_gives_the_value_of_the_whole_set(compiled):
    # 1000 examples in batches of 64: the last batch is short.
    labels, rows = cases.random_case(0, 1000)
    found = evaluation(labels, rows, jit_compile=compiled)
    assert_evaluates_to(found, labels, rows)


@pytest.mark.parametrize("compiled", [False, True])
def test_evaluate_takes_sample_weights(compiled):
    labels, rows = cases.random_case(0, 300)
    weight = np.random.default_rng(1).random(300)
    found = evaluation(labels, rows, weight=weight, jit_compile=compiled)
    # Keras hands weights on in float32.
    weight = weight.astype(np.float32).astype(np.float64)
    assert_evaluates_to(found, labels, rows, weight)


def test_evaluate_takes_several_steps_in_one_execution():
    labels, rows = cases.random_case(0, 1000)
    found = evaluation(labels, rows, steps_per_execution=5)
    assert_evaluates_to(found, labels, rows)


# Keras takes the mean of the replicas' first parts to build the metrics, so
# the first batch must split evenly. The last need not: 1 leaves one replica
# with nothing.
@pytest.mark.parametrize("last", [0, 1, 25])
def test_two_replicas_give_the_value_of_one(last):
    labels, rows = cases.random_case(0, 192, num_classes=40)
    edge_labels, edge_rows = cases.edge_case(10, "float32")
    labels = np.concatenate([edge_labels, labels])[: 192 + last]
    rows = np.concatenate([edge_rows, rows])[: 192 + last]
    devices = [d.name for d in tf.config.list_logical_devices("CPU")]
    assert len(devices) >= 2
    with tf.distribute.MirroredStrategy(devices[:2]).scope():
        found = evaluation(labels, rows)
    assert_evaluates_to(found, labels, rows)


def test_fit_reports_the_metric_with_one_hot_labels():
    labels, rows = cases.random_case(0, 256, num_classes=4)
    model = keras.Sequential([keras.Input([4]), keras.layers.Dense(4)])
    model.compile(
        "sgd",
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=[calibration.ExpectedCalibrationError(from_logits=True)],
    )
    one_hot = keras.utils.to_categorical(labels, 4)
    history = model.fit(
        rows, one_hot, validation_data=(rows, one_hot), verbose=0, epochs=2
    ).history
    bins = bins_lib.bins_of(labels, model(rows), from_logits=True)
    np.testing.assert_allclose(
        history["val_ece"][-1],
        scores.expected_calibration_error(bins),
        atol=1e-6,
    )
    assert np.isfinite(history["ece"]).all()


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_models_are_measured_in_full(policy):
    labels, rows = cases.random_case(0, 500)
    rows = 4 * rows - 1
    model = keras.Sequential(
        [
            keras.Input([10]),
            keras.layers.Activation(
                "linear", dtype=keras.dtype_policies.get(policy)
            ),
        ]
    )
    metric = calibration.ExpectedCalibrationError(from_logits=True)
    model.compile(loss="sparse_categorical_crossentropy", metrics=[metric])
    found = model.evaluate(rows, labels, verbose=0, return_dict=True)["ece"]
    half = tf.cast(
        rows, "float16" if "float16" in policy.split("_") else "bfloat16"
    )
    wide = reference.softmax(tf.cast(half, tf.float64).numpy())
    bins = reference.bins(*reference.winners(labels, wide), 15)
    np.testing.assert_allclose(
        found, reference.expected_calibration_error(*bins), atol=1e-6
    )


def test_a_bad_prediction_stops_evaluate_with_the_reason():
    rows = np.full([8, 4], 0.25, np.float32)
    rows[5] = 3
    model = identity(4, metrics=[calibration.ExpectedCalibrationError()])
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="pass from_logits=True"
    ):
        model.evaluate(rows, np.zeros(8, int), verbose=0)


def test_a_saved_model_brings_its_metric_back(tmp_path):
    labels, rows = cases.random_case(0, 64)
    model = identity(10, metrics=[calibration.OverconfidenceError(20)])
    before = model.evaluate(rows, labels, verbose=0, return_dict=True)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    after = again.evaluate(rows, labels, verbose=0, return_dict=True)
    assert after == before
