"""Logits, probabilities, percentages, sigmoid units: which ones are these?

A model's output does not say what it is, and a softmax of probabilities is a
plausible, wrong number. So predictions that are called logits are refused if
every row is a distribution: entries in [0, 1] that sum to 1 as closely as the
dtype, or one to three decimals, allow; or percentages that sum to 100.

Real logits are hardly ever refused. One row of two independent standard
normal logits passes for a distribution with a probability of 3e-5 in float32,
1.2e-3 in float16 and 8.5e-3 in bfloat16, one of ten logits with less than 1e-5;
n rows all of them do with the n-th power of that. The way out if it happens:
add any constant to all logits, which no softmax notices.

The single unit of a binary classifier leaves less to see. Its logits are
refused if there are at least 32 of them, all in [0, 1], which come within 0.05
of both ends.
"""

import numpy as np

from tfmixup.metrics.arrays import namespace

__all__ = [
    "FLOATS",
    "NO_LOGITS",
    "kind_of",
    "refuse_other_kind",
    "seem_no_logits",
    "shown_row",
]

# The floating dtypes that are read, and their spacing at 1.
FLOATS = {
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    "float32": 2.0**-23,
    "float64": 2.0**-52,
}
# How far the sum of a row of probabilities can be from 1. Rounding moves each
# by at most half a spacing times itself, so the sum by half the spacing at 1;
# more where the softmax was computed in the dtype: TensorFlow's is off by up
# to 0.0026 in float16 and 0.0149 in bfloat16 (2 to 21,841 classes on two
# kinds of CPU). float64 is
# often a copy of float32, whose own sums of 1,000 terms are good to 6e-5.
_SUM_TOLERANCE = {
    "float16": 2.0**-8,
    "bfloat16": 2.0**-5,
    "float32": 1e-4,
    "float64": 1e-4,
}
# Outputs of one unit below this number could be logits by chance.
_FEW_UNITS = 32

NO_LOGITS = (
    "`predictions` are no logits: every row is in [0, 1] and sums to 1 (or is "
    "in percent). Pass probabilities with from_logits=False, and percentages "
    "divided by 100. If they are logits all the same, add a constant to all "
    "of them (predictions + 1): it changes no softmax."
)


def shown_row(row):
    """A row of outputs for an error message, on one line, however long it is.

    Args:
        row: float array `[num_classes]`.

    Returns:
        str.

    Example:

    >>> shown_row(np.arange(1000.0))
    '[  0.   1.   2. ... 997. 998. 999.]'
    """
    return np.array2string(row, threshold=8, precision=4, max_line_width=200)


def kind_of(predictions):
    """What a model's outputs are, as far as they show it.

    Args:
        predictions: float array `[n, num_classes]`; or `[n]` or `[n, 1]`, of
            one unit.

    Returns:
        str: "probabilities" (rows in [0, 1] that sum to 1; or one unit in
        [0, 1] that comes near both ends), "percentages", "sigmoids" (all in
        [0, 1], but the rows do not sum to 1, or one unit of which nothing
        more can be said), or "logits" (anything else).

    Example:

    >>> kind_of(np.array([[0.9, 0.1], [0.3, 0.7]]))
    'probabilities'
    >>> kind_of(np.array([[0.9, 0.8], [0.3, 0.1]]))
    'sigmoids'
    >>> kind_of(np.array([[2.0, -1.0]]))
    'logits'
    """
    predictions = np.asarray(predictions)
    name = predictions.dtype.name
    rows = predictions.astype("float64")
    with np.errstate(all="ignore"):
        if _one_unit(rows):
            if len(rows) and _fills_unit_interval(rows, np):
                return "probabilities"
        elif len(rows):
            if np.all(_are_distributions(rows, name, np)):
                return "probabilities"
            if np.all(_are_distributions(rows / 100, name, np)):
                return "percentages"
    inside = (rows >= -FLOATS[name]) & (rows <= 1 + FLOATS[name])
    # Rows of zeros are what an untrained layer of logits gives.
    return "sigmoids" if inside.all() and rows.any() else "logits"


def refuse_other_kind(predictions):
    """Refuses arrays that are called logits and look like probabilities.

    Args:
        predictions: float NumPy array, `[n, num_classes]`, `[n]` or `[n, 1]`.

    Raises:
        ValueError: if they look like probabilities or percentages.

    Example:

    >>> refuse_other_kind(np.array([[1.5, -0.5]]))
    """
    if not predictions.size:
        return
    name = predictions.dtype.name
    # NaN and infinity are no probabilities, and refused by others.
    with np.errstate(all="ignore"):
        if _one_unit(predictions):
            seem = _fills_unit_interval(predictions, np)
        else:
            # The first row settles the question as a rule, and costs nothing.
            seem = any(
                all(
                    np.all(_are_distributions(rows / scale, name, np))
                    for rows in _growing_parts(predictions)
                )
                for scale in (1, 100)
            )
    if seem:
        shown = np.array2string(
            predictions[0], threshold=8, max_line_width=np.inf
        )
        raise ValueError(
            f"{NO_LOGITS} Received: {shown} as the first of "
            f"{len(predictions)} examples."
        )


def seem_no_logits(predictions):
    """`refuse_other_kind` in a graph, where only a tensor can tell.

    Args:
        predictions: symbolic float tensor, as in `refuse_other_kind`.

    Returns:
        bool scalar tensor.
    """
    xp = namespace(predictions)
    name = predictions.dtype.name
    if _one_unit(predictions):
        return _fills_unit_interval(predictions, xp)

    def all_are(rows):
        rows = xp.cast(rows, "float64" if name == "float64" else "float32")
        percent = xp.all(_are_distributions(rows / 100, name, xp))
        return percent | xp.all(_are_distributions(rows, name, xp))

    # The first row settles the question as a rule, and costs little.
    some = xp.shape(predictions)[0] > 0
    return xp.cond(
        some & all_are(predictions[:1]),
        lambda: all_are(predictions),
        lambda: xp.zeros([], "bool"),
    )


def _growing_parts(predictions):
    """The first row, then all rows, converted a few at a time."""
    step = max(1, (1 << 18) // predictions.shape[1])
    yield predictions[:1].astype("float64")
    for start in range(0, len(predictions), step):
        yield predictions[start : start + step].astype("float64")


def _one_unit(predictions):
    return len(predictions.shape) == 1 or predictions.shape[1] == 1


def _are_distributions(rows, name, xp):
    """Which rows lie in [0, 1] and sum to 1, as `name` can hold them."""
    rounding = FLOATS[name]
    inside = xp.all((rows >= 0) & (rows <= 1 + rounding), axis=1)
    error = xp.abs(xp.sum(rows, axis=1) - 1)
    near = error <= _SUM_TOLERANCE[name]
    for places in (1, 2, 3):
        scale = 10.0**places
        slack = 2 * scale * max(rounding, FLOATS["float32"])
        if slack > 0.25:
            break
        # Rounded decimals: each is off by at most half a unit.
        decimal = xp.all(
            xp.abs(rows * scale - xp.round(rows * scale)) <= slack, axis=1
        )
        near |= decimal & (error <= min(rows.shape[1] / scale / 2, 0.5))
    return inside & near


def _fills_unit_interval(unit, xp):
    low, high = xp.min(unit), xp.max(unit)
    inside = (low >= 0) & (low < 0.05) & (high > 0.95) & (high <= 1)
    return inside & (xp.shape(unit)[0] >= _FEW_UNITS)
