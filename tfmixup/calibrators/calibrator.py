"""What all calibrators have in common."""

import numpy as np

from tfmixup.calibrators.held_out import log_sums

__all__ = ["Calibrator", "normalized"]


class Calibrator:
    """A map from logits to better calibrated ones, or to probabilities.

    Fit it on validation examples: on the training split it sees a model that
    is surer than it will be, and on the test split it would be judged by what
    it has seen. Its config carries what was fitted.

    Subclasses define `gives_logits` (whether `transform` returns logits
    rather than probabilities), `fit`, `_apply`, `_arguments` (those of the
    constructor), and `_state` with `_set_state` (what was fitted, as JSON
    values). `fit` sets `num_classes`.
    """

    gives_logits = True

    def __init__(self):
        self.num_classes = None

    @property
    def fitted(self):
        """Whether `fit` has been called, here or before serialisation."""
        return self.num_classes is not None

    def fit(self, logits, labels):
        """Fits the map on held-out examples.

        Args:
            logits: float `[n, num_classes]`, n >= 1, finite; may be
                memory-mapped.
            labels: int `[n]`, or one-hot `[n, num_classes]`.

        Returns:
            The calibrator itself.

        Raises:
            ValueError: if a shape, a dtype or a value cannot be meant.
        """
        raise NotImplementedError

    def transform(self, logits):
        """Applies the map.

        Args:
            logits: float `[m, num_classes]`.

        Returns:
            float32 or float64 `[m, num_classes]`: logits if `gives_logits`,
            else probabilities.

        Raises:
            ValueError: if the calibrator is not fitted, or the shape is not
                that of the logits that it was fitted on.
        """
        if not self.fitted:
            raise ValueError(
                f"{type(self).__name__} is not fitted. Call "
                "fit(logits, labels) with held-out examples first."
            )
        logits = np.asarray(logits)
        if logits.dtype not in (np.float32, np.float64):
            logits = logits.astype(np.float32)
        if logits.ndim != 2 or logits.shape[1] != self.num_classes:
            raise ValueError(
                f"`logits` must have shape [m, {self.num_classes}], as when "
                f"the calibrator was fitted. Received: {logits.shape}."
            )
        return self._apply(logits)

    def probabilities(self, logits):
        """The calibrated probabilities of all classes.

        Args:
            logits: float `[m, num_classes]`.

        Returns:
            float64 `[m, num_classes]`, rows that sum to 1.

        Raises:
            ValueError: as `transform` does.
        """
        values = np.asarray(self.transform(logits), np.float64)
        if not self.gives_logits:
            return values
        return np.exp(values - log_sums(values)[:, None])

    def get_config(self):
        """The arguments of the constructor and what was fitted."""
        fitted = None
        if self.fitted:
            fitted = {"num_classes": self.num_classes, **self._state()}
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
            calibrator._set_state(**fitted)
        return calibrator

    def _apply(self, logits):
        raise NotImplementedError

    def _arguments(self):
        return {}

    def _state(self):
        raise NotImplementedError

    def _set_state(self, **state):
        raise NotImplementedError


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
