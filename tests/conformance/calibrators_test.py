"""What every calibrator reads, and refuses; the loop is the catalogue's."""

import subprocess
import sys
import warnings

import ml_dtypes
import numpy as np
import pandas as pd
import pytest

from tests import catalogue
from tests.calibrators.made import examples
from tests.calibrators.made import log_loss
from tests.reference import softmax

every = pytest.mark.parametrize(
    "case", catalogue.CALIBRATORS, ids=lambda case: case.cls.__name__
)


def fitted_alike(first, second, tolerance=0.0):
    """Whether two fits give the same probabilities."""
    test, _ = examples(50, 4, seed=9)
    np.testing.assert_allclose(
        first.probabilities(test), second.probabilities(test), atol=tolerance
    )


@every
def test_the_wrong_kind_is_refused_both_ways(case):
    logits, labels = examples(200, 4)
    rows = softmax(logits)
    with pytest.raises(ValueError, match="are no logits"):
        case.build().fit(rows, labels)
    with pytest.raises(ValueError, match="pass from_logits=True"):
        case.build().fit(logits, labels, from_logits=False)
    of_logits = case.build().fit(logits, labels)
    with pytest.raises(ValueError, match="are no logits"):
        of_logits.probabilities(rows)
    with pytest.raises(ValueError, match="was fitted with from_logits=True"):
        of_logits.transform(rows, from_logits=False)
    # One row of logits may look like a distribution: it is served.
    assert of_logits.probabilities(rows[:1]).shape == (1, 4)


@every
def test_logits_come_first(case):
    logits, labels = examples(50, 4)
    with pytest.raises(ValueError, match="take the logits first"):
        case.build().fit(labels, logits)


@every
def test_the_votes_of_a_forest_are_calibrated_zeros_included(case):
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(np.ones(3), size=500)
    labels = (truth.cumsum(axis=1) < rng.random((500, 1))).sum(axis=1)
    votes = np.stack([rng.multinomial(10, row) for row in truth]) / 10
    assert (votes == 0).any() and (votes == 1).any()
    calibrator = case.build().fit(votes, labels, from_logits=False)
    found = calibrator.probabilities(votes, from_logits=False)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    assert found.min() > 0
    # Ten votes say 0 where the truth is .05: that must not cost infinitely.
    assert log_loss(found, labels) < 1.0


@every
def test_held_out_examples_never_cost_infinitely(case):
    # Of many classes some score is always the lowest of those seen.
    logits, labels = examples(300, 20, temperature=3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        calibrator = case.build().fit(logits, labels)
    test, truth = examples(3000, 20, temperature=3.0, seed=1)
    found = calibrator.probabilities(test)
    assert found.min() > 0 and np.isfinite(log_loss(found, truth))


@every
def test_names_frames_and_series_are_read(case):
    logits, labels = examples(200, 4)
    plain = case.build().fit(logits, labels)
    names = np.array(["ant", "bee", "cat", "dog"])
    frame = pd.DataFrame(logits, index=range(7, 207))
    for kind in ("str", "category", "string"):
        series = pd.Series(names[labels], index=frame.index).astype(kind)
        found = case.build().fit(frame, series, classes=list(names))
        fitted_alike(found, plain)
    with pytest.raises(ValueError, match="must have the same index"):
        case.build().fit(frame, series[::-1], classes=list(names))


@every
@pytest.mark.parametrize("shape", [[-1], [-1, 1]])
def test_one_unit_is_the_second_of_two_columns(case, shape):
    logits, labels = examples(300, 2)
    unit = logits[:, 1] - logits[:, 0]
    both = np.stack([0 * unit, unit], axis=1)
    bools = labels.astype(bool)
    one = case.build().fit(unit.reshape(shape), bools)
    two = case.build().fit(both, labels)
    np.testing.assert_allclose(
        one.probabilities(unit.reshape(shape)),
        two.probabilities(both),
        atol=1e-12,
    )
    rows = softmax(both)
    one = case.build().fit(rows[:, 1].reshape(shape), labels, from_logits=False)
    two = case.build().fit(rows, labels, from_logits=False)
    np.testing.assert_allclose(
        one.probabilities(rows[:, 1].reshape(shape), from_logits=False),
        two.probabilities(rows, from_logits=False),
        # Searches end within 1e-7 of log T.
        atol=1e-6,
    )


@every
def test_whole_weights_are_repetitions(case):
    logits, labels = examples(200, 4)
    times = np.random.default_rng(0).integers(0, 4, 200)
    logits[np.flatnonzero(times == 0)[0]] = np.nan  # left out
    weighted = case.build().fit(logits, labels, times)
    repeated = case.build().fit(
        np.repeat(logits, times, axis=0), np.repeat(labels, times)
    )
    # Sums in another order; searches end within 1e-7 of log T.
    fitted_alike(weighted, repeated, 1e-5)


@every
@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf, 1e308])
def test_weights_that_cannot_be_summed_are_refused(case, weight):
    logits, labels = examples(5, 4)
    with pytest.raises(ValueError, match="`sample_weight`.*example 3"):
        case.build().fit(logits, labels, [1, 1, 1, weight, 1])


