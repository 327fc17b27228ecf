"""Schedules of alpha: how strongly to mix in which epoch."""

import math

import keras

from tfmixup.mixing.coefficient import check_alpha
from tfmixup.mixing.elements import check_count

__all__ = ["CosineAlpha", "LinearAlpha", "OffAfter"]

_PACKAGE = "tfmixup"


class _Schedule:
    """What Keras needs to save a schedule."""

    @classmethod
    def from_config(cls, config):
        """A schedule from `get_config`'s dict."""
        return cls(**config)


@keras.saving.register_keras_serializable(_PACKAGE)
class LinearAlpha(_Schedule):
    """Alpha from one value to another, in equal steps.

    Args:
        start: float, alpha of the first epoch.
        end: float, alpha of the last epoch and of all after it.
        epochs: int >= 1, so many epochs there are.

    Raises:
        ValueError: an alpha that `Mixup` would refuse, or `epochs` below 1.

    Example:

    >>> schedule = LinearAlpha(1.0, 0.0, epochs=5)
    >>> [schedule(epoch) for epoch in (0, 1, 4, 9)]
    [1.0, 0.75, 0.0, 0.0]
    """

    def __init__(self, start, end, epochs):
        self.start, self.end = check_alpha(start), check_alpha(end)
        self.epochs = check_count("epochs", epochs)

    def __call__(self, epoch):
        return self._between(self._part(epoch))

    def _part(self, epoch):
        """How far the training is, from 0 in the first epoch to 1."""
        last = self.epochs - 1
        return 1.0 if epoch >= last else epoch / last

    def _between(self, part):
        if part in (0, 1):  # Exactly, so that "off" is alpha 0.
            return self.end if part else self.start
        return self.start + part * (self.end - self.start)

    def get_config(self):
        """The constructor's arguments."""
        return {"start": self.start, "end": self.end, "epochs": self.epochs}


@keras.saving.register_keras_serializable(_PACKAGE)
class CosineAlpha(LinearAlpha):
    """Alpha from one value to another along half a cosine.

    Arguments and errors are those of `LinearAlpha`.

    Example:

    >>> schedule = CosineAlpha(1.0, 0.0, epochs=5)
    >>> [round(schedule(epoch), 3) for epoch in (0, 1, 2, 4)]
    [1.0, 0.854, 0.5, 0.0]
    """

    def __call__(self, epoch):
        part = self._part(epoch)
        if part not in (0, 1):
            part = (1 - math.cos(math.pi * part)) / 2
        return self._between(part)


@keras.saving.register_keras_serializable(_PACKAGE)
class OffAfter(_Schedule):
    """One alpha at first, and no mixing after so many epochs.

    Args:
        alpha: float, of the first epochs.
        epochs: int >= 1, so many of them are mixed.

    Raises:
        ValueError: an alpha that `Mixup` would refuse, or `epochs` below 1.

    Example:

    >>> schedule = OffAfter(0.3, epochs=2)
    >>> [schedule(epoch) for epoch in range(4)]
    [0.3, 0.3, 0.0, 0.0]
    """

    def __init__(self, alpha, epochs):
        self.alpha = check_alpha(alpha)
        self.epochs = check_count("epochs", epochs)

    def __call__(self, epoch):
        return self.alpha if epoch < self.epochs else 0.0

    def get_config(self):
        """The constructor's arguments."""
        return {"alpha": self.alpha, "epochs": self.epochs}
