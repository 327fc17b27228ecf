"""Two models on the same examples."""

import dataclasses

import numpy as np
import pandas as pd

from tfmixup import diagrams
from tfmixup.metrics.frames import with_class_indices
from tfmixup.metrics.frames import without_frames
from tfmixup.metrics.ranked import largest_share
from tfmixup.report import figures
from tfmixup.report.resampling import interval_of_difference
from tfmixup.report.scored_examples import score_examples
from tfmixup.report.settings import check_settings
from tfmixup.report.settings import percentiles
from tfmixup.report.tables import to_markdown

__all__ = ["PairedComparison", "paired_comparison"]


@dataclasses.dataclass(frozen=True, eq=False)
class PairedComparison:
    """What `paired_comparison` returns.

    Attributes:
        table: `pandas.DataFrame`, a row for each figure; see there.
        bins: dict from the name of a model to its `Bins` of equal width, the
            first number of bins.
        size: int, the number of examples.
        level: float, that of the intervals.

    Example:

    >>> logits = np.random.default_rng(0).normal(size=(200, 3))
    >>> labels = logits.argmax(axis=1)
    >>> comparison = paired_comparison(
    ...     labels, logits, 2 * logits, 10, from_logits=True)
    >>> comparison.table.loc["ece_10", "verdict"]
    'b better'
    >>> figure = comparison.figure("a model and another")
    """

    table: pd.DataFrame
    bins: dict
    size: int
    level: float

    def to_markdown(self, digits=4):
        """The table as Markdown.

        Args:
            digits: int, after the decimal point.

        Returns:
            str.
        """
        return to_markdown(self.table, digits)

    def figure(self, title=None):
        """The reliability diagrams of both models, side by side.

        Args:
            title: str; None for none.

        Returns:
            `matplotlib.figure.Figure`.
        """
        return diagrams.compare_reliability(self.bins, title)


