"""Tests of tfmixup.calibrators.held_out."""

import numpy as np
import pytest
from scipy import special

from tests.reference import softmax
from tfmixup.calibrators.held_out import FLOOR
from tfmixup.calibrators.held_out import log_sums
from tfmixup.calibrators.held_out import probabilities_of_class
from tfmixup.calibrators.held_out import read_held_out
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
        read_held_out(logits, np.zeros(3000, int))
    except ValueError as error:
        assert "example 2500" in str(error)
    else:
        raise AssertionError


def test_logits_are_not_copied():
    logits = wide()
    labels = np.arange(3000) % 200
    assert read_held_out(logits, labels).logits is logits


def test_examples_of_weight_0_are_left_out_whatever_they_hold():
    logits = np.array([[0.0, 1.0], [np.nan, 0.0], [2.0, 0.0]])
    found = read_held_out(logits, [0, 7, 1], [1.0, 0.0, 2.0])
    np.testing.assert_array_equal(found.logits, logits[[0, 2]])
    assert found.classes.tolist() == [0, 1]
    assert found.weight.tolist() == [1, 2]


def test_classes_that_do_not_occur_are_named():
    with pytest.warns(UserWarning, match=r"1 of 3 classes.*\(cat\)"):
        read_held_out(
            np.eye(3) * 2, ["ant", "bee", "ant"], classes=["ant", "bee", "cat"]
        )
    with pytest.warns(UserWarning, match=r"7 of 8.*\(1, 2, 3, 4, 5, ...\)"):
        read_held_out(np.zeros([1, 8]), [0])


def test_probabilities_become_logarithms_from_the_floor_on():
    rows = np.array([[1.0, 0.0], [0.25, 0.75]])
    found = read_held_out(rows, [0, 1], from_logits=False).logits
    expected = np.log([[1.0, FLOOR], [0.25, 0.75]])
    np.testing.assert_allclose(found, expected, rtol=1e-15)
