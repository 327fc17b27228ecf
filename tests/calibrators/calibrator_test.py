"""The contract of every calibrator, over those of the catalogue."""

import json

import numpy as np
import pytest

from tests import catalogue
from tests.calibrators.made import examples
from tfmixup.calibrators import HistogramBinning
from tfmixup.calibrators import Isotonic
from tfmixup.calibrators import TemperatureScaling
from tfmixup.calibrators import VectorScaling
from tfmixup.calibrators.calibrator import normalized

every = pytest.mark.parametrize(
    "case", catalogue.CALIBRATORS, ids=lambda case: case.cls.__name__
)


@every
def test_what_was_fitted_goes_round_through_json(case):
    logits, labels = examples(400)
    calibrator = case.build().fit(logits, labels)
    config = json.loads(json.dumps(calibrator.get_config()))
    back = case.cls.from_config(config)
    assert type(back) is case.cls and back.get_config() == (
        calibrator.get_config()
    )
    test, _ = examples(50, seed=1)
    np.testing.assert_array_equal(
        back.transform(test), calibrator.transform(test)
    )


@every
def test_a_calibrator_that_is_not_fitted_goes_round_too(case):
    back = case.cls.from_config(case.build().get_config())
    assert not back.fitted and back.get_config() == case.build().get_config()
    with pytest.raises(ValueError, match="is not fitted.*held-out"):
        back.transform(np.zeros([2, 3]))


@every
def test_probabilities_are_distributions(case):
    logits, labels = examples(400, seed=2)
    scores = case.build().fit(logits, labels).probabilities(10 * logits)
    assert scores.dtype == np.float64 and scores.min() >= 0
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-12)


@every
def test_rows_are_mapped_one_by_one_and_half_precision_is_read(case):
    logits, labels = examples(400, seed=3)
    logits = logits.astype(np.float16)
    calibrator = case.build().fit(logits, labels)
    # What is in the same array does not matter; a matrix of one row may take
    # another summation order.
    np.testing.assert_allclose(
        calibrator.transform(logits)[7:8],
        calibrator.transform(logits[7:8]),
        rtol=1e-6,
    )


@every
def test_fitting_again_forgets_the_first_fit(case):
    first, second = examples(300, 5, 3.0), examples(400, 4, 0.5, seed=1)
    calibrator = case.build().fit(*first).fit(*second)
    assert calibrator.get_config() == case.build().fit(*second).get_config()


@every
@pytest.mark.parametrize(
    "logits, labels, message",
    [
        (np.zeros([4, 3]), [0, 1, 2], "one row for each"),
        (np.zeros([4, 3]), [0, 1, 2, 3], r"classes.*Received: 3.*example 3"),
        (np.zeros([2, 3]), [0, -1], r"classes.*Received: -1"),
        (np.array([[0, 1], [np.nan, 0]]), [0, 1], "finite.*example 1"),
        (np.array([[0, np.inf], [0, 0]]), [0, 1], "finite.*example 0"),
        (np.array([[0, 0], [0, -np.inf]]), [0, 1], "-inf at example 1"),
        (np.zeros([0, 3]), [], "1 held-out example or more"),
        (np.zeros([3, 1, 2]), [0, 0, 0], "num_classes"),
        (np.zeros([3, 2], int), [0, 0, 0], "floating"),
    ],
)
def test_what_cannot_be_fitted_is_refused(case, logits, labels, message):
    with pytest.raises(ValueError, match=message):
        case.build().fit(logits, np.array(labels, np.int64))


@every
def test_logits_of_other_classes_are_refused(case):
    calibrator = case.build().fit(*examples(100, 5))
    with pytest.raises(ValueError, match=r"\[m, 5\].*Received: \(2, 4\)"):
        calibrator.transform(np.zeros([2, 4]))


def test_scores_without_any_weight_become_uniform():
    scores = normalized(np.array([[0.0, 0.0], [0.2, 0.6]]))
    np.testing.assert_allclose(scores, [[0.5, 0.5], [0.25, 0.75]])


@pytest.mark.parametrize("cls", [HistogramBinning, Isotonic])
def test_a_masked_class_stays_impossible(cls):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=[200, 4])
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    masked = rng.random(logits.shape) < 0.2
    masked[np.arange(200), labels] = False
    logits[masked] = -np.inf
    calibrator = cls().fit(logits, labels)
    for found in (
        calibrator.transform(logits),
        calibrator.probabilities(logits),
    ):
        assert (found[masked] == 0).all() and (found[~masked] > 0).all()
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


def test_one_hot_labels_in_the_place_of_predictions_are_refused():
    rows = np.random.default_rng(0).dirichlet(np.ones(3), 50)
    one_hot = np.eye(3)[np.arange(50) % 3]
    for cls in (HistogramBinning, Isotonic, TemperatureScaling, VectorScaling):
        with pytest.raises(ValueError, match="swapped"):
            cls().fit(one_hot, rows, from_logits=False)
