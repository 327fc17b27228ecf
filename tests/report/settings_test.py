import numpy as np
import pytest

from tfmixup.report.settings import check_settings
from tfmixup.report.settings import percentiles


def test_numbers_of_bins_are_a_tuple_without_repeats():
    assert check_settings(15, 100, 0.5) == (15,)
    assert check_settings([100, 15, 100], 100, 0.5) == (100, 15)


@pytest.mark.parametrize(
    "settings, message",
    [
        ((0, 100, 0.5), "Received: num_bins=0"),
        (((), 100, 0.5), r"at least one number of bins. Received: num_bins=\("),
        ((15, 99, 0.5), "Received: resamples=99"),
        ((15, 100, 95), "such as 0.95. Received: level=95"),
        ((15, 100, 0.0), "Received: level=0.0"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        check_settings(*settings)


def test_percentiles_are_draws_even_beside_infinity():
    draws = np.concatenate([np.arange(90.0), np.full(10, np.inf)])
    low, high = percentiles(np.random.default_rng(0).permutation(draws), 0.9)
    # At least 5 and 95 % of the draws are not above them.
    assert (low, high) == (4, np.inf)
