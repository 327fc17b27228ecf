"""What all calibrators have in common."""

import numpy as np

from tfmixup.calibrators.held_out import as_logits
from tfmixup.calibrators.held_out import read_held_out
from tfmixup.metrics.arrays import alike
from tfmixup.metrics.faults import refuse
from tfmixup.metrics.frames import without_frames
from tfmixup.metrics.inputs import read
from tfmixup.metrics.probabilities import probabilities_of

__all__ = ["Calibrator", "normalized", "unsure"]


class Calibrator:
    """A map from logits to better calibrated ones, or to probabilities.

    Fit it on validation examples: on the training split it sees a model that
    is surer than it will be, and on the test split it would be judged by what
    it has seen. Its config carries what was fitted.

    Subclasses define `gives_logits` (whether `transform` returns logits
    rather than probabilities), `_fit` (of `HeldOut`), `_apply` (to float64
    logits), `_arguments` (those of the constructor), and `_state` with
    `_set_state` (what was fitted, as JSON values).
    """

    gives_logits = True

    def __init__(self):
        self.num_classes = None
        self.from_logits = True

    @property
    def fitted(self):
        """Whether `fit` has been called, here or before serialization."""
        return self.num_classes is not None

    def fit(
        self,
        logits,
        labels,
        sample_weight=None,
        *,
        from_logits=True,
        classes=None,
    ):
        """Fits the map on held-out examples.

        Args:
            logits: float `[n, num_classes]`, n >= 1, or `[n]` or `[n, 1]` of
                class 1 of two; may be memory-mapped. -inf masks a class that
                cannot happen.
            labels: int `[n]` or `[n, 1]`, classes; or `[n, num_classes]`,
                one-hot or soft, of which the most probable class counts.
            sample_weight: float `[n]`, >= 0; None for 1. Whole numbers are
                repetitions.
            from_logits: False if `logits` are finished probabilities, such as
                those of a forest, zeros included: they are fitted by their
                logarithms, those below 1e-7 as 1e-7.
            classes: list of the names of the columns, where labels are names;
                see `tfmixup.metrics.class_indices`.

        Returns:
            The calibrator itself.

        Raises:
            ValueError: if the inputs are refused (see
                `tfmixup.metrics.winners_of`), if a label has the logit -inf,
                or if the arguments seem to be swapped.

        Warns:
            UserWarning: if a class does not occur among the labels.
        """
        held_out = read_held_out(
            logits, labels, sample_weight, from_logits, classes
        )
        self._fit(held_out)
        self.num_classes = held_out.logits.shape[1]
        self.from_logits = bool(from_logits)
        return self

    def transform(self, logits, *, from_logits=True):
        """Applies the map.

        Args:
            logits: float `[m, num_classes]`, or `[m]` or `[m, 1]` of class 1
                of two.
            from_logits: as in `fit`.

        Returns:
            float32 or float64 `[m, num_classes]`: logits if `gives_logits`
            (those too large for the dtype as its largest number), else
            probabilities. A class of the logit -inf stays impossible.

        Raises:
            ValueError: if the calibrator is not fitted or was fitted with
                another `from_logits`, if the shape is not that of the logits
                that it was fitted on, or if a value is refused (see
                `tfmixup.metrics.winners_of`).
        """
        rows = self._read(logits, from_logits)
        values = self._apply(rows.astype(np.float64))
        if not self.gives_logits:
            return _without_masked(values, rows)
        info = np.finfo(rows.dtype)
        values = np.clip(values, info.min, info.max).astype(rows.dtype)
        values[np.isneginf(rows)] = -np.inf
        return values

    def probabilities(self, logits, *, from_logits=True):
        """The calibrated probabilities of all classes.

        Args:
            logits: as in `transform`.
            from_logits: as in `fit`.

        Returns:
            float64 `[m, num_classes]`, rows that sum to 1 within rounding.

        Raises:
            ValueError: as `transform` does.
        """
        rows = self._read(logits, from_logits).astype(np.float64)
        if not self.gives_logits:
            return _without_masked(self._apply(rows), rows)
        # Differences beyond 1e300 are as good as infinite, and can be scaled.
        masked = np.isneginf(rows)
        values = self._apply(np.clip(rows, -1e300, 1e300))
        values[masked] = -np.inf
        values -= values.max(axis=1, keepdims=True)
        np.exp(values, out=values)
        return values / values.sum(axis=1, keepdims=True)

    def _read(self, logits, from_logits):
        """Checked logits `[m, num_classes]`, float32 or float64."""
        if not self.fitted:
            raise ValueError(
                f"{type(self).__name__} is not fitted. Call "
                "fit(logits, labels) with held-out examples first."
            )
        if bool(from_logits) != self.from_logits:
            raise ValueError(
                f"{type(self).__name__} was fitted with "
                f"from_logits={self.from_logits}, and maps nothing else. "
                f"Received: from_logits={from_logits}."
            )
        [logits] = without_frames(logits=logits)
        [logits] = alike(logits)
        labels = np.zeros(logits.shape[:1], np.int64)
        # One row of logits can look like a distribution by chance, and what
        # serves single rows must not fail at random.
        judge = len(labels) > 1
        inputs = read(labels, logits, None, from_logits, judge=judge)
        if inputs.predictions.shape[1] != self.num_classes:
            raise ValueError(
                f"`logits` must have shape [m, {self.num_classes}], as when "
                f"the calibrator was fitted. Received: {logits.shape}."
            )
        _, fault = probabilities_of(inputs, from_logits)
        refuse(fault, inputs)
        return as_logits(inputs.predictions, from_logits)

    def get_config(self):
        """The arguments of the constructor and what was fitted."""
        fitted = None
        if self.fitted:
            fitted = {
                "num_classes": self.num_classes,
                "from_logits": self.from_logits,
                **self._state(),
            }
        return {**self._arguments(), "fitted": fitted}

    @classmethod
    def from_config(cls, config):
        """A calibrator as `get_config` described it."""
        config = dict(config)
        fitted = config.pop("fitted", None)
        calibrator = cls(**config)
        if fitted is not None:
            fitted = dict(fitted)
            calibrator.num_classes = int(fitted.pop("num_classes"))
            # Configs of a time when there were only logits do not say so.
            calibrator.from_logits = bool(fitted.pop("from_logits", True))
            calibrator._set_state(**fitted)
        return calibrator

    def _fit(self, held_out):
        raise NotImplementedError

    def _apply(self, logits):
        raise NotImplementedError

    def _arguments(self):
        return {}

    def _state(self):
        raise NotImplementedError

    def _set_state(self, **state):
        raise NotImplementedError


