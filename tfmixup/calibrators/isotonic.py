"""Isotonic regression of each class's score."""

import numpy as np
from sklearn.isotonic import IsotonicRegression

from tfmixup.calibrators.calibrator import Calibrator
from tfmixup.calibrators.calibrator import normalized
from tfmixup.calibrators.calibrator import unsure
from tfmixup.calibrators.held_out import log_sums
from tfmixup.calibrators.held_out import probabilities_of_class

__all__ = ["Isotonic"]


class Isotonic(Calibrator):
    """The best increasing map of each class's softmax score.

    One class against the rest, by scikit-learn's isotonic regression; the
    maps of a row are then divided by their sum. Scores beyond those seen are
    mapped as the nearest one. A value of 0 or 1 becomes what so many held-out
    examples can show: see `unsure`. It bends where temperature scaling only
    stretches, and wants more examples for it: a thousand for each class. It
    can change the winning class and make ties.

    Attributes:
        thresholds: list of (scores, values), for each class the corners of
            its piecewise linear map, float64 `[corners]`; None before `fit`.

    Example:

    >>> logits = np.log([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    >>> isotonic = Isotonic().fit(logits, [0, 0, 0, 1])
    >>> isotonic.transform(logits).round(4).tolist()
    [[0.8333, 0.1667], [0.8333, 0.1667], [0.5, 0.5], [0.5, 0.5]]

    Reference:
        Zadrozny and Elkan, 2002, section 4,
        https://doi.org/10.1145/775047.775151
    """

    gives_logits = False

    def __init__(self):
        super().__init__()
        self.thresholds = None

    def _fit(self, held_out):
        logits, classes, weight = held_out
        sums = log_sums(logits)
        self.thresholds = []
        for place in range(logits.shape[1]):
            regression = IsotonicRegression(
                y_min=0, y_max=1, out_of_bounds="clip"
            ).fit(
                probabilities_of_class(logits, sums, place),
                (classes == place).astype(np.float64),
                weight,
            )
            values = unsure(regression.y_thresholds_, weight.sum())
            self.thresholds.append((regression.X_thresholds_, values))

    def _apply(self, logits):
        sums = log_sums(logits)
        scores = np.empty(logits.shape, np.float64)
        for place, (known, values) in enumerate(self.thresholds):
            column = probabilities_of_class(logits, sums, place)
            scores[:, place] = np.interp(column, known, values)
        return normalized(scores)

    def _state(self):
        return {
            "thresholds": [
                [known.tolist(), values.tolist()]
                for known, values in self.thresholds
            ]
        }

    def _set_state(self, thresholds):
        self.thresholds = [
            (np.array(known, np.float64), np.array(values, np.float64))
            for known, values in thresholds
        ]