def paired_comparison(
    labels,
    predictions_a,
    predictions_b,
    num_bins=(15, 100),
    seed=0,
    *,
    names=("a", "b"),
    from_logits=False,
    sample_weight=None,
    classes=None,
    resamples=1000,
    level=0.95,
):
    """Compares two models on the same examples.

    What both find easy and both find hard cancels, so that far smaller
    differences can be told from noise than by comparing two reports. It says
    nothing about other seeds of the same two methods: for that, train several
    and see `tfmixup.diagrams.summarize_seeds`.

    The rows of the table are those of `calibration_report`. Its columns are

    - one for each model, by its name: the value.
    - `debiased_` and the name: the value less what chance adds to it.
    - `difference`: of the debiased values, first less second.
    - `low`, `high`: its interval. Of binned errors it is made of the
      intervals of both and their correlation over bootstrap samples of the
      examples (see `tfmixup.report.resampling`), of others that of
      percentiles over these samples.
    - `verdict`: "within noise" if the interval holds 0, else which model is
      better (nothing for `mce_M`, which has no interval, nor for
      `adaptive_ece_M` where a model gives one confidence to more examples
      than half an equal-mass bin holds: bins that share such a group err
      together, and their errors cannot be told from chance); of
      `confidence` and `confidence_gap`, where neither more nor less is
      better, "differs".
      With so many rows, expect that one or another differs by chance: choose
      the row that matters before looking.

    Args:
        labels: int `[n]` or `[n, 1]`, classes, or one-hot `[n, num_classes]`.
        predictions_a: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class
            1 of two, of the first model.
        predictions_b: float of the same shape, of the second, the same
            examples in the same order.
        num_bins: int or ints, each >= 1.
        seed: int. The same arguments give the same comparison.
        names: (str, str), of the models; none of them the name of another
            column.
        from_logits: whether both predictions are logits.
        sample_weight: see `calibration_report`.
        classes: see `calibration_report`.
        resamples: int, >= 100, the number of draws of each kind.
        level: float in (0, 1), of the intervals.

    Returns:
        `PairedComparison`.

    Raises:
        ValueError: if the inputs are refused (see
            `tfmixup.metrics.winners_of`), if labels are soft, or if an
            argument is out of its range.
        TypeError: if `seed` is not an integer.

    Example:

    >>> rows = np.random.default_rng(0).dirichlet(np.ones(3), size=500)
    >>> same = paired_comparison(rows.argmax(axis=1), rows, rows, num_bins=10)
    >>> same.table.loc["ece_10", "verdict"]
    'within noise'
    """
    num_bins = check_settings(num_bins, resamples, level)
    _check_names(names)
    # Tables of the two models whose rows differ are refused here.
    without_frames(predictions_a=predictions_a, predictions_b=predictions_b)
    shapes = np.shape(predictions_a), np.shape(predictions_b)
    if shapes[0] != shapes[1]:
        raise ValueError(
            "`predictions_a` and `predictions_b` must be of the same examples "
            f"and classes. Received: shapes {shapes[0]} and {shapes[1]}. The "
            "labels come first: (labels, predictions_a, predictions_b)."
        )
    both = []
    for predictions in (predictions_a, predictions_b):
        arrays = with_class_indices(classes, labels, predictions, sample_weight)
        both.append(
            score_examples(*arrays[:2], from_logits, num_bins, arrays[2])
        )
    values = [figures.measure(examples) for examples in both]
    draws = figures.bootstrap(both, seed, resamples, binned=True)
    estimates = [
        figures.invert(examples, seed, resamples, level) for examples in both
    ]
    rows = {}
    for row in values[0]:
        first, second = values[0][row], values[1][row]
        debiased = [first, second]
        if row.startswith("mce") or _has_large_ties(row, both):
            debiased, ends = [np.nan, np.nan], (np.nan, np.nan)
        elif row in estimates[0]:
            pair = [estimate[row] for estimate in estimates]
            debiased = [estimate.debiased for estimate in pair]
            correlation = _correlation(draws[0][row], draws[1][row])
            ends = interval_of_difference(*pair, correlation)
        else:
            ends = percentiles(draws[0][row] - draws[1][row], level)
        verdict = _compare(row, ends, names)
        difference = debiased[0] - debiased[1]
        rows[row] = [first, second, *debiased, difference, *ends, verdict]
    return PairedComparison(
        table=pd.DataFrame.from_dict(
            rows, orient="index", columns=_columns(names)
        ),
        bins={
            name: figures.equal_width_bins(examples)[num_bins[0]]
            for name, examples in zip(names, both, strict=True)
        },
        size=len(both[0].order),
        level=level,
    )


def _columns(names):
    return [
        *names,
        *[f"debiased_{name}" for name in names],
        "difference",
        "low",
        "high",
        "verdict",
    ]


def _check_names(names):
    columns = _columns(names)
    if len(names) != 2 or len(set(columns)) < len(columns):
        raise ValueError(
            "`names` must be two different names, and none of them that of "
            f"another column: {', '.join(map(str, columns[len(names) :]))}. "
            f"Received: names={names!r}."
        )


def _has_large_ties(row, both):
    """Whether equal-mass bins share large groups of equal confidences."""
    if not row.startswith("adaptive_ece"):
        return False
    half_a_bin = 0.5 / int(row.rpartition("_")[2])
    shares = [largest_share(examples.bins) for examples in both]
    # One example is no group, however few there are.
    return any(
        share > max(half_a_bin, 1.5 / len(examples.order))
        for share, examples in zip(shares, both, strict=True)
    )


def _correlation(first, second):
    deviations = [draws - draws.mean() for draws in (first, second)]
    scale = np.sqrt(np.prod([np.mean(d**2) for d in deviations]))
    # A score that is the same in all resamples goes along with nothing.
    return float(np.mean(np.prod(deviations, axis=0)) / scale) if scale else 0.0


def _compare(row, ends, names):
    low, high = ends
    if np.isnan(low):
        return ""
    if low <= 0 <= high:
        return "within noise"
    if row in ("confidence", "confidence_gap"):
        return "differs"
    first_is_lower = high < 0
    first_is_better = first_is_lower != (row == "accuracy")
    return f"{names[0] if first_is_better else names[1]} better"
