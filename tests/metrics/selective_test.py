"""Tests of tfmixup.metrics.selective."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings

from tests import reference
from tests.metrics import cases
from tests.metrics import strategies
from tfmixup.metrics.ranked import distinct_bins_of
from tfmixup.metrics.ranked import RankedBins
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.metrics.selective import risk_at_coverage


@settings(max_examples=60, deadline=None)
@given(strategies.confidences())
def test_the_area_equals_the_reference(made):
    bins = distinct_bins_of(*strategies.inputs_of(*made))
    np.testing.assert_allclose(
        area_under_risk_coverage(bins),
        reference.area_under_risk_coverage(*made),
        atol=1e-13,
    )


def test_equal_confidences_count_as_the_mean_over_their_orders():
    wrong = [1, 0, 0, 1, 0]  # after one example that is surer, and right
    areas = [
        np.mean([sum(order[:i]) / (i + 1) for i in range(6)])
        for order in itertools.permutations(wrong)
    ]
    found = area_under_risk_coverage(RankedBins([5, 1], [2.5, 1.0], [3, 1]))
    np.testing.assert_allclose(found, np.mean(areas), rtol=1e-14)


def test_leading_dimensions_are_scored_one_by_one():
    rng = np.random.default_rng(0)
    count = rng.integers(1, 5, size=(3, 7)).astype(float)
    bins = RankedBins(count, count * 0.5, np.floor(count / 2))
    found = area_under_risk_coverage(bins)
    for i in range(3):
        one = area_under_risk_coverage(RankedBins(*[f[i] for f in bins]))
        np.testing.assert_allclose(found[i], one, rtol=1e-14)


def test_nothing_wrong_has_no_risk():
    bins = RankedBins([1, 2, 0], [0.5, 1.5, 0], [1, 2, 0])
    assert area_under_risk_coverage(bins) == 0
    assert risk_at_coverage(bins, coverage=1.0) == 0


@settings(max_examples=40, deadline=None)
@given(strategies.confidences())
def test_the_risk_at_coverage_is_the_error_rate_of_the_surest(made):
    confidence, correct = reference.shared_among_equals(*made)
    bins = distinct_bins_of(*strategies.inputs_of(*made))
    n = len(confidence)
    wrong = 1 - correct[::-1]
    for kept in {1, (n + 1) // 2, n}:
        np.testing.assert_allclose(
            risk_at_coverage(bins, coverage=kept / n),
            wrong[:kept].mean(),
            atol=1e-13,
        )


@pytest.mark.parametrize("coverage", [0.0, -0.1, 1.1, np.nan, [0.5, 0.0]])
def test_a_coverage_that_answers_nothing_is_refused(coverage):
    with pytest.raises(ValueError, match=r"`coverage` must be in \(0, 1\]"):
        risk_at_coverage(RankedBins(*np.ones([3, 2])), coverage=coverage)


def test_bins_of_several_dimensions_are_refused():
    with pytest.raises(ValueError, match="one dimension.*Received"):
        risk_at_coverage(RankedBins(*np.ones([3, 2, 4])), coverage=0.5)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_gives_the_same_scores(compiled):
    bins = distinct_bins_of(*cases.random_case(0, 200))

    @tf.function(jit_compile=compiled)
    def both(*fields):
        bins = RankedBins(*fields)
        return area_under_risk_coverage(bins), risk_at_coverage(
            bins, coverage=0.3
        )

    area, risk = both(*[tf.constant(field) for field in bins])
    np.testing.assert_allclose(area, area_under_risk_coverage(bins), 1e-12)
    np.testing.assert_allclose(
        risk, risk_at_coverage(bins, coverage=0.3), 1e-12
    )
