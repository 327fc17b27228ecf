"""Tests of tfmixup.metrics.ranked_metrics; every_metric_test has the rest."""

import numpy as np
import pytest

from tests.metrics import cases
from tfmixup.metrics import equal_mass
from tfmixup.metrics import ranked_metrics
from tfmixup.metrics.ranked import distinct_bins_of
from tfmixup.metrics.ranked import largest_share
from tfmixup.metrics.ranked import NUM_SKETCH_BINS
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.metrics.smooth import smooth_calibration_error


def test_a_ranked_metric_keeps_a_sketch_of_fixed_size():
    metric = ranked_metrics.RankedMetric(False, "ranked")
    assert metric.sums.shape == (3, NUM_SKETCH_BINS)
    assert set(metric.get_config()) == {"from_logits", "name"}
    assert metric.bins.kind == "distinct"


@pytest.mark.parametrize("sharpness", [1.0, 5.0, 30.0])
def test_the_sketch_of_equal_mass_is_within_its_bound(sharpness):
    labels, rows = cases.random_case(3, 5000, sharpness=sharpness)
    exact = distinct_bins_of(labels, rows)
    adaptive = ranked_metrics.AdaptiveCalibrationError()
    smirnov = ranked_metrics.KolmogorovSmirnovCalibrationError()
    for metric in (adaptive, smirnov):
        metric.update_state(labels, rows)
    share = float(largest_share(adaptive.bins))
    error = float(
        adaptive.result() - equal_mass.adaptive_calibration_error(exact)
    )
    assert abs(error) <= 14 * share / 2
    error = float(
        equal_mass.kolmogorov_smirnov_calibration_error(exact)
        - smirnov.result()
    )
    assert -1e-12 <= error <= share / 4


@pytest.mark.parametrize("sharpness", [1.0, 5.0, 30.0])
def test_the_smoothed_sketch_is_close_to_the_exact_value(sharpness):
    labels, rows = cases.random_case(3, 5000, sharpness=sharpness)
    exact = float(smooth_calibration_error(distinct_bins_of(labels, rows)))
    metric = ranked_metrics.SmoothCalibrationError()
    metric.update_state(labels, rows)
    # A confidence moves by at most 1/512; moving a Gaussian of width s by d
    # changes its integral by at most 0.8 * d / s, and s is the value.
    assert abs(float(metric.result()) - exact) <= 0.8 / 512 / exact * 0.5


@pytest.mark.parametrize("sharpness", [1.0, 5.0, 30.0])
def test_the_area_of_the_sketch_is_close_to_the_exact_value(sharpness):
    labels, rows = cases.random_case(3, 5000, sharpness=sharpness)
    metric = ranked_metrics.AreaUnderRiskCoverage()
    metric.update_state(labels, rows)
    exact = area_under_risk_coverage(distinct_bins_of(labels, rows))
    # Cumulative errors are off by at most share / 4 inside a bin, at a
    # coverage of at least 1 / n: sum share/4 * dq/q <= share/4 * ln(n) + ...
    bound = float(largest_share(metric.bins)) / 4 * (1 + np.log(5000))
    assert abs(float(metric.result() - exact)) <= bound
