"""Inputs on which a binned metric can go wrong, by name."""

import numpy as np


def rows_of(confidence, num_classes=40):
    """Distributions whose highest entry, at class 0, is the confidence.

    The rest is spread evenly, so it stays below the confidence for all
    confidences above 1 / num_classes.
    """
    confidence = np.asarray(confidence)
    rest = (1 - confidence.astype(np.float64)) / (num_classes - 1)
    rows = np.repeat(rest[:, None], num_classes, axis=1)
    rows = np.maximum(rows, 0).astype(confidence.dtype)
    rows[:, 0] = confidence
    return rows


def random_case(seed, size, num_classes=10, dtype="float32", sharpness=2.0):
    """(labels, probabilities): some right, some sure, neither always."""
    rng = np.random.default_rng(seed)
    logits = sharpness * rng.normal(size=(size, num_classes))
    labels = np.argmax(
        logits + 1.5 * sharpness * rng.normal(size=logits.shape), axis=1
    )
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    rows = exponentials / exponentials.sum(axis=1, keepdims=True)
    return labels, rows.astype(dtype)


def edge_case(num_bins, dtype):
    """Confidences on every edge above 1/40, and one ulp to each side."""
    number = np.dtype(dtype).type
    edges = [number(m) / number(num_bins) for m in range(1, num_bins + 1)]
    edges = np.array([e for e in edges if e > 1 / 30], dtype)
    below = np.nextafter(edges, number(0))
    above = np.nextafter(edges, number(2))
    confidence = np.concatenate([edges, below, above])
    # Right (class 0) or wrong in no rhythm with the edges.
    labels = (np.arange(len(confidence)) * 7 % 3 > 0).astype(np.int64)
    return labels, rows_of(confidence)


def all_cases():
    """name -> (labels, probabilities)."""
    cases = {
        "random float32": random_case(0, 3000),
        "random float64": random_case(1, 3000, dtype="float64"),
        "two classes": random_case(2, 500, num_classes=2),
        "one example": random_case(3, 1),
        "fewer examples than bins": random_case(4, 7),
    }
    for dtype in ("float32", "float64"):
        for num_bins in (10, 15, 100):
            cases[f"{num_bins} edges {dtype}"] = edge_case(num_bins, dtype)
    labels, rows = random_case(5, 400, sharpness=200.0)
    cases["saturated"] = labels, rows
    cases["one class predicted"] = (
        labels % 2,
        rows_of(np.linspace(0.3, 1, 400, dtype=np.float32)),
    )
    cases["one class only"] = np.zeros(400, np.int64), rows
    cases["one bin"] = labels % 2, rows_of(np.full(400, 0.71, np.float32))
    cases["all equal"] = labels, np.full((400, 10), 0.1, np.float32)
    return cases
