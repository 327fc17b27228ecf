"""Tests of tfmixup.calibrators.held_out."""

import numpy as np
from scipy import special

from tests.reference import softmax
from tfmixup.calibrators.held_out import log_sums
from tfmixup.calibrators.held_out import probabilities_of_class
from tfmixup.calibrators.held_out import read_labels
from tfmixup.calibrators.held_out import row_parts


def wide():
    """More than one part of rows."""
    return np.random.default_rng(0).normal(size=(3000, 200)) * 20


def test_parts_cover_every_row_once():
    rows = np.arange(3000)
    parts = row_parts(wide())
    assert len(parts) > 1
    np.testing.assert_array_equal(
        np.concatenate([rows[p] for p in parts]), rows
    )


def test_sums_and_scores_are_those_of_the_softmax():
    logits = wide()
    sums = log_sums(logits)
    np.testing.assert_allclose(
        sums, special.logsumexp(logits, axis=1), rtol=1e-13
    )
    np.testing.assert_allclose(
        probabilities_of_class(logits, sums, 17),
        softmax(logits)[:, 17],
        rtol=1e-11,
    )


def test_scores_do_not_exceed_one():
    logits = np.random.default_rng(0).normal(size=(9999, 2)) * [[50, 1]]
    scores = probabilities_of_class(logits, log_sums(logits), 0)
    assert scores.max() == 1.0


def test_a_position_beyond_the_first_part_is_named_right():
    logits = wide()
    logits[2500, 3] = np.nan
    try:
        read_labels(logits, np.zeros(3000, int))
    except ValueError as error:
        assert "example 2500" in str(error)
    else:
        raise AssertionError
