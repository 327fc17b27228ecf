"""Tests of tfmixup.metrics.ranking."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve

from tests import reference
from tfmixup.metrics.ranking import aupr
from tfmixup.metrics.ranking import auroc
from tfmixup.metrics.ranking import fpr_at_tpr

every = pytest.mark.parametrize(
    "measure", [aupr, auroc, fpr_at_tpr], ids=lambda f: f.__name__
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2))
def test_it_equals_the_reference_with_ties(made):
    positive, scores = (np.array(column) for column in zip(*made, strict=True))
    if positive.all() or not positive.any():
        positive[0] = not positive[0]
    assert auroc(positive, scores) == reference.auroc(positive, scores)


@pytest.mark.parametrize("digits", [1, 3, 17])
def test_it_equals_scikit_learn(digits):
    rng = np.random.default_rng(0)
    positive = rng.random(20_000) < 0.1
    scores = np.round(rng.normal(size=20_000) + positive, digits)
    np.testing.assert_allclose(
        auroc(positive, scores), roc_auc_score(positive, scores), rtol=1e-12
    )


def test_saturated_scores_are_not_rounded():
    # keras.metrics.AUC with 200 thresholds says 0.5.
    scores = 1 - np.array([4e-6, 3e-6, 2e-6, 1e-6])
    assert auroc([0, 0, 1, 1], scores) == 1


def test_all_equal_scores_are_a_coin_toss():
    assert auroc([0, 1, 1, 0], np.ones(4)) == 0.5


def test_infinite_scores_have_an_order():
    assert auroc([0, 1, 1], [-np.inf, 0.0, np.inf]) == 1


@every
@pytest.mark.parametrize("positive", [[0, 0], [1, 1]])
def test_one_group_alone_is_refused(measure, positive):
    with pytest.raises(ValueError, match="both groups.*Received: [02] pos"):
        measure(positive, [0.1, 0.2])


@every
def test_nan_is_refused(measure):
    for positive in ([0, 1, 1], [1, 0, 0]):
        with pytest.raises(ValueError, match="NaN.*Received: 1 NaN of 3"):
            measure(positive, [0.1, 0.2, np.nan])


@every
def test_labels_and_shapes_that_cannot_be_meant_are_refused(measure):
    with pytest.raises(ValueError, match="boolean, or 0 and 1"):
        measure([0, 2], [0.1, 0.2])
    with pytest.raises(ValueError, match="same shape"):
        measure([0, 1, 1], [0.1, 0.2])


def drawn(made):
    positive, scores = (np.array(column) for column in zip(*made, strict=True))
    if positive.all() or not positive.any():
        positive[0] = not positive[0]
    return positive, scores


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2))
def test_average_precision_is_that_of_scikit_learn_with_ties(made):
    positive, scores = drawn(made)
    np.testing.assert_allclose(
        aupr(positive, scores),
        average_precision_score(positive, scores),
        rtol=1e-12,
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2),
    st.sampled_from([0.05, 0.5, 0.8, 0.95, 1.0]),
)
def test_the_false_positive_rate_is_that_of_every_threshold_tried(made, tpr):
    positive, scores = drawn(made)
    rates = [
        np.mean(scores[~positive] >= threshold)
        for threshold in np.unique(scores)
        # Counts, because a mean of 0.95 may be rounded.
        if np.sum(scores[positive] >= threshold) / positive.sum() >= tpr
    ]
    assert fpr_at_tpr(positive, scores, tpr) == min(rates)


def test_the_false_positive_rate_is_on_the_curve_of_scikit_learn():
    rng = np.random.default_rng(0)
    positive = rng.random(5000) < 0.3
    scores = np.round(rng.normal(size=5000) + 1.5 * positive, 2)
    fpr, tpr, _ = roc_curve(positive, scores, drop_intermediate=False)
    expected = fpr[tpr >= 0.95].min()
    np.testing.assert_allclose(
        fpr_at_tpr(positive, scores), expected, rtol=1e-12
    )


def test_nineteen_of_twenty_positives_are_95_percent():
    # 0.95 * 20 must not be rounded up to 20 of them.
    scores = np.concatenate([[-1.0], np.ones(19), np.zeros(10)])
    assert fpr_at_tpr(np.arange(30) < 20, scores) == 0
    for size in (20, 40, 60, 100, 180, 1000):
        scores = np.concatenate([np.arange(size), [size * 0.05 - 0.5]])
        assert fpr_at_tpr(np.arange(size + 1) < size, scores) == 0


def test_all_equal_scores_are_the_share_and_pass_everything():
    assert aupr([0, 1, 1, 0, 0], np.ones(5)) == 0.4
    assert fpr_at_tpr([0, 1, 1, 0, 0], np.ones(5)) == 1


@pytest.mark.parametrize("tpr", [0, -0.1, 1.01, np.nan])
def test_a_rate_out_of_range_is_refused(tpr):
    with pytest.raises(ValueError, match="`tpr` must be in"):
        fpr_at_tpr([0, 1], [0.1, 0.2], tpr)


def test_series_whose_rows_differ_are_refused():
    positive = pd.Series([True, False, True], index=[3, 4, 5])
    scores = pd.Series([0.9, 0.1, 0.8], index=[3, 4, 5])
    for score in (auroc, aupr, fpr_at_tpr):
        assert score(positive, scores) == score(
            positive.to_numpy(), scores.to_numpy()
        )
        with pytest.raises(ValueError, match="same index"):
            score(positive, scores[::-1])
