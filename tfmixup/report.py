"""Calibration reports: every figure beside what chance alone would make it.

A calibration error without its noise floor is easily over-read: a perfectly
calibrated classifier that is right in 3 of 4 cases has an ECE of about 0.01
on 10,000 examples with 15 bins, and of 0.03 with 100.
"""

import dataclasses

import numpy as np
import pandas as pd

from tfmixup import diagrams
from tfmixup import report_rows
from tfmixup.diagrams.intervals import wilson_interval
from tfmixup.metrics.bins import check_num_bins
from tfmixup.resampling import interval_of_difference
from tfmixup.scored_examples import score_examples
from tfmixup.tables import to_markdown

__all__ = [
    "CalibrationReport",
    "PairedComparison",
    "calibration_report",
    "paired_comparison",
]

_NORMAL_95 = 1.6448536269514722  # 95 % quantile of the standard normal


@dataclasses.dataclass(frozen=True, eq=False)
class CalibrationReport:
    """What `calibration_report` returns.

    Attributes:
        table: `pandas.DataFrame`, a row for each figure; see there.
        bins: dict from num_bins to `Bins`, of equal width.
        size: int, the number of examples.
        level: float, that of the intervals.
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
        """The reliability diagram, and the errors beside their noise floors.

        Args:
            title: str, such as the name of the model; None for none.

        Returns:
            `matplotlib.figure.Figure`.
        """
        return diagrams.plot_report(
            self.table, next(iter(self.bins.values())), title
        )


@dataclasses.dataclass(frozen=True, eq=False)
class PairedComparison:
    """What `paired_comparison` returns.

    Attributes:
        table: `pandas.DataFrame`, a row for each figure; see there.
        bins: dict from the name of a model to its `Bins` of equal width, the
            first number of bins.
        size: int, the number of examples.
        level: float, that of the intervals.
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


def calibration_report(
    logits,
    labels,
    num_bins=(15, 100),
    seed=0,
    *,
    from_logits=True,
    resamples=1000,
    level=0.95,
):
    """Measures how far the confidence of a model can be trusted.

    The rows of the table are `accuracy`, `confidence` (its mean),
    `confidence_gap` (confidence less accuracy), `nll` (nats), `brier` (0 to
    2), `aurc`, and for each number of bins M `ece_M`, `oe_M`, `rmsce_M`,
    `mce_M` (bins of equal width) and `adaptive_ece_M` (of equal mass); all
    but `nll` and `brier` are fractions. Its columns are

    - `value`.
    - `low`, `high`: an interval of the value that an endless test set would
      give. Of binned errors it allows for what chance adds to them (see
      `tfmixup.resampling`), so that it may lie below the value. Of the
      accuracy it is Wilson's, of others that of percentiles over bootstrap
      samples of the examples. `mce_M` has none: bins of one or two examples
      decide it, and it says next to nothing about other examples.
    - `debiased`: the value less what chance adds; the value itself where
      chance adds nothing on average.
    - `floor`, `floor_95`: mean and 95 % quantile of the figure with the same
      predictions and labels drawn from them, so of a perfectly calibrated
      model. Of `confidence_gap`, the quantile is that of its absolute value.
      Of `nll` and `brier` both are computed from the exact mean and variance,
      the quantile as that of a normal distribution. Outside binned errors and
      gap, the floor is what the model claims for itself.
    - `sign`: "over" or "under", with the part of the binned error that is
      overconfidence or underconfidence.
    - `verdict`: of binned errors and the gap, "above noise" if the value is
      above `floor_95`, "below noise" if the model fits these labels better
      than labels drawn from its own predictions nearly ever would (it may have
      seen them), otherwise "within noise". One calibrated model in 20 is above
      noise in any one row, more in at least one of all rows.

    Args:
        logits: float `[n, num_classes]`, n >= 2; or probabilities.
        labels: int `[n]` or `[n, 1]`, classes, or one-hot `[n, num_classes]`.
        num_bins: int or ints, each >= 1.
        seed: int. The same arguments give the same report.
        from_logits: whether `logits` are logits rather than probabilities.
        resamples: int, >= 100, the number of draws of each kind.
        level: float in (0, 1), of the intervals.

    Returns:
        `CalibrationReport`.

    Raises:
        ValueError: if the arrays are empty, do not match or hold NaN, if
            labels are soft, or if an argument is out of its range.

    Example:

    >>> logits = np.random.default_rng(0).normal(size=(500, 3))
    >>> report = calibration_report(logits, np.zeros(500, int), num_bins=10)
    >>> bool(report.table.loc["ece_10", "verdict"] == "above noise")
    True

    Reference:
        Roelofs et al., 2022, on the bias of binned errors,
        https://arxiv.org/abs/2012.08668
    """
    num_bins = _check_settings(num_bins, resamples, level)
    examples = score_examples(labels, logits, from_logits, num_bins)
    values = report_rows.measure(examples)
    redrawn = report_rows.redraw(examples, seed, resamples)
    estimates = report_rows.invert(examples, seed, resamples, level)
    [draws] = report_rows.bootstrap([examples], seed, resamples, False)
    rows = {}
    for row, value in values.items():
        if row in estimates:
            low, high, debiased = estimates[row]
        elif row.startswith("mce"):
            low = high = debiased = np.nan
        else:
            low, high = _percentiles(draws[row], level)
            debiased = value
        if row == "accuracy":
            # Of a model that is never wrong, no resample is either.
            correct = value * len(examples.order)
            ends = wilson_interval(correct, len(examples.order), level)
            low, high = [float(end) for end in ends]
        rows[row] = {
            "value": value,
            "low": low,
            "high": high,
            "debiased": debiased,
            **_floor(row, redrawn, examples),
            "sign": _sign(row, value, examples),
            "verdict": _judge(row, value, redrawn),
        }
    return CalibrationReport(
        table=pd.DataFrame.from_dict(rows, orient="index"),
        bins=_equal_width_bins(examples),
        size=len(examples.order),
        level=level,
    )


