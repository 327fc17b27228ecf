"""Held-out examples whose true temperature is known."""

import numpy as np

from tests.reference import softmax


def examples(number, num_classes=5, temperature=2.0, seed=0, spread=2.0):
    """Labels drawn from the softmax of logits, and the logits times T.

    Returns:
        (float64 `[number, num_classes]`, int `[number]`): dividing by the
        temperature gives the distribution that the labels came from.
    """
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(number, num_classes)) * spread
    drawn = rng.random((number, 1))
    labels = (np.cumsum(softmax(true), axis=1) < drawn).sum(axis=1)
    # The last sum may be just below 1.
    return true * temperature, np.minimum(labels, num_classes - 1)


def log_loss(probabilities, labels):
    """Mean of -log of the label's probability, one example at a time."""
    terms = [
        -np.log(row[label])
        for row, label in zip(probabilities, labels, strict=True)
    ]
    return sum(terms) / len(terms)
