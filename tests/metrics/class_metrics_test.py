"""Tests of tfmixup.metrics.class_metrics; every_metric_test.py has the rest."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.metrics import cases
from tfmixup.metrics import class_metrics
from tfmixup.metrics.brier import brier_decomposition
from tfmixup.metrics.classwise import classwise_calibration_error

BRIER_PARTS = [
    class_metrics.BrierReliability,
    class_metrics.BrierResolution,
    class_metrics.BrierUncertainty,
]
METRICS = [class_metrics.ClasswiseCalibrationError, *BRIER_PARTS]


@pytest.mark.parametrize("batch_size", [64, 1000])
@pytest.mark.parametrize("compiled", [False, True])
def test_the_metric_equals_the_whole_arrays(batch_size, compiled):
    labels, rows = cases.random_case(0, 256, num_classes=4)
    metric = class_metrics.ClasswiseCalibrationError(4)
    update = tf.function(metric.update_state, jit_compile=compiled)
    for start in range(0, 256, batch_size):
        part = slice(start, start + batch_size)
        update(tf.constant(labels[part]), tf.constant(rows[part]))
    np.testing.assert_allclose(
        metric.result(), classwise_calibration_error(labels, rows), atol=1e-13
    )


@pytest.mark.parametrize("metric", METRICS)
def test_another_number_of_classes_is_refused(metric):
    metric = metric(3)
    with pytest.raises(ValueError, match=r"`num_classes` must.*\(1, 2\)"):
        metric.update_state([0], [[0.5, 0.5]])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("num_classes", [1, 2.5, True, "3"])
def test_a_number_of_classes_that_is_none_is_refused(metric, num_classes):
    with pytest.raises(ValueError, match="`num_classes` must be an integer"):
        metric(num_classes)


@pytest.mark.parametrize("compiled", [False, True])
def test_keras_logs_the_parts_of_the_whole_set(compiled):
    labels, rows = cases.random_case(0, 200, num_classes=4)
    model = keras.Sequential(
        [keras.Input([4]), keras.layers.Activation("linear")]
    )
    model.compile(
        loss="sparse_categorical_crossentropy",
        metrics=[metric(4) for metric in BRIER_PARTS],
        jit_compile=compiled,
    )
    found = model.evaluate(rows, labels, verbose=0, return_dict=True)
    parts = brier_decomposition(labels, rows)._asdict()
    for name, value in parts.items():
        np.testing.assert_allclose(found[f"brier_{name}"], value, atol=1e-13)
