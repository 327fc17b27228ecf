"""Tests of tfmixup.calibrators.vector."""

import warnings

import numpy as np
import pytest
from scipy import optimize
from scipy import special

from tests.calibrators.made import examples
from tests.calibrators.made import log_loss
from tests.reference import softmax
from tfmixup.calibrators.temperature import TemperatureScaling
from tfmixup.calibrators.vector import loss_and_gradient
from tfmixup.calibrators.vector import VectorScaling

SCALES = np.array([0.5, 1.0, 2.0])
BIASES = np.array([1.0, 0.0, -1.0])
ONES = np.ones(1000)


def distorted(number, seed=0):
    """Logits that are right after multiplying and adding the above."""
    true, labels = examples(number, 3, temperature=1.0, seed=seed)
    return (true - BIASES) / SCALES, labels


def test_known_scales_and_biases_are_recovered():
    logits, labels = distorted(200_000)
    scaling = VectorScaling().fit(logits, labels)
    # Standard errors are about 3 / sqrt(n) = 0.007.
    np.testing.assert_allclose(scaling.scales, SCALES, atol=0.03)
    biases = scaling.biases - scaling.biases.mean()
    np.testing.assert_allclose(biases, BIASES, atol=0.05)


def test_the_gradient_is_that_of_the_loss():
    logits, labels = distorted(200)
    rng = np.random.default_rng(0)
    for _ in range(3):
        values = rng.normal(size=6)
        error = optimize.check_grad(
            lambda x: loss_and_gradient(x, logits, labels, ONES[:200])[0],
            lambda x: loss_and_gradient(x, logits, labels, ONES[:200])[1],
            values,
        )
        # Forward differences with a step of 1.5e-8 and a loss of about 3.
        assert error < 1e-5


def test_the_loss_is_that_of_the_scaled_logits():
    logits, labels = distorted(300)
    values = np.concatenate([SCALES, BIASES])
    loss, _ = loss_and_gradient(values, logits, labels, ONES[:300])
    expected = log_loss(softmax(logits * SCALES + BIASES), labels)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)


def test_the_minimum_is_that_of_another_optimizer():
    logits, labels = distorted(1000)
    one_hot = np.eye(3)[labels]

    def loss(values):
        scores = special.log_softmax(logits * values[:3] + values[3:], axis=1)
        return -(one_hot * scores).sum(axis=1).mean()

    best = optimize.minimize(loss, [1, 1, 1, 0, 0, 0], method="BFGS").fun
    scaling = VectorScaling().fit(logits, labels)
    ours = loss(np.concatenate([scaling.scales, scaling.biases]))
    assert ours <= best + 1e-7


def test_it_fits_held_out_labels_at_least_as_well_as_a_temperature():
    logits, labels = distorted(500)
    losses = [
        log_loss(calibrator.fit(logits, labels).probabilities(logits), labels)
        for calibrator in (VectorScaling(), TemperatureScaling())
    ]
    assert losses[0] < losses[1] < log_loss(softmax(logits), labels)


def test_the_identity_is_kept_where_nothing_is_better():
    logits = np.zeros([6, 3])
    scaling = VectorScaling().fit(logits, [0, 1, 2] * 2)
    np.testing.assert_array_equal(scaling.scales, 1)
    np.testing.assert_array_equal(scaling.biases, 0)


def test_a_class_without_examples_warns_and_stays_finite():
    logits, labels = distorted(300)
    logits, labels = logits[labels != 2], labels[labels != 2]
    with pytest.warns(UserWarning, match=r"1 of 3 classes do not occur.*\(2\)"):
        scaling = VectorScaling().fit(logits, labels)
    # As good as never, and not -infinity.
    assert scaling.probabilities(logits)[:, 2].max() < 1e-3
    assert np.isfinite(scaling.transform(logits)).all()


def test_a_usual_fit_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not VectorScaling().fit(*distorted(500)).at_bound
