"""Tests of tfmixup.metrics.ranking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tests import reference
from tfmixup.metrics.ranking import auroc


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


@pytest.mark.parametrize("positive", [[0, 0], [1, 1]])
def test_one_group_alone_is_refused(positive):
    with pytest.raises(ValueError, match="both groups.*Received: [02] pos"):
        auroc(positive, [0.1, 0.2])


def test_nan_is_refused():
    for positive in ([0, 1, 1], [1, 0, 0]):
        with pytest.raises(ValueError, match="NaN.*Received: 1 NaN of 3"):
            auroc(positive, [0.1, 0.2, np.nan])


def test_labels_and_shapes_that_cannot_be_meant_are_refused():
    with pytest.raises(ValueError, match="boolean, or 0 and 1"):
        auroc([0, 2], [0.1, 0.2])
    with pytest.raises(ValueError, match="same shape"):
        auroc([0, 1, 1], [0.1, 0.2])
