import numpy as np
import pytest
from scipy import optimize
from scipy import stats

from tfmixup import diagrams


def test_wilson_ends_are_where_the_score_test_is_at_its_critical_value():
    # The definition: those fractions p with |x/n - p| = z sqrt(p(1-p)/n).
    correct, count, level = 7.0, 20.0, 0.9
    z = stats.norm.ppf(0.95)

    def excess(p):
        return (correct / count - p) ** 2 - z**2 * p * (1 - p) / count

    low, high = diagrams.wilson_interval(correct, count, level)
    assert low == pytest.approx(optimize.brentq(excess, 0, 0.35), abs=1e-9)
    assert high == pytest.approx(optimize.brentq(excess, 0.35, 1), abs=1e-9)


def test_wilson_intervals_hold_the_fraction_and_stay_inside_0_and_1():
    count = np.repeat(np.arange(1.0, 200.0), 3)
    correct = count * np.tile([0.0, 0.5, 1.0], 199)
    low, high = diagrams.wilson_interval(correct, count)
    assert np.all((low >= 0) & (low <= correct / count))
    assert np.all((high <= 1) & (high >= correct / count))
    assert np.all(high > low)


def test_the_interval_of_no_trial_is_nan():
    assert np.isnan(diagrams.wilson_interval(0, 0)).all()


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(ValueError, match=f"Received: level={level}"):
        diagrams.wilson_interval(1, 2, level)


def test_the_mean_over_seeds_has_the_interval_of_a_t_test():
    values = np.array([[0.02, 1.0], [0.05, 3.0], [0.03, 2.0], [0.04, 7.0]])
    summary = diagrams.summarize_seeds(values, level=0.9)
    for column in range(2):
        # A t test against an end of the interval is just significant.
        for end in (summary.low, summary.high):
            found = stats.ttest_1samp(values[:, column], end[column])
            assert found.pvalue == pytest.approx(0.1)
    np.testing.assert_allclose(summary.mean, values.mean(axis=0))
    assert summary.size == 4


def test_one_seed_has_no_interval():
    summary = diagrams.summarize_seeds([0.5])
    assert (summary.mean, summary.size) == (0.5, 1)
    assert np.isnan(summary.low) and np.isnan(summary.high)


def test_equal_seeds_have_an_empty_interval():
    summary = diagrams.summarize_seeds([0.5, 0.5])
    assert summary.low == summary.mean == summary.high == 0.5


@pytest.mark.parametrize("values", [[], 0.5])
def test_no_seed_is_refused(values):
    with pytest.raises(ValueError, match="at least one. Received"):
        diagrams.summarize_seeds(values)


def test_a_failed_run_is_not_averaged():
    with pytest.raises(ValueError, match="Received: NaN .* among 2 values"):
        diagrams.summarize_seeds([0.5, np.nan])
