"""What stands beside the numbers in an event file, and how it is checked.

A point of a time series is one float64 tensor `[5, num_bins]`. Its rows are
`ROWS`: the edges of each confidence bin and the three sums over its examples.
Edges travel with the sums, so that bins of any width can be shown, and every
score is exact. A series says in its metadata what its points mean:

calibration     The examples have labels; all rows count.
winning_scores  A histogram of confidences. The examples may be out of
                distribution and have no label: `correct_sum` is 0.
"""

import json

PLUGIN_NAME = "calibration"
VERSION = 1
ROWS = ("lower", "upper", "count", "confidence_sum", "correct_sum")
KINDS = ("calibration", "winning_scores")
POPULATIONS = ("in", "out")
# Points of a series that are shown. Without a hint TensorBoard keeps 10 (or,
# with its data server, 100).
STEPS_KEPT = 1000
# More bins are no diagram; and a foreign file must not fill the memory.
MAX_BINS = 1000


class Unreadable(ValueError):
    """The metadata of a series is not ours, or from a newer version."""


def content(kind, population="in"):
    """Metadata of a series, as stored.

    Args:
        kind: one of `KINDS`.
        population: "in" or "out": whether the examples are in or out of
            distribution.

    Returns:
        bytes, JSON.

    Raises:
        ValueError: if either is not one of those.

    Example:

    >>> content("calibration")
    b'{"version": 1, "kind": "calibration", "population": "in"}'
    """
    _require("kind", kind, KINDS)
    _require("population", population, POPULATIONS)
    fields = {"version": VERSION, "kind": kind, "population": population}
    return json.dumps(fields).encode()


def parse(stored):
    """Reads what `content` wrote.

    Args:
        stored: bytes, from any source.

    Returns:
        dict: kind, population.

    Raises:
        Unreadable: with the reason, in words for the reader of the page.

    Example:

    >>> parse(content("winning_scores", "out"))
    {'kind': 'winning_scores', 'population': 'out'}
    """
    try:
        fields = json.loads(stored.decode())
    # A nesting of thousands of brackets is a RecursionError.
    except (ValueError, RecursionError):
        raise Unreadable(
            "its metadata is no JSON; it was not written by tfmixup"
        ) from None
    if not isinstance(fields, dict):
        raise Unreadable("its metadata is no JSON object")
    version = fields.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise Unreadable("its metadata names no version")
    if version != VERSION:
        raise Unreadable(
            f"it has format version {version}, and this plugin reads "
            f"{VERSION}; install the tfmixup that wrote it"
        )
    try:
        _require("kind", fields.get("kind"), KINDS)
        _require("population", fields.get("population"), POPULATIONS)
    except ValueError:
        raise Unreadable("its metadata names no known kind of data") from None
    return {"kind": fields["kind"], "population": fields["population"]}


def _require(name, value, known):
    # A list from JSON is not hashable, but `in` of a tuple compares.
    if value not in known:
        raise ValueError(
            f"`{name}` must be one of {', '.join(known)}. "
            f"Received: {name}={value!r}."
        )
