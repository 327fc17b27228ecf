"""Golden vectors: inputs on which calibration software goes wrong.

Each has the exact answer as a fraction, found in rational arithmetic from the
definition and nothing else of this package. Score any implementation with
`tools/conformance`; other languages can read `tools/conformance --json`.

The definition (Guo et al. 2017, eq. 3; Thulasidasan et al. 2019, section
3.2): bin m of M holds the confidences in ((m - 1) / M, m / M], where an edge
is the number of the confidences' dtype that is closest to the fraction; what
rounding takes above 1 is in the last bin; the first of equal classes wins.
"""

from fractions import Fraction
from typing import NamedTuple

import numpy as np

__all__ = ["GoldenVector", "exact_errors", "golden_vectors"]


class GoldenVector(NamedTuple):
    """An input and what is true of it.

    Attributes:
        name: str.
        labels: int64 `[n]`.
        probabilities: float16, float32 or float64 `[n, num_classes]`.
        num_bins: int.
        weight: float64 `[n]`, or None.
        repeats: int, how often the examples are to be repeated.
        errors: dict of `Fraction`: "ece", "oe" and "mce" (largest gap of a
            bin); or None: the input must be refused, by an error or by NaN.
    """

    name: str
    labels: np.ndarray
    probabilities: np.ndarray
    num_bins: int
    weight: np.ndarray | None
    repeats: int
    errors: dict | None


def exact_errors(labels, probabilities, num_bins, weight=None):
    """Calibration errors in rational arithmetic.

    Args:
        labels: int `[n]`.
        probabilities: float `[n, num_classes]`.
        num_bins: int.
        weight: float `[n]`, or None for 1.

    Returns:
        dict of `Fraction`: "ece", "oe" and "mce".

    Example:

    >>> rows = np.array([[0.75, 0.25], [0.25, 0.75]])
    >>> exact_errors([0, 0], rows, 10)["ece"]
    Fraction(1, 4)
    """
    number = probabilities.dtype.type
    if number == np.float16:
        # Half precision is widened before it is compared.
        number = np.float32
    edges = [number(m) / number(num_bins) for m in range(1, num_bins)]
    weights = [1] * len(labels) if weight is None else weight
    count, confidence, correct = [[Fraction(0)] * num_bins for _ in range(3)]
    for label, row, w in zip(labels, probabilities, weights, strict=True):
        winner = max(range(len(row)), key=lambda k: (row[k], -k))
        place = sum(number(row[winner]) > edge for edge in edges)
        count[place] += Fraction(float(w))
        confidence[place] += Fraction(float(w)) * Fraction(float(row[winner]))
        correct[place] += Fraction(float(w)) * int(winner == label)
    full = [m for m in range(num_bins) if count[m] > 0]
    gaps = [(confidence[m] - correct[m], count[m]) for m in full]
    overconfidence = [
        confidence[m] / count[m] * max(confidence[m] - correct[m], 0)
        for m in full
    ]
    total = sum(count)
    return {
        "ece": sum(abs(gap) for gap, _ in gaps) / total,
        "oe": sum(overconfidence) / total,
        "mce": max(abs(gap) / n for gap, n in gaps),
    }


