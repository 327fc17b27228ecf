"""Models whose labels are drawn from a distribution that is known."""

import numpy as np


def softmax(logits):
    rows = np.exp(logits - logits.max(axis=1, keepdims=True))
    return rows / rows.sum(axis=1, keepdims=True)


def draw_labels(random, rows):
    uniform = random.random((len(rows), 1))
    return (np.cumsum(rows, axis=1) < uniform).sum(axis=1)


def make(size=1000, temperature=1.0, seed=0, num_classes=4):
    """Labels drawn from logits / temperature, and the logits.

    Above 1 the model is overconfident, below 1 underconfident.
    """
    random = np.random.default_rng(seed)
    logits = 3 * random.normal(size=(size, num_classes))
    return draw_labels(random, softmax(logits / temperature)), logits