def paired_comparison(
    logits_a,
    logits_b,
    labels,
    num_bins=(15, 100),
    seed=0,
    *,
    names=("a", "b"),
    from_logits=True,
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
      examples (`tfmixup.resampling.interval_of_difference`), of others that of
      percentiles over these samples.
    - `verdict`: "within noise" if the interval holds 0, else which model is
      better (nothing for `mce_M`, which has no interval); of `confidence` and
      `confidence_gap`, where neither more nor less is better, "differs".
      With so many rows, expect that one or another differs by chance: choose
      the row that matters before looking.

    Args:
        logits_a: float `[n, num_classes]`, of the first model.
        logits_b: float `[n, num_classes]`, of the second, the same examples in
            the same order.
        labels: int `[n]` or `[n, 1]`, classes, or one-hot `[n, num_classes]`.
        num_bins: int or ints, each >= 1.
        seed: int. The same arguments give the same comparison.
        names: (str, str), of the models.
        from_logits: whether `logits_a` and `logits_b` are logits rather than
            probabilities.
        resamples: int, >= 100, the number of draws of each kind.
        level: float in (0, 1), of the intervals.

    Returns:
        `PairedComparison`.

    Raises:
        ValueError: if the arrays are empty, do not match or hold NaN, if
            labels are soft, or if an argument is out of its range.

    Example:

    >>> logits = np.random.default_rng(0).normal(size=(500, 3))
    >>> labels = logits.argmax(axis=1)
    >>> same = paired_comparison(logits, logits, labels, num_bins=10)
    >>> set(same.table["verdict"])
    {'within noise'}
    """
    num_bins = _check_settings(num_bins, resamples, level)
    _check_names(names)
    if np.shape(logits_a) != np.shape(logits_b):
        raise ValueError(
            "`logits_a` and `logits_b` must be of the same examples and "
            f"classes. Received: shapes {np.shape(logits_a)} and "
            f"{np.shape(logits_b)}."
        )
    both = [
        score_examples(labels, logits, from_logits, num_bins)
        for logits in (logits_a, logits_b)
    ]
    values = [report_rows.measure(examples) for examples in both]
    draws = report_rows.bootstrap(both, seed, resamples, binned=True)
    estimates = [
        report_rows.invert(examples, seed, resamples, level)
        for examples in both
    ]
    rows = {}
    for row in values[0]:
        first, second = values[0][row], values[1][row]
        debiased = [first, second]
        if row in estimates[0]:
            pair = [estimate[row] for estimate in estimates]
            debiased = [estimate.debiased for estimate in pair]
            correlation = _correlation(draws[0][row], draws[1][row])
            ends = interval_of_difference(*pair, correlation)
        elif row.startswith("mce"):
            debiased, ends = [np.nan, np.nan], (np.nan, np.nan)
        else:
            ends = _percentiles(draws[0][row] - draws[1][row], level)
        verdict = _compare(row, ends, names)
        difference = debiased[0] - debiased[1]
        rows[row] = [first, second, *debiased, difference, *ends, verdict]
    columns = [*names, *[f"debiased_{name}" for name in names]]
    columns += ["difference", "low", "high", "verdict"]
    return PairedComparison(
        table=pd.DataFrame.from_dict(rows, orient="index", columns=columns),
        bins={
            name: _equal_width_bins(examples)[num_bins[0]]
            for name, examples in zip(names, both, strict=True)
        },
        size=len(both[0].order),
        level=level,
    )


def _check_settings(num_bins, resamples, level):
    """`num_bins` as a tuple of ints."""
    single = not isinstance(num_bins, tuple | list)
    several = [num_bins] if single else num_bins
    if not several:
        raise ValueError(
            "`num_bins` must name at least one number of bins. "
            f"Received: num_bins={num_bins!r}."
        )
    if not resamples >= 100:
        raise ValueError(
            "`resamples` must be at least 100: fewer have no quantiles to "
            f"speak of. Received: resamples={resamples}."
        )
    if not 0 < level < 1:
        raise ValueError(
            "`level` must be between 0 and 1, such as 0.95. "
            f"Received: level={level}."
        )
    return tuple(dict.fromkeys(check_num_bins(m) for m in several))


def _check_names(names):
    if len(names) != 2 or names[0] == names[1]:
        raise ValueError(
            f"`names` must be two different names. Received: names={names!r}."
        )


def _equal_width_bins(examples):
    return {
        num_bins: report_rows.bins_between(examples, cuts)
        for (num_bins, equal_mass), cuts in examples.cuts.items()
        if not equal_mass
    }


def _percentiles(draws, level):
    # Values that were drawn, never between two of them: those may be inf.
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(draws, ends, method="inverted_cdf")
    return float(low), float(high)


def _floor(row, redrawn, examples):
    mean = quantile = np.nan
    if row in redrawn:
        draws = redrawn[row]
        sizes = np.abs(draws) if row == "confidence_gap" else draws
        mean, quantile = np.mean(draws), np.quantile(sizes, 0.95)
    elif row in ("nll", "brier"):
        promise = examples.promised_log_loss
        if row == "brier":
            promise = examples.promised_distance
        mean = promise.mean
        quantile = mean + _NORMAL_95 * promise.deviation
    return {"floor": float(mean), "floor_95": float(quantile)}


def _sign(row, value, examples):
    if row == "confidence_gap":
        return "over" if value > 0 else "under" if value < 0 else ""
    cuts = examples.cuts.get(_binning_of(row))
    if cuts is None:
        return ""
    bins = report_rows.bins_between(examples, cuts)
    gaps = bins.confidence - bins.correct
    over, under = np.sum(gaps[gaps > 0]), -np.sum(gaps[gaps < 0])
    if over + under == 0:
        return ""
    name = "over" if over >= under else "under"
    return f"{name} ({max(over, under) / (over + under):.0%})"


def _binning_of(row):
    name, _, number = row.rpartition("_")
    if not number.isdigit():
        return None
    return int(number), name == "adaptive_ece"


def _judge(row, value, redrawn):
    if row == "confidence_gap":
        value, draws = abs(value), np.abs(redrawn[row])
    elif _binning_of(row):
        draws = redrawn[row]
    else:
        return ""
    if value > np.quantile(draws, 0.95):
        return "above noise"
    # A gap is small by chance, and overconfidence where there is the opposite.
    suspicious = row.startswith(("ece", "adaptive_ece", "rmsce"))
    if suspicious and value < np.quantile(draws, 0.005):
        return "below noise"
    return "within noise"


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
