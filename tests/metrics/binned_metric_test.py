"""Tests of tfmixup.metrics.binned_metric; every_metric_test.py has the rest."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.metrics import bins_of
from tfmixup.metrics import ExpectedCalibrationError
from tfmixup.metrics.binned_metric import add_to
from tfmixup.metrics.binned_metric import BinnedMetric

LABELS = np.array([0, 1, 1, 0])
ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]])


class Total(BinnedMetric):
    def score(self, bins):
        return bins.count.sum()


def test_a_subclass_scores_the_bins_of_all_batches():
    metric = Total(5, False, "total")
    for part in (slice(0, 3), slice(3, 4)):
        metric.update_state(LABELS[part], ROWS[part])
    assert float(metric.result()) == 4
    for ours, theirs in zip(metric.bins, bins_of(LABELS, ROWS, 5), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-15)


def test_the_state_is_reset_between_epochs():
    metric = ExpectedCalibrationError()
    metric.update_state(LABELS, ROWS)
    metric.reset_state()
    with pytest.raises(ValueError, match="at least one example"):
        metric.result()


def test_a_refused_batch_leaves_the_state_as_it_was():
    metric = Total(5, False, "total")
    metric.update_state(LABELS, ROWS)
    with pytest.raises(ValueError, match="from_logits=True"):
        metric.update_state(LABELS, 10 * ROWS)
    assert float(metric.result()) == 4


def test_adding_to_a_variable_works_eagerly_and_in_a_graph():
    variable = keras.Variable(np.zeros(2), dtype="float64")
    add_to(variable, np.array([1.0, 2.0]))
    tf.function(lambda: add_to(variable, tf.ones(2, tf.float64)))()
    assert variable.numpy().tolist() == [2, 3]


def test_adding_in_a_stateless_scope_leaves_the_variable_alone():
    variable = keras.Variable(np.zeros(1), dtype="float64")
    start = tf.constant([5.0], tf.float64)
    with keras.StatelessScope(state_mapping=[(variable, start)]) as scope:
        add_to(variable, np.ones(1))
    assert scope.get_current_value(variable).numpy().tolist() == [6]
    assert variable.numpy().tolist() == [0]
