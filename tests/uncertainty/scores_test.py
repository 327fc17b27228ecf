"""Tests of tfmixup.uncertainty.scores."""

import decimal

import numpy as np
import pandas as pd
import pytest
from scipy import special

from tests.reference import softmax
from tfmixup.metrics import auroc
from tfmixup.uncertainty.scores import energy_score
from tfmixup.uncertainty.scores import entropy_score
from tfmixup.uncertainty.scores import max_softmax_score

LOGITS = np.random.default_rng(0).normal(size=(200, 6)) * 3


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_they_equal_their_formulas(temperature):
    scores = softmax(LOGITS / temperature)
    np.testing.assert_allclose(
        max_softmax_score(LOGITS, temperature, from_logits=True),
        np.log(scores.max(axis=1)),
        rtol=1e-9,
        atol=1e-15,
    )
    np.testing.assert_allclose(
        entropy_score(LOGITS, temperature, from_logits=True),
        special.xlogy(scores, scores).sum(axis=1),
        rtol=1e-9,
        atol=1e-13,
    )
    np.testing.assert_allclose(
        energy_score(LOGITS, temperature),
        temperature * special.logsumexp(LOGITS / temperature, axis=1),
        rtol=1e-12,
    )


def test_probabilities_and_logits_agree():
    for score in (max_softmax_score, entropy_score):
        np.testing.assert_allclose(
            score(softmax(LOGITS), from_logits=False),
            score(LOGITS, from_logits=True),
            rtol=1e-7,
            atol=1e-14,
        )


def exact(row):
    """log of the winning score and minus the entropy, to 60 digits."""
    with decimal.localcontext() as context:
        context.prec = 60
        terms = [(decimal.Decimal(float(z) - max(row))).exp() for z in row]
        shares = [term / sum(terms) for term in terms]
        return max(shares).ln(), sum(s * s.ln() for s in shares)


def test_saturated_scores_keep_their_digits():
    # A float32 softmax is exactly 1 in all of these rows.
    rows = np.array([[20.0, 0, 1], [40, 0, 3], [40.001, 0, 3], [90, 0, 0]])
    logs, entropies = zip(*map(exact, rows), strict=True)
    np.testing.assert_allclose(
        max_softmax_score(rows, from_logits=True),
        [float(x) for x in logs],
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        entropy_score(rows, from_logits=True),
        [float(x) for x in entropies],
        rtol=1e-12,
    )


def test_a_float32_softmax_would_lose_the_ranking():
    rng = np.random.default_rng(0)
    inside, outside = (np.zeros([500, 10], np.float32) for _ in range(2))
    inside[:, 0] = 30 + rng.normal(size=500)
    outside[:, 0] = 26 + rng.normal(size=500)
    both = np.concatenate([inside, outside])
    positive = np.arange(1000) < 500
    rounded = special.softmax(both, axis=1).max(axis=1)
    assert auroc(positive, rounded) == 0.5
    # Two normal distributions four apart, of standard deviation 1.
    assert auroc(positive, max_softmax_score(both, from_logits=True)) > 0.99


def test_one_temperature_leaves_the_order_of_two_classes():
    logits = LOGITS[:, :2]
    order = np.argsort(max_softmax_score(logits, from_logits=True))
    for temperature in (0.2, 5.0):
        np.testing.assert_array_equal(
            np.argsort(
                max_softmax_score(logits, temperature, from_logits=True)
            ),
            order,
        )


def of_logits(score, logits, **arguments):
    """A score of logits; that of the energy takes nothing else."""
    if score is not energy_score:
        arguments["from_logits"] = True
    return score(logits, **arguments)


each_score = pytest.mark.parametrize(
    "score", [max_softmax_score, entropy_score, energy_score]
)


@each_score
@pytest.mark.parametrize("mask", [-np.inf, np.finfo(np.float64).min])
@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_masked_classes_count_nothing(score, temperature, mask):
    masked = np.concatenate([LOGITS, np.full([200, 1], mask)], axis=1)
    np.testing.assert_array_equal(
        of_logits(score, masked, temperature=temperature),
        of_logits(score, LOGITS, temperature=temperature),
    )


@pytest.mark.parametrize("score", [max_softmax_score, entropy_score])
def test_certain_probabilities_have_the_highest_score(score):
    assert score([[1.0, 0.0, 0.0]]) == 0


@each_score
def test_what_has_no_score_is_refused(score):
    for bad in (np.nan, np.inf):
        rows = LOGITS.copy()
        rows[17, 2] = bad
        with pytest.raises(ValueError, match="finite.*at example 17"):
            of_logits(score, rows)
    with pytest.raises(ValueError, match="finite.*at example 1"):
        of_logits(score, [[0.0, 0.0], [-np.inf, -np.inf]])
    for shape in ((0, 3), (), (2, 3, 4), (0,)):
        with pytest.raises(ValueError, match="shape"):
            of_logits(score, np.zeros(shape))
    for temperature in (0, -1, np.nan, np.inf, True):
        with pytest.raises(ValueError, match="`temperature` must be"):
            of_logits(score, LOGITS, temperature=temperature)


@each_score
def test_the_wrong_kind_is_refused_both_ways(score):
    with pytest.raises(ValueError, match="are no logits"):
        of_logits(score, softmax(LOGITS))
    if score is energy_score:
        return
    with pytest.raises(ValueError, match="pass from_logits=True"):
        score(LOGITS)
    with pytest.raises(ValueError, match="independent sigmoids"):
        score(np.array([[0.9, 0.8, 0.1]]))


@each_score
def test_one_unit_is_the_second_of_two_columns(score):
    unit = LOGITS[:, 0]
    both = np.stack([0 * unit, unit], axis=1)
    np.testing.assert_array_equal(
        of_logits(score, unit), of_logits(score, both)
    )


@each_score
def test_frames_and_half_precision_are_read(score):
    half = LOGITS.astype(np.float16)
    expected = of_logits(score, half.astype(np.float32))
    np.testing.assert_array_equal(of_logits(score, half), expected)
    frame = pd.DataFrame(half.astype(np.float32))
    np.testing.assert_array_equal(of_logits(score, frame), expected)


def test_leads_up_to_700_are_told_apart():
    rows = np.zeros([70, 3])
    rows[:, 0] = np.linspace(10, 700, 70)
    for score in (max_softmax_score, entropy_score):
        assert np.all(np.diff(score(rows, from_logits=True)) > 0)
