"""Tests of tfmixup.metrics.equal_mass."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests import reference
from tests.metrics import cases
from tests.metrics import strategies
from tfmixup.metrics import equal_mass
from tfmixup.metrics import ranked_metrics
from tfmixup.metrics.bins import bins_of
from tfmixup.metrics.ranked import distinct_bins_of
from tfmixup.metrics.ranked import RankedBins

NAMES = ["monotonic_sweep", "kolmogorov_smirnov"]
SCORES = [
    equal_mass.adaptive_calibration_error,
    equal_mass.monotonic_sweep_calibration_error,
    equal_mass.kolmogorov_smirnov_calibration_error,
]


@settings(max_examples=60, deadline=None)
@given(strategies.confidences(), st.integers(1, 20))
def test_the_adaptive_error_equals_the_reference(made, num_bins):
    bins = distinct_bins_of(*strategies.inputs_of(*made))
    # Sums of at most 40 terms, each in [-1, 1].
    np.testing.assert_allclose(
        equal_mass.adaptive_calibration_error(bins, num_bins=num_bins),
        reference.adaptive_calibration_error(*made, num_bins),
        atol=1e-13,
    )


@settings(max_examples=60, deadline=None)
@given(strategies.confidences())
@pytest.mark.parametrize("name", NAMES)
def test_a_score_equals_the_reference(name, made):
    bins = distinct_bins_of(*strategies.inputs_of(*made))
    np.testing.assert_allclose(
        getattr(equal_mass, f"{name}_calibration_error")(bins),
        getattr(reference, f"{name}_calibration_error")(*made),
        atol=1e-13,
    )


def test_without_ties_equal_mass_bins_are_slices_of_the_sorted_examples():
    labels, rows = cases.random_case(0, 300, dtype="float64")
    confidence, correct = reference.winners(labels, rows)
    order = np.argsort(confidence)
    gaps = (correct - confidence)[order].reshape(15, 20).sum(axis=1)
    found = equal_mass.adaptive_calibration_error(labels, rows, num_bins=15)
    np.testing.assert_allclose(found, np.abs(gaps).sum() / 300, atol=1e-13)


def test_the_sweep_has_more_bins_the_more_monotonic_the_accuracy_is():
    confidence = np.linspace(0.5, 1, 101)[1:]
    rising = confidence > 0.75
    bins = distinct_bins_of(*strategies.inputs_of(confidence, rising))
    # The labels are sorted: every example can be a bin of its own.
    np.testing.assert_allclose(
        equal_mass.monotonic_sweep_calibration_error(bins),
        np.abs(rising - confidence).mean(),
        atol=1e-13,
    )
    bins = distinct_bins_of(*strategies.inputs_of(confidence, ~rising))
    np.testing.assert_allclose(
        equal_mass.monotonic_sweep_calibration_error(bins),
        abs(np.mean(~rising - confidence)),
        atol=1e-13,
    )


@pytest.mark.parametrize("score", SCORES)
def test_labels_and_predictions_are_scored_as_their_distinct_bins(score):
    labels, rows = cases.random_case(4, 60)
    weight = np.random.default_rng(0).integers(0, 3, 60)
    bins = distinct_bins_of(labels, np.log(rows), True, weight)
    found = score(labels, np.log(rows), from_logits=True, sample_weight=weight)
    assert found == score(bins)


@pytest.mark.parametrize("score", SCORES)
def test_bins_of_another_kind_are_refused(score):
    with pytest.raises(ValueError, match="kind distinct.*equal_width"):
        score(bins_of(*cases.random_case(0, 60)))


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_gives_the_same_score(score, compiled):
    for seed in range(3):
        labels, rows = cases.random_case(seed, 200, dtype="float64")
        bins = distinct_bins_of(labels, np.round(rows, 2 + seed) + 1e-9)
        padded = [np.append(np.insert(f, 5, 0.0), [0.0]) for f in bins]
        found = tf.function(score, jit_compile=compiled)(
            RankedBins(*[tf.constant(field) for field in padded])
        )
        np.testing.assert_allclose(found, score(bins), atol=1e-12)


def test_a_graph_sweeps_to_the_same_number_of_bins():
    sweep = equal_mass.monotonic_sweep_calibration_error
    compiled = tf.function(sweep)
    rng = np.random.default_rng(0)
    for _ in range(40):
        confidence = rng.integers(4, 32, size=rng.integers(2, 30)) / 32
        correct = rng.random(len(confidence)) < confidence
        bins = distinct_bins_of(*strategies.inputs_of(confidence, correct))
        padded = [np.resize(np.append(f, np.zeros(40)), 40) for f in bins]
        found = compiled(RankedBins(*[tf.constant(field) for field in padded]))
        np.testing.assert_allclose(found, sweep(bins), atol=1e-12)


@pytest.mark.parametrize("score", SCORES)
def test_empty_bins_do_not_matter(score):
    bins = distinct_bins_of(*cases.random_case(0, 100))
    padded = RankedBins(*[np.concatenate([[0], f, [0, 0]]) for f in bins])
    np.testing.assert_allclose(score(padded), score(bins), atol=1e-15)


@pytest.mark.parametrize("score", SCORES)
def test_no_example_is_an_error_eagerly_and_nan_in_a_graph(score):
    empty = RankedBins(*np.zeros([3, 4]))
    with pytest.raises(ValueError, match="at least one example"):
        score(empty)
    tensors = RankedBins(*tf.unstack(tf.zeros([3, 4], tf.float64)))
    assert np.isnan(tf.function(score)(tensors))


@pytest.mark.parametrize("score", SCORES[:2])
def test_bins_of_several_dimensions_are_refused(score):
    with pytest.raises(ValueError, match="one dimension.*Received"):
        score(RankedBins(*np.ones([3, 2, 4])))


@pytest.mark.parametrize("num_bins", [0, 1.5])
def test_a_number_of_bins_that_is_none_is_refused(num_bins):
    bins = RankedBins(*np.ones([3, 4]))
    with pytest.raises(ValueError, match="`num_bins` must be"):
        equal_mass.adaptive_calibration_error(bins, num_bins=num_bins)
    with pytest.raises(ValueError, match="`num_bins` must be"):
        ranked_metrics.AdaptiveCalibrationError(num_bins)