def _without_masked(probabilities, logits):
    """Rows without the classes whose logits are -inf."""
    masked = np.isneginf(logits)
    if not masked.any():
        return probabilities
    return normalized(np.where(masked, 0.0, probabilities))


def unsure(frequency, number):
    """Frequencies that are never quite 0 or 1.

    After n examples of which none (or each) was of a kind, the next one is of
    that kind with probability 1 / (n + 2) (or all but that), if every rate was
    equally likely before: Laplace's rule of succession. Frequencies between
    those two stay as they are.

    Args:
        frequency: float64, in [0, 1].
        number: float64, >= 0, of examples, of the same shape or a scalar.

    Returns:
        float64, in (0, 1).

    Example:

    >>> unsure(np.array([0.0, 0.5, 1.0]), 8).tolist()
    [0.1, 0.5, 0.9]
    """
    least = 1 / (number + 2)
    return np.clip(frequency, least, 1 - least)


def normalized(scores):
    """Rows that sum to 1, of scores that were calibrated one by one.

    Args:
        scores: float64 `[n, num_classes]`, >= 0.

    Returns:
        float64 `[n, num_classes]`; a row of zeros becomes uniform.
    """
    total = scores.sum(axis=1, keepdims=True)
    uniform = np.full_like(scores, 1 / scores.shape[1])
    return np.divide(scores, total, out=uniform, where=total > 0)
