"""Tests of tfmixup.metrics.scored_bins."""

import numpy as np
import pytest

from tests.metrics import cases
from tfmixup.metrics import scored_bins
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import bins_of
from tfmixup.metrics.classwise import class_bins_of
from tfmixup.metrics.ranked import distinct_bins_of

LABELS, ROWS = cases.random_case(0, 40)


def test_examples_make_their_own_bins():
    found = scored_bins.bins_to_score(LABELS, ROWS, 7, False, None)
    for ours, theirs in zip(found, bins_of(LABELS, ROWS, 7), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_bins_of_the_right_kind_are_taken_as_they_are():
    bins = bins_of(LABELS, ROWS)
    assert scored_bins.bins_to_score(bins, None, 15, False, None) is bins


@pytest.mark.parametrize("make", [distinct_bins_of, class_bins_of])
def test_bins_of_another_kind_are_refused_with_both_kinds(make):
    bins = make(LABELS, ROWS)
    with pytest.raises(ValueError, match=f"equal_width.*kind {bins.kind}"):
        scored_bins.bins_to_score(bins, None, 15, False, None)


def test_a_kind_goes_with_the_bins_wherever_they_are_read():
    bins = distinct_bins_of(LABELS, ROWS)
    assert scored_bins.read_bins(bins)[0].kind == "distinct"


def test_bins_and_predictions_together_are_refused():
    bins = bins_of(LABELS, ROWS)
    with pytest.raises(ValueError, match="`Bins` are scored alone.*ndarray"):
        scored_bins.given_bins(bins, ROWS, scored_bins.WIDE)


@pytest.mark.parametrize("alone", [ROWS, [1, 2], None, "bins"])
def test_one_argument_that_is_no_bins_is_refused(alone):
    with pytest.raises(ValueError, match=r"takes \(labels, predictions\)"):
        scored_bins.given_bins(alone, None, scored_bins.WIDE)


def test_counts_of_zero_divide_nothing():
    bins = Bins(np.array([0.0, 2.0]), np.zeros(2), np.zeros(2))
    assert scored_bins.divisor(bins).tolist() == [1, 2]


def test_bins_take_no_weights_and_no_other_number():
    bins = bins_of([0, 1], [[0.7, 0.3], [0.6, 0.4]], num_bins=10)
    assert scored_bins.bins_to_score(bins, None, 15, False, None) is bins
    assert scored_bins.bins_to_score(bins, None, 10, False, None) is bins
    with pytest.raises(ValueError, match="number of bins.*10.*num_bins=20"):
        scored_bins.bins_to_score(bins, None, 20, False, None)
    with pytest.raises(ValueError, match="hold the weights"):
        scored_bins.bins_to_score(bins, None, 15, False, np.ones(2))
