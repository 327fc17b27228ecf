"""Tests of tfmixup.uncertainty.detection."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve

from tfmixup.uncertainty.detection import detection_metrics


def test_every_number_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    inside = np.round(rng.normal(size=3000) + 1, 1)  # With ties.
    outside = np.round(rng.normal(size=700), 1)
    found = detection_metrics(inside, outside)
    scores = np.concatenate([inside, outside])
    positive = np.repeat([1, 0], [3000, 700])
    for got, labels, values in (
        ((found.auroc, found.aupr_in, found.fpr95_in), positive, scores),
        ((found.auroc, found.aupr_out, found.fpr95_out), 1 - positive, -scores),
    ):
        fpr, tpr, _ = roc_curve(labels, values, drop_intermediate=False)
        expected = (
            roc_auc_score(labels, values),
            average_precision_score(labels, values),
            fpr[tpr >= 0.95].min(),
        )
        np.testing.assert_allclose(got, expected, rtol=1e-12)
    assert (found.num_in, found.num_out) == (3000, 700)


def test_the_print_names_the_positive_class_of_each_number():
    text = str(detection_metrics([3.0, 2.0, 1.5], [1.0]))
    before, after = text.split("positive = out-of-distribution (1)")
    assert "positive = in-distribution (3)" in before
    for part in (before, after):
        assert "AUPR" in part and "FPR at 95 % TPR" in part


def test_a_swap_mirrors_the_measures():
    rng = np.random.default_rng(1)
    inside, outside = rng.normal(size=300) + 1, rng.normal(size=200)
    one = detection_metrics(inside, outside)
    two = detection_metrics(-outside, -inside)
    np.testing.assert_allclose(one.auroc, two.auroc, rtol=1e-12)
    assert (one.aupr_in, one.fpr95_in) == (two.aupr_out, two.fpr95_out)


def test_equal_scores_are_a_coin_toss():
    found = detection_metrics(np.ones(30), np.ones(10))
    assert found.auroc == 0.5 and found.fpr95_in == found.fpr95_out == 1
    assert found.aupr_in == 0.75 and found.aupr_out == 0.25


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(ValueError, match="both groups"):
        detection_metrics([1.0], [])
    with pytest.raises(ValueError, match="NaN"):
        detection_metrics([1.0, np.nan], [0.5])
    with pytest.raises(ValueError, match="must be vectors"):
        detection_metrics(np.ones([2, 2]), [0.5])


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "uint64", "int64", "float16", "float64"]
)
def test_scores_of_any_dtype_are_those_of_floats(dtype):
    inside, outside = [200, 150, 100], [50, 0, 120]
    expected = detection_metrics(np.float32(inside), np.float32(outside))
    found = detection_metrics(np.array(inside, dtype), np.array(outside, dtype))
    assert found == expected


def test_the_lowest_integer_of_a_dtype_can_be_negated():
    found = detection_metrics(
        np.array([-128, 5, 100], np.int8), np.array([-100, -5], np.int8)
    )
    assert found == detection_metrics([-128.0, 5, 100], [-100.0, -5])


def test_bools_are_scores_of_0_and_1():
    found = detection_metrics([True, False], [False, False])
    assert found == detection_metrics([1.0, 0.0], [0.0, 0.0])
    assert found.auroc == 0.75


@pytest.mark.parametrize("bad", [["a", "b"], [1 + 2j, 0], [2**60, 2**60 + 1]])
def test_scores_that_are_no_floats_are_refused(bad):
    with pytest.raises(ValueError, match="cores.*Received"):
        detection_metrics(np.array(bad), [0.0])