@every
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_refused_when_served_too(case, value):
    logits, labels = examples(200, 4)
    calibrator = case.build().fit(logits, labels)
    bad = logits[:5].copy()
    bad[3, 1] = value
    for method in (calibrator.transform, calibrator.probabilities):
        with pytest.raises(ValueError, match="finite.*example 3"):
            method(bad)


@every
@pytest.mark.parametrize("mask", [-np.inf, np.finfo(np.float32).min])
def test_a_masked_class_stays_impossible(case, mask):
    logits, labels = examples(300, 3)
    masked = np.concatenate(
        [logits, np.full([300, 1], mask)], axis=1, dtype=np.float32
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # No example of it.
        calibrator = case.build().fit(masked, labels)
    found = calibrator.probabilities(masked)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    # What 300 examples without it allow, at most.
    assert found[:, 3].max() < 0.01


@every
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_half_precision_is_read_as_the_numbers_that_it_holds(case, dtype):
    logits, labels = examples(300, 4)
    half = logits.astype(dtype)
    wide = case.build().fit(half.astype(np.float32), labels)
    fitted_alike(case.build().fit(half, labels), wide)
    rows = softmax(logits).astype(dtype)
    calibrator = case.build().fit(rows, labels, from_logits=False)
    assert np.isfinite(calibrator.probabilities(rows, from_logits=False)).all()


@every
@pytest.mark.parametrize(
    "row",
    [
        [1e17, 1e17, 0.0, 0.0],
        [1e308, -1e308, 1e308, 0.0],
        [3e38, 0.0, -3e38, 0.0],
        [-1e308, -1e308, -1e308, -1e308],
        [1e-320, 0.0, 0.0, 0.0],
    ],
)
def test_every_finite_row_becomes_a_distribution(case, row):
    logits, labels = examples(300, 4, temperature=0.05)
    calibrator = case.build().fit(logits, labels)
    found = calibrator.probabilities(np.array([row]))
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    assert (found >= 0).all()
    assert np.isfinite(calibrator.transform(np.array([row]))).all()
    single = np.clip(row, -3e38, 3e38).astype(np.float32)
    assert np.isfinite(calibrator.transform(single[None])).all()


@every
def test_one_example_can_be_fitted_and_none_cannot(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        calibrator = case.build().fit([[2.0, 1.0, -1.0]], [0])
    assert np.isfinite(calibrator.probabilities([[2.0, 1.0, -1.0]])).all()
    assert calibrator.probabilities(np.zeros([0, 3])).shape == (0, 3)
    with pytest.raises(ValueError, match="1 held-out example or more"):
        case.build().fit(np.zeros([2, 3]), [0, 1], [0.0, 0.0])


@every
def test_a_class_without_held_out_examples_is_named(case):
    logits, labels = examples(300, 3)
    logits, labels = logits[labels != 1], labels[labels != 1]
    with pytest.warns(UserWarning, match=r"1 of 3 classes do not occur.*\(1\)"):
        case.build().fit(logits, labels)


def test_calibrators_import_neither_tensorflow_nor_keras():
    code = (
        "import sys, numpy as np\n"
        "from tfmixup.calibrators import TemperatureScaling\n"
        "z = np.random.default_rng(0).normal(size=(50, 2))\n"
        "TemperatureScaling().fit(z, z.argmax(1) ^ (z[:, 0] > 1))\n"
        "from tfmixup.report import calibration_report\n"
        "calibration_report(z.argmax(1), z, 5, from_logits=True)\n"
        "from tfmixup.uncertainty import selective_prediction\n"
        "selective_prediction(z.argmax(1), z, from_logits=True)\n"
        "print(sorted({'tensorflow', 'keras', 'torch'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr
