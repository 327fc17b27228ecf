"""Histogram binning of each class's score."""

import numpy as np

from tfmixup.calibrators.calibrator import Calibrator
from tfmixup.calibrators.calibrator import normalized
from tfmixup.calibrators.calibrator import unsure
from tfmixup.calibrators.held_out import log_sums
from tfmixup.calibrators.held_out import probabilities_of_class
from tfmixup.metrics.bins import edges
from tfmixup.metrics.bins import index

__all__ = ["HistogramBinning"]


class HistogramBinning(Calibrator):
    """Replaces each class's softmax score by how often its bin was right.

    One class against the rest, in bins of equal width; the values of a row are
    then divided by their sum. A bin without a held-out example keeps the
    middle of its interval, and one in which a class came never (or always)
    counts as if it could still come (or not): see `unsure`. All scores of a
    bin become one, so that it makes many ties: where the order of scores
    counts (detection, abstaining), use temperature scaling.

    Args:
        num_bins: int >= 1.

    Attributes:
        values: float64 `[num_classes, num_bins]`; None before `fit`.

    Example:

    >>> logits = np.log([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1]])
    >>> binning = HistogramBinning(num_bins=2).fit(logits, [0, 0, 0, 1])
    >>> binning.transform(logits)[0].tolist()
    [0.75, 0.25]

    Reference:
        Zadrozny and Elkan, 2001; Guo et al., 2017, section 4.1,
        https://arxiv.org/abs/1706.04599
    """

    gives_logits = False

    def __init__(self, num_bins=15):
        super().__init__()
        # The check of the number of bins is that of all binned metrics.
        edges(num_bins)
        self.num_bins = num_bins
        self.values = None

    def _fit(self, held_out):
        logits, classes, weight = held_out
        sums = log_sums(logits)
        bounds = np.asarray(edges(self.num_bins))
        middles = (bounds[:-1] + bounds[1:]) / 2
        self.values = np.tile(middles, [logits.shape[1], 1])
        for place in range(logits.shape[1]):
            where = self._bin(probabilities_of_class(logits, sums, place))
            count = np.bincount(where, weight, minlength=self.num_bins)
            right = np.bincount(
                where, weight * (classes == place), minlength=self.num_bins
            )
            seen = count > 0
            frequency = right[seen] / count[seen]
            self.values[place, seen] = unsure(frequency, count[seen])

    def _bin(self, scores):
        return np.asarray(index(scores, self.num_bins))

    def _apply(self, logits):
        sums = log_sums(logits)
        scores = np.empty(logits.shape, np.float64)
        for place, values in enumerate(self.values):
            column = probabilities_of_class(logits, sums, place)
            scores[:, place] = values[self._bin(column)]
        return normalized(scores)

    def _arguments(self):
        return {"num_bins": self.num_bins}

    def _state(self):
        return {"values": self.values.tolist()}

    def _set_state(self, values):
        self.values = np.array(values, np.float64)
