"""Tests of tfmixup.uncertainty.ensembles."""

import warnings

import numpy as np
import pandas as pd
import pytest

from tests.reference import softmax
from tfmixup.uncertainty.ensembles import deep_ensemble
from tfmixup.uncertainty.ensembles import ensemble_gaps


def members(sharpness, number=5, size=4000, seed=0):
    """Noisy views of one truth, and labels drawn from the truth."""
    rng = np.random.default_rng(seed)
    true = 2 * rng.normal(size=(size, 4))
    labels = (true + rng.gumbel(size=true.shape)).argmax(axis=1)
    noisy = [true + 2 * rng.normal(size=true.shape) for _ in range(number)]
    return [sharpness * each for each in noisy], labels


def test_probabilities_are_averaged():
    logits, _ = members(1.0)
    found = deep_ensemble(logits, from_logits=True)
    expected = np.mean([softmax(each) for each in logits], axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(
        deep_ensemble([softmax(each) for each in logits]), expected, rtol=1e-12
    )


def test_gaps_are_confidence_minus_accuracy():
    logits, labels = members(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        gaps = ensemble_gaps(labels, logits, from_logits=True)
    for found, each in zip(gaps.members, logits, strict=True):
        scores = softmax(each)
        expected = scores.max(1).mean() - np.mean(scores.argmax(1) == labels)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    average = deep_ensemble(logits, from_logits=True)
    right = average.argmax(1) == labels
    np.testing.assert_allclose(
        gaps.ensemble, average.max(1).mean() - right.mean(), rtol=1e-9
    )
    np.testing.assert_allclose(
        gaps.standard_error, (average.max(1) - right).std() / np.sqrt(4000)
    )


def test_underconfident_members_make_a_more_underconfident_ensemble():
    logits, labels = members(0.3)  # As mixup with a large alpha.
    with pytest.warns(UserWarning, match="ensemble is underconfident.*mixup"):
        gaps = ensemble_gaps(labels, logits, from_logits=True)
    assert gaps.ensemble < gaps.members.max() < 0


def test_overconfident_members_are_helped_in_silence():
    logits, labels = members(3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gaps = ensemble_gaps(labels, logits, from_logits=True)
    assert 0 < gaps.ensemble < gaps.members.min()


def test_one_member_is_itself_without_a_warning():
    logits, labels = members(0.3, number=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gaps = ensemble_gaps(labels, logits, from_logits=True)
    np.testing.assert_allclose(gaps.members[0], gaps.ensemble, rtol=1e-9)


def test_what_cannot_be_averaged_is_refused():
    with pytest.raises(ValueError, match="one or more arrays of one shape"):
        deep_ensemble([])
    with pytest.raises(ValueError, match="one or more arrays of one shape"):
        deep_ensemble([np.eye(2), np.eye(3)])
    with pytest.raises(ValueError, match="from_logits=True"):
        deep_ensemble([5 * np.eye(3)])
    with pytest.raises(ValueError, match="finite"):
        deep_ensemble([np.eye(3), np.full([3, 3], np.nan)])


def test_members_before_labels_are_refused():
    members = np.full([2, 3, 2], 0.5)
    with pytest.raises(ValueError, match="The labels come first"):
        ensemble_gaps(members, [0, 1, 0])


def test_one_unit_members_get_two_columns():
    found = deep_ensemble([np.array([0.25, 0.5]), np.array([0.75, 1.0])])
    assert found.tolist() == [[0.5, 0.5], [0.25, 0.75]]


def test_tables_whose_rows_differ_are_refused():
    rows = np.random.default_rng(0).dirichlet(np.ones(3), 6)
    frame, labels = pd.DataFrame(rows), np.arange(6) % 3
    turned = frame[::-1]
    np.testing.assert_allclose(deep_ensemble([frame, frame]), rows)
    ensemble_gaps(labels, [frame, frame])
    with pytest.raises(ValueError, match="same index"):
        deep_ensemble([frame, turned])
    with pytest.raises(ValueError, match="same index"):
        ensemble_gaps(labels, [frame, turned])
    with pytest.raises(ValueError, match="same index"):
        ensemble_gaps(pd.Series(labels)[::-1], [frame, frame])
