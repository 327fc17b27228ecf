"""Tests of tfmixup.calibrators.isotonic."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from tests.calibrators.made import examples
from tests.reference import softmax
from tfmixup.calibrators.isotonic import Isotonic
from tfmixup.metrics import class_bins_of
from tfmixup.metrics import classwise_calibration_error


class Fixed(ClassifierMixin, BaseEstimator):
    """A classifier whose features are its logits."""

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, x):
        return softmax(x)

    def predict(self, x):
        return np.argmax(x, axis=1)


@pytest.mark.parametrize("num_classes", [3, 5])
def test_it_is_that_of_scikit_learn(num_classes):
    logits, labels = examples(600, num_classes, temperature=2.5)
    test, _ = examples(200, num_classes, temperature=2.5, seed=1)
    fixed = FrozenEstimator(Fixed().fit(logits, labels))
    theirs = CalibratedClassifierCV(fixed, method="isotonic")
    theirs.fit(logits, labels)
    ours = Isotonic().fit(logits, labels)
    # Theirs, kept from 0 and 1 before the rows are made to sum to 1.
    [fitted] = theirs.calibrated_classifiers_
    maps = [
        np.interp(
            column,
            one.X_thresholds_,
            np.clip(one.y_thresholds_, 1 / 602, 601 / 602),
        )
        for one, column in zip(fitted.calibrators, softmax(test).T, strict=True)
    ]
    expected = np.stack(maps, axis=1)
    expected /= expected.sum(axis=1, keepdims=True)
    # A corner of a map can be told from its neighbor to 1e-7 of a score.
    np.testing.assert_allclose(ours.transform(test), expected, atol=1e-6)


def test_each_map_increases():
    isotonic = Isotonic().fit(*examples(500))
    for known, values in isotonic.thresholds:
        assert (np.diff(known) > 0).all() and (np.diff(values) >= 0).all()
        assert values.min() >= 0 and values.max() <= 1


def test_it_calibrates_fresh_examples():
    isotonic = Isotonic().fit(*examples(20_000, 4, temperature=0.3))
    logits, labels = examples(20_000, 4, temperature=0.3, seed=1)
    before, after = (
        classwise_calibration_error(class_bins_of(labels, scores, 15))
        for scores in (softmax(logits), isotonic.transform(logits))
    )
    assert after < 0.02 < before / 3


def test_a_row_that_no_class_claims_is_uniform():
    isotonic = Isotonic().fit(*examples(100, 3))
    isotonic.thresholds = [(np.array([0.0, 1.0]), np.zeros(2))] * 3
    logits = np.log([[0.8, 0.1, 0.1]])
    np.testing.assert_array_equal(isotonic.transform(logits), 1 / 3)
