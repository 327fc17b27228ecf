"""Tests of tfmixup.metrics.brier."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests import reference
from tests.metrics import strategies
from tfmixup.metrics.brier import brier_decomposition
from tfmixup.metrics.example_scores import brier_score


@settings(max_examples=60, deadline=None)
@given(strategies.examples(), st.integers(1, 20))
def test_the_parts_add_up_to_the_brier_score(made, num_bins):
    parts = brier_decomposition(*made, num_bins)
    # Sums of at most 8 * 60 terms in [0, 1].
    np.testing.assert_allclose(
        parts.uncertainty - parts.resolution + parts.reliability,
        brier_score(*made),
        atol=1e-13,
    )


@settings(max_examples=40, deadline=None)
@given(strategies.examples(), st.integers(1, 20))
def test_uncertainty_and_reliability_equal_the_reference(made, num_bins):
    parts = brier_decomposition(*made, num_bins)
    uncertainty, _, reliability = reference.brier_parts(*made, num_bins)
    np.testing.assert_allclose(parts.uncertainty, uncertainty, atol=1e-13)
    np.testing.assert_allclose(parts.reliability, reliability, atol=1e-13)


def test_with_one_forecast_in_a_bin_the_parts_are_those_of_murphy():
    rng = np.random.default_rng(0)
    first = rng.choice([0.05, 0.15, 0.45, 0.85], size=500)
    rows = np.stack([first, 1 - first], axis=1)
    labels = (rng.random(500) > first**1.5).astype(int)
    np.testing.assert_allclose(
        brier_decomposition(labels, rows, 10),
        reference.brier_parts(labels, rows, 10),
        atol=1e-13,
    )


def test_soft_labels_add_up_too():
    rng = np.random.default_rng(0)
    labels = rng.dirichlet(np.ones(4), size=100)
    rows = rng.dirichlet(np.ones(4), size=100)
    parts = brier_decomposition(labels, rows)
    np.testing.assert_allclose(
        parts.uncertainty - parts.resolution + parts.reliability,
        brier_score(labels, rows),
        atol=1e-13,
    )


def test_a_wiser_forecast_has_more_resolution_not_more_uncertainty():
    labels = np.arange(100) % 2
    sure = np.stack([1 - labels, labels], axis=1).astype(float)
    vague = 0.2 * sure + 0.4
    wise, unwise = [brier_decomposition(labels, r) for r in (sure, vague)]
    assert wise.uncertainty == unwise.uncertainty == 0.5
    np.testing.assert_allclose(wise, [0.5, 0.5, 0], atol=1e-14)
    np.testing.assert_allclose(unwise, [0.5, 0.5, 2 * 0.4**2], atol=1e-13)


def test_wrong_input_and_no_example_are_refused():
    rows = np.float32([[0.5, np.nan]])
    with pytest.raises(ValueError, match="finite"):
        brier_decomposition([0], rows)
    with pytest.raises(ValueError, match="at least one example"):
        brier_decomposition(np.zeros(0, int), np.zeros([0, 2]))


def test_an_example_of_weight_zero_is_left_out():
    rows, weight = [[0.75, 0.25], [np.nan, 0.5]], [1.0, 0.0]
    found = brier_decomposition([0, 7], rows, sample_weight=weight)
    np.testing.assert_allclose(found, [0, 0, 0.125], atol=1e-15)