def golden_vectors():
    """All golden vectors.

    Returns:
        list of `GoldenVector`.

    Example:

    >>> by_name = {vector.name: vector for vector in golden_vectors()}
    >>> by_name["confidence 1 and wrong"].errors["ece"]
    Fraction(3, 4)
    """
    vectors = []

    def add(name, labels, rows, num_bins=15, weight=None, repeats=1):
        labels, rows = np.asarray(labels, np.int64), np.asarray(rows)
        if len(labels) and np.isfinite(rows).all():
            errors = exact_errors(labels, rows, num_bins, weight)
        else:
            errors = None
        vectors.append(
            GoldenVector(name, labels, rows, num_bins, weight, repeats, errors)
        )

    for dtype in ("float32", "float64"):
        labels, rows = _random(200, 10, dtype)
        add(f"random, {dtype}", labels, rows)
        for num_bins in (10, 15):
            edges = _edges(num_bins, dtype)
            number = edges.dtype.type
            below = np.nextafter(edges, number(0))
            above = np.nextafter(edges[:-1], number(1))
            for where, values in (
                ("on", edges),
                ("1 ulp below", below),
                ("1 ulp above", above),
            ):
                add(
                    f"{where} the edges of {num_bins} bins, {dtype}",
                    # Right and wrong in turn: a neighbor's bin differs.
                    np.arange(len(values)) % 2,
                    _rows(values),
                    num_bins,
                )
    add("confidence 1 and wrong", [1, 1, 1, 0], _rows(np.ones(4, "float32")))
    mixed = np.array([1.0] + [0.95] * 10, np.float32)
    add("confidence 1 beside 0.95", [1] + [0] * 10, _rows(mixed))
    above = np.float32([[1 + 2**-23, 0], [1, 0], [0.75, 0.25]])
    add("confidence rounded above 1", [0, 1, 0], above)
    halves = np.full([4, 2], 0.5, np.float32)
    add("two equal classes", [0, 1, 1, 1], halves, 10)
    add(
        "all classes equal", [0, 1, 2, 3], np.full([4, 4], np.float32(0.25)), 10
    )
    add("empty bins", [0, 1], _rows(np.float32([0.3, 0.98])))
    add("all in one bin", [0, 1, 0], _rows(np.float32([0.71, 0.72, 0.73])), 10)
    add("one example", [1], np.float32([[0.9, 0.1]]))
    add("fewer examples than bins", [0, 1, 0], _random(3, 4, "float32")[1], 100)
    labels, rows = _random(50, 4, "float32")
    add("one class only", np.zeros(50), rows)
    add("one bin", labels, rows, 1)
    gaps = np.float32([0.62, 0.66] * 8)
    add("opposite gaps in one bin", [0, 1] * 8, _rows(gaps), 10)
    add("float16 input", labels, rows.astype(np.float16))
    weight = np.arange(50) % 4 / 2
    add("weights", labels, rows, weight=weight)
    few = np.float32([[0.75, 0.25]] * 3 + [[0.375, 0.625]])
    add("more than 2**24 examples", [0, 0, 1, 1], few, repeats=2**22 + 2**20)
    rows = rows.copy()
    rows[17] = np.nan
    add("a row of NaN", labels, rows)
    rows[17] = [np.inf, 0, 0, 0]
    add("a row with infinity", labels, rows)
    add("no example", np.zeros(0), np.zeros([0, 4], np.float32))
    return vectors


def _edges(num_bins, dtype):
    number = np.dtype(dtype).type
    edges = [number(m) / number(num_bins) for m in range(1, num_bins + 1)]
    # Below 1/31 the other of 32 classes would win.
    return np.array([edge for edge in edges if edge > 1 / 30], dtype)


def _rows(confidence, num_classes=32):
    """Rows of which class 0 has the confidence, the others an equal rest."""
    rest = (1 - np.asarray(confidence, np.float64)) / (num_classes - 1)
    rows = np.repeat(rest[:, None], num_classes, axis=1)
    rows = rows.astype(confidence.dtype)
    rows[:, 0] = confidence
    return rows


def _random(size, num_classes, dtype):
    """Labels and rows from a fixed sequence that any language can repeat."""
    state, draws = 1, []
    for _ in range(size * (num_classes + 1)):
        state = 48271 * state % (2**31 - 1)  # Park and Miller, 1988
        draws.append(state / (2**31 - 1))
    draws = np.array(draws).reshape(size, num_classes + 1)
    scores = draws[:, 1:] ** 4
    rows = (scores / scores.sum(axis=1, keepdims=True)).astype(dtype)
    labels = (draws[:, 0] * num_classes * 1.6).astype(np.int64)
    winners = rows.argmax(axis=1)
    return np.where(labels < num_classes, labels, winners), rows
