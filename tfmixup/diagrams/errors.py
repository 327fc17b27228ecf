"""Calibration errors beside what chance alone would make them."""

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from tfmixup.diagrams import canvas
from tfmixup.diagrams.reliability import plot_reliability

__all__ = ["plot_errors", "plot_report"]

_NOISE = "#D8D8D8"
_COLUMNS = ("value", "low", "high", "debiased", "floor", "floor_95", "sign")


def plot_errors(table, title=None, ax=None):
    """Draws errors with their intervals over the noise of perfect models.

    Args:
        table: `pandas.DataFrame`, such as rows of the table of a
            `tfmixup.report.CalibrationReport`, with the columns `value`,
            `low`, `high`, `debiased`, `floor`, `floor_95` and `sign` (a text
            that starts with "over" or "under", or another).
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if the table has no row, or lacks a column.

    Example:

    >>> import pandas
    >>> row = dict(value=0.04, low=0.02, high=0.05, debiased=0.03)
    >>> row |= dict(floor=0.01, floor_95=0.015, sign="over (90%)")
    >>> figure = plot_errors(pandas.DataFrame([row], index=["ece_15"]))
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'ece_15'
    """
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing or not len(table):
        raise ValueError(
            "`table` must have a row for each error, and the columns "
            f"{', '.join(_COLUMNS)}. Received: {len(table)} rows, without "
            f"the columns {missing}."
        )
    ax = canvas.axes_or_new(ax, size=(5.0, 1.2 + 0.32 * len(table)))
    for place, (_, row) in enumerate(table.iterrows()):
        # A floor around 0 is one of both signs.
        start = -row.floor_95 if row.floor < row.floor_95 / 10 else 0
        ax.barh(
            place,
            row.floor_95 - start,
            left=start,
            height=0.7,
            color=_NOISE,
            zorder=1,
        )
        ax.vlines(
            row.floor, place - 0.35, place + 0.35, zorder=2, **_FLOOR_LINE
        )
        color = _color(row.sign)
        ax.hlines(place, row.low, row.high, color=color, zorder=3)
        ax.plot(row.debiased, place, color=color, zorder=4, **_DEBIASED)
        ax.plot(row.value, place, color=color, zorder=5, **_VALUE)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_yticks(range(len(table)), table.index)
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_ylabel("Calibration error, number of bins")
    ax.set_xlabel("Error (fraction)")
    canvas.draw_legend_below(ax, handles=_entries())
    return canvas.titled(ax, title)


def plot_report(table, bins, title=None):
    """Draws a reliability diagram, and beside it the errors of a report.

    The maximum calibration errors, which depend on the emptiest of bins, and
    the rows without a verdict are left to the table.

    Args:
        table: `pandas.DataFrame`, that of a
            `tfmixup.report.CalibrationReport`.
        bins: `Bins` of equal width, each field `[num_bins]`.
        title: str, such as the name of the model; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: as `plot_errors` and `plot_reliability` do.

    Example:

    >>> import numpy as np
    >>> from tfmixup.report import calibration_report
    >>> logits = np.random.default_rng(0).normal(size=(200, 3))
    >>> report = calibration_report(
    ...     np.zeros(200, int), logits, 10, from_logits=True)
    >>> figure = plot_report(report.table, report.bins[10], "a model")
    >>> len(figure.axes)
    3
    """
    shown = [
        bool(verdict) and not name.startswith("mce")
        for name, verdict in table["verdict"].items()
    ]
    figure, axes = canvas.new_panels(1, 2, size=(5.2, 6.2))
    plot_reliability(bins, None, axes[0, 0])
    plot_errors(table[shown], None, axes[0, 1])
    if title is not None:
        figure.suptitle(canvas.plain(title))
    return figure


_FLOOR_LINE = {"color": "#606060", "linewidth": 1.5}
_VALUE = {"marker": "o", "markersize": 6, "linestyle": "none"}
_DEBIASED = {
    "marker": "D",
    "markersize": 6,
    "markerfacecolor": "white",
    "linestyle": "none",
}


def _color(sign):
    if str(sign).startswith("over"):
        return canvas.OVERCONFIDENT
    if str(sign).startswith("under"):
        return canvas.UNDERCONFIDENT
    return "black"


def _entries():
    return [
        Line2D([], [], color="black", label="value", **_VALUE),
        Line2D([], [], color="black", label="debiased", **_DEBIASED),
        Line2D([], [], color="black", label="interval"),
        Patch(facecolor=_NOISE, label="noise (up to its 95 %)"),
        Line2D([], [], label="mean of the noise", **_FLOOR_LINE),
        Patch(facecolor=canvas.OVERCONFIDENT, label="mostly overconfident"),
        Patch(facecolor=canvas.UNDERCONFIDENT, label="mostly underconfident"),
    ]
