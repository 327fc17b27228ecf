"""Tests of tfmixup.metrics.smooth."""

import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tests.metrics import cases
from tests.metrics import strategies
from tfmixup.metrics.ranked import distinct_bins_of
from tfmixup.metrics.ranked import RankedBins
from tfmixup.metrics.smooth import smooth_calibration_error


@pytest.mark.parametrize(
    "confidence",
    [
        np.linspace(0.05, 1, 30),
        np.full(10, 0.9),
        np.array([1.0]),
        np.array([0.06, 1.0, 1.0, 0.999]),
    ],
)
def test_it_equals_the_sum_of_reflected_gaussians(confidence):
    correct = np.arange(len(confidence)) % 3 > 0
    bins = distinct_bins_of(*strategies.inputs_of(confidence, correct))
    # The reference sums 4001 points: its integral of a function with kinks
    # at zeros is good to (1/4001)^2 * slope, its bisection to 2^-31.
    np.testing.assert_allclose(
        smooth_calibration_error(bins),
        reference.smooth_calibration_error(confidence, correct),
        atol=2e-5,
    )


def test_a_single_wrong_place_has_the_error_of_its_gap():
    # With all at 0.7 the smoothed residual is |gap| times a density.
    bins = RankedBins([10.0], [7.0], [4.0])
    np.testing.assert_allclose(smooth_calibration_error(bins), 0.3, atol=1e-6)


def test_perfect_calibration_of_one_place_has_no_error():
    assert smooth_calibration_error(RankedBins([4.0], [3.0], [3.0])) < 1e-14


def test_moving_a_confidence_a_little_changes_it_little():
    # What equal-width bins get wrong: the value jumps at an edge.
    correct = np.arange(100) % 5 > 0
    values = [
        float(
            smooth_calibration_error(
                distinct_bins_of(
                    *strategies.inputs_of(np.full(100, centre), correct)
                )
            )
        )
        for centre in (0.8 - 1e-4, 0.8 + 1e-4)
    ]
    assert abs(values[0] - values[1]) < 2.1e-4


@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_gives_the_same_score(compiled):
    bins = distinct_bins_of(*cases.random_case(0, 200))
    found = tf.function(smooth_calibration_error, jit_compile=compiled)(
        RankedBins(*[tf.constant(field) for field in bins])
    )
    np.testing.assert_allclose(
        found, smooth_calibration_error(bins), atol=1e-12
    )


@pytest.mark.parametrize("compiled", [False, True])
def test_spoilt_or_empty_bins_score_nan_in_a_graph(compiled):
    score = tf.function(smooth_calibration_error, jit_compile=compiled)
    for value in (np.nan, 0.0):
        assert np.isnan(score(RankedBins(*tf.fill([3, 5], np.float64(value)))))
    with pytest.raises(ValueError, match="at least one example"):
        smooth_calibration_error(RankedBins(*np.zeros([3, 5])))
    assert np.isnan(
        smooth_calibration_error(RankedBins(*np.full([3, 5], np.nan)))
    )


def test_bins_of_several_dimensions_are_refused():
    with pytest.raises(ValueError, match="one dimension.*Received"):
        smooth_calibration_error(RankedBins(*np.ones([3, 2, 4])))
