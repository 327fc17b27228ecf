"""Tests of tfmixup.metrics.proper."""

import numpy as np
import pytest
import tensorflow as tf

from tests.metrics import cases
from tfmixup.metrics import example_scores
from tfmixup.metrics import proper

METRICS = {
    proper.NegativeLogLikelihood: example_scores.negative_log_likelihood,
    proper.BrierScore: example_scores.brier_score,
}


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("batch_size", [7, 1000])
@pytest.mark.parametrize("metric", METRICS)
def test_any_batches_give_the_score_of_the_whole(
    metric, batch_size, from_logits
):
    labels, rows = cases.random_case(0, 200)
    weight = np.random.default_rng(0).random(200)
    rows = np.log(rows) + 3 if from_logits else rows
    found = metric(from_logits)
    for start in range(0, 200, batch_size):
        part = slice(start, start + batch_size)
        found.update_state(labels[part], rows[part], weight[part])
    expected = METRICS[metric](labels, rows, from_logits, weight)
    np.testing.assert_allclose(found.result(), expected, rtol=1e-13)


@pytest.mark.parametrize("metric", METRICS)
def test_wrong_input_and_no_example_are_refused(metric):
    metric = metric()
    with pytest.raises(ValueError, match="at least one example"):
        metric.result()
    with pytest.raises(ValueError, match="from_logits=True"):
        metric.update_state([0], [[3.0, -1.0]])
    assert np.isnan(tf.function(metric.result)())
    update = tf.function(metric.update_state, jit_compile=True)
    update(tf.constant([0]), tf.constant([[np.nan, 0.5]]))
    assert np.isnan(metric.result())
