"""Scores that tell examples like the training data from others.

All are higher for examples like the training data, and all are computed in
float64. Give logits with from_logits=True where there are some: a float32
softmax rounds to 1 wherever the winning logit leads by more than 17, and most
scores of a confident network then are ties; of logits they keep their order
up to a lead of 700.
"""

import math
import numbers

import numpy as np

from tfmixup.metrics.probabilities import checked_predictions

__all__ = ["energy_score", "entropy_score", "max_softmax_score"]


def max_softmax_score(predictions, temperature=1.0, from_logits=False):
    """The logarithm of the winning softmax score.

    Its order is that of the winning score, the baseline of detection. A
    temperature changes the order of examples only through the logits beside
    the two highest: with two classes it changes nothing.

    Args:
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits.
        temperature: float > 0, by which the logits are divided.
        from_logits: whether `predictions` are logits.

    Returns:
        float64 `[n]`, <= 0; higher means more like the training data.

    Raises:
        ValueError: if the predictions are refused (see
            `tfmixup.metrics.winners_of`), or if the temperature is no
            positive number.

    Example:

    >>> logits = [[0.0, 0.0], [40.0, 0.0], [50.0, 0.0]]
    >>> scores = max_softmax_score(logits, from_logits=True)
    >>> [f"{score:.3g}" for score in scores]
    ['-0.693', '-4.25e-18', '-1.93e-22']

    Reference:
        Hendrycks and Gimpel, 2017, https://arxiv.org/abs/1610.02136
    """
    _, others = _below_highest(predictions, temperature, from_logits)
    return -np.log1p(others)


def entropy_score(predictions, temperature=1.0, from_logits=False):
    """Minus the entropy of the predicted distribution.

    Args:
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits.
        temperature: float > 0, by which the logits are divided.
        from_logits: whether `predictions` are logits.

    Returns:
        float64 `[n]` in [-log(num_classes), 0], in nats; higher means more
        like the training data.

    Raises:
        ValueError: if the predictions are refused (see
            `tfmixup.metrics.winners_of`), or if the temperature is no
            positive number.

    Example:

    >>> entropy_score([[0.5, 0.5]]).round(6).tolist()
    [-0.693147]
    """
    below, others = _below_highest(predictions, temperature, from_logits)
    # Both terms are >= 0, so that nothing cancels where the entropy is small.
    with np.errstate(invalid="ignore"):
        spread = np.where(np.isinf(below), 0, np.exp(below) * below)
    return -(np.log1p(others) - spread.sum(axis=1) / (1 + others))


def energy_score(logits, temperature=1.0):
    """The logarithm of the sum of the exponentials, times the temperature.

    Minus the free energy. It sees the size of the logits, which a softmax
    does not, so that it cannot be computed from probabilities.

    Args:
        logits: float `[n, num_classes]`.
        temperature: float > 0, by which the logits are divided.

    Returns:
        float64 `[n]`; higher means more like the training data.

    Raises:
        ValueError: if the predictions are refused (see
            `tfmixup.metrics.winners_of`), or if the temperature is no
            positive number.

    Example:

    >>> energy_score([[0.0, 0.0], [3.0, 3.0]]).round(6).tolist()
    [0.693147, 3.693147]

    Reference:
        Liu et al., 2020, equation 6, https://arxiv.org/abs/2010.03759
    """
    _, others = _below_highest(logits, temperature, True)
    rows = checked_predictions(logits, from_logits=True)
    highest = rows.max(axis=1).astype(np.float64)
    return highest + temperature * np.log1p(others)


def _below_highest(predictions, temperature, from_logits):
    """Logits minus the highest of the row; exp-sum of all but that one."""
    if (
        isinstance(temperature, bool)
        or not isinstance(temperature, numbers.Real)
        or not 0 < temperature < math.inf
    ):
        raise ValueError(
            "`temperature` must be a positive number. "
            f"Received: temperature={temperature!r}."
        )
    rows = checked_predictions(predictions, from_logits).astype(np.float64)
    if not from_logits:
        with np.errstate(divide="ignore"):
            rows = np.log(np.maximum(rows, 0))
    winner = rows.argmax(axis=1)
    highest = rows.max(axis=1, keepdims=True)
    # A lead over a masked class may be too large for a float.
    with np.errstate(over="ignore"):
        below = (rows - highest) / temperature
    exponentials = np.exp(below)
    exponentials[np.arange(len(rows)), winner] = 0
    return below, exponentials.sum(axis=1)
