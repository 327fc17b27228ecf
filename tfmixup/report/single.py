"""Calibration reports: every figure beside what chance alone would make it.

A calibration error without its noise floor is easily over-read: a perfectly
calibrated classifier that is right in 3 of 4 cases has an ECE of about 0.01
on 10,000 examples with 15 bins, and of 0.03 with 100.
"""

import dataclasses

import numpy as np
import pandas as pd

from tfmixup import diagrams
from tfmixup.diagrams.intervals import wilson_interval
from tfmixup.metrics.frames import with_class_indices
from tfmixup.report import figures
from tfmixup.report.scored_examples import score_examples
from tfmixup.report.settings import check_settings
from tfmixup.report.settings import percentiles
from tfmixup.report.tables import to_markdown

__all__ = ["CalibrationReport", "calibration_report"]

_NORMAL_95 = 1.6448536269514722  # 95 % quantile of the standard normal


@dataclasses.dataclass(frozen=True, eq=False)
class CalibrationReport:
    """What `calibration_report` returns.

    Attributes:
        table: `pandas.DataFrame`, a row for each figure; see there.
        bins: dict from num_bins to `Bins`, of equal width.
        size: int, the number of examples.
        level: float, that of the intervals.

    Example:

    >>> rows = np.random.default_rng(0).dirichlet(np.ones(3), size=200)
    >>> report = calibration_report(np.zeros(200, int), rows, num_bins=10)
    >>> print(report.to_markdown().split(" | ")[1])
    value
    >>> figure = report.figure("a model")
    >>> len(figure.axes)  # the diagram, its histogram, the errors
    3
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


def calibration_report(
    labels,
    predictions,
    num_bins=(15, 100),
    seed=0,
    *,
    from_logits=False,
    sample_weight=None,
    classes=None,
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
      `tfmixup.report.resampling`), so that it may lie below the value. Of the
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
        labels: int `[n]` or `[n, 1]`, classes, or one-hot `[n, num_classes]`;
            n >= 2.
        predictions: float `[n, num_classes]`, or `[n]` or `[n, 1]` of class 1
            of two: probabilities or logits.
        num_bins: int or ints, each >= 1.
        seed: int. The same arguments give the same report.
        from_logits: whether `predictions` are logits.
        sample_weight: float `[n]`, >= 0; None for 1. All values are weighted.
            Intervals and floors allow for what unequal weights add to chance:
            resamples draw examples with their weights, and binned errors
            count as many examples as the weights amount to (Kish).
        classes: list of the names of the columns, where labels are names; see
            `tfmixup.metrics.class_indices`.
        resamples: int, >= 100, the number of draws of each kind.
        level: float in (0, 1), of the intervals.

    Returns:
        `CalibrationReport`.

    Raises:
        ValueError: if the inputs are refused (see
            `tfmixup.metrics.winners_of`), if labels are soft, or if an
            argument is out of its range.
        TypeError: if `seed` is not an integer.

    Example:

    >>> rows = np.random.default_rng(0).dirichlet(np.ones(3), size=500)
    >>> report = calibration_report(np.zeros(500, int), rows, num_bins=10)
    >>> bool(report.table.loc["ece_10", "verdict"] == "above noise")
    True

    Reference:
        Roelofs et al., 2022, on the bias of binned errors,
        https://arxiv.org/abs/2012.08668
    """
    num_bins = check_settings(num_bins, resamples, level)
    labels, predictions, weight = with_class_indices(
        classes, labels, predictions, sample_weight
    )
    examples = score_examples(
        labels, predictions, from_logits, num_bins, weight
    )
    values = figures.measure(examples)
    redrawn = figures.redraw(examples, seed, resamples)
    estimates = figures.invert(examples, seed, resamples, level)
    [draws] = figures.bootstrap([examples], seed, resamples, False)
    rows = {}
    for row, value in values.items():
        if row in estimates:
            low, high, debiased = estimates[row]
        elif row.startswith("mce"):
            low = high = debiased = np.nan
        else:
            low, high = percentiles(draws[row], level)
            debiased = value
        if row == "accuracy":
            # Of a model that is never wrong, no resample is either.
            size = examples.effective_size
            ends = wilson_interval(value * size, size, level)
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
        bins=figures.equal_width_bins(examples),
        size=len(examples.order),
        level=level,
    )


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
    bins = figures.bins_between(examples, cuts)
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
