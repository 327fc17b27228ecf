"""Reliability diagrams: how often a model is right, against how sure it is."""

from typing import NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from tfmixup.diagrams import canvas
from tfmixup.diagrams.intervals import wilson_interval
from tfmixup.metrics import scores
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import edges

__all__ = [
    "Reliability",
    "compare_reliability",
    "plot_reliability",
    "reliability_of",
]

_FEW = 30
_PALE = 0.3
_INTERVAL = {"color": "black", "linewidth": 1.2}
_ACCURACY_LINE = {"color": canvas.GREEN, "linewidth": 2.0}
_CONFIDENCE_LINE = {
    "color": canvas.PURPLE,
    "linewidth": 2.0,
    "linestyle": "--",
}


class Reliability(NamedTuple):
    """The arrays of a reliability diagram, one entry for each bin.

    Attributes:
        left: float64 `[num_bins]`, lower edge.
        right: float64 `[num_bins]`, upper edge.
        count: float64 `[num_bins]`, number of examples.
        confidence: float64 `[num_bins]`, mean confidence; NaN if empty.
        accuracy: float64 `[num_bins]`, fraction correct; NaN if empty.
        low: float64 `[num_bins]`, lower end of the interval of the accuracy;
            NaN if empty.
        high: float64 `[num_bins]`, upper end.
    """

    left: np.ndarray
    right: np.ndarray
    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    low: np.ndarray
    high: np.ndarray


def reliability_of(bins, level=0.95):
    """The arrays of a reliability diagram.

    Args:
        bins: `Bins`, each field `[num_bins]`. The intervals take the counts
            as numbers of examples: they mean little for weighted examples.
        level: float in (0, 1), the level of the intervals.

    Returns:
        `Reliability`.

    Raises:
        ValueError: if the fields are no vectors of one length, if they hold
            NaN, or if the bins hold no example.

    Example:

    >>> arrays = reliability_of(Bins([0, 4], [0.0, 3.6], [0, 3]))
    >>> arrays.accuracy.tolist()
    [nan, 0.75]
    """
    bins = Bins(*[np.asarray(field, np.float64) for field in bins])
    shapes = [field.shape for field in bins]
    if shapes[0] == () or len(shapes[0]) > 1 or len(set(shapes)) > 1:
        raise ValueError(
            "A diagram needs `bins` whose fields all have one shape, "
            f"[num_bins]. Received: fields of shape {shapes}."
        )
    if not all(np.all(np.isfinite(field)) for field in bins):
        raise ValueError(
            "A diagram needs finite `bins`. Received: NaN or infinity; the "
            "predictions that were counted were not all finite."
        )
    if not bins.count.sum() > 0:
        raise ValueError(
            "A diagram needs at least one example. Received: empty bins."
        )
    edge = edges(len(bins.count))
    used = np.where(bins.count > 0, bins.count, np.nan)
    low, high = wilson_interval(bins.correct, used, level)
    return Reliability(
        left=edge[:-1],
        right=edge[1:],
        count=bins.count,
        confidence=bins.confidence / used,
        accuracy=bins.correct / used,
        low=low,
        high=high,
    )


def plot_reliability(bins, title=None, ax=None, legend=True):
    """Draws a reliability diagram, with the confidences' histogram below.

    Each bin shows a grey bar of its accuracy with a 95 % interval, and
    between accuracy and mean confidence a bar in the color of over- or of
    underconfidence: in a calibrated model the intervals reach the diagonal
    and the colored bars are short. Bins of fewer than 30 examples are pale.

    Args:
        bins: `Bins`, each field `[num_bins]`.
        title: str, such as the name of the model; None for none.
        ax: matplotlib axes to draw into; None for a new figure. The histogram
            takes room below them.
        legend: whether to explain the colors.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: as `reliability_of` does.

    Example:

    >>> figure = plot_reliability(Bins([0, 40], [0.0, 36.0], [0, 30]))
    >>> figure.axes[0].get_ylabel()
    'Accuracy (fraction correct)'

    Reference:
        Guo et al., 2017, figure 1, https://arxiv.org/abs/1706.04599
    """
    arrays = reliability_of(bins)
    ax = canvas.axes_or_new(ax, size=(4.8, 6.2))
    strip = _draw_panel(ax, arrays, bins, title)
    if legend:
        canvas.draw_legend_below(strip, handles=_entries([arrays]))
    return ax.get_figure()


def compare_reliability(bins_by_name, title=None):
    """Draws the reliability diagrams of several models side by side.

    Args:
        bins_by_name: dict from name (str) to `Bins`, drawn in its order, all
            on the same axes. The numbers of bins may differ.
        title: str, above all of them; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no model, or as `reliability_of` does.

    Example:

    >>> bins = Bins([0, 40], [0.0, 36.0], [0, 30])
    >>> figure = compare_reliability({"baseline": bins, "mixup": bins})
    >>> [ax.get_title(loc="left")[:5] for ax in figure.axes[:2]]
    ['basel', 'mixup']
    """
    canvas.require_names("bins_by_name", bins_by_name)
    figure, axes = canvas.new_panels(1, len(bins_by_name), size=(4.6, 6.2))
    arrays = [reliability_of(bins) for bins in bins_by_name.values()]
    strips = [
        _draw_panel(ax, part, bins, name)
        for ax, part, (name, bins) in zip(
            axes[0], arrays, bins_by_name.items(), strict=True
        )
    ]
    top = max(strip.get_ylim()[1] for strip in strips)
    for strip in strips:
        strip.set_ylim(0, top)
    figure.legend(
        handles=_entries(arrays),
        loc="outside lower center",
        fontsize="small",
        ncols=4,
    )
    if title is not None:
        figure.suptitle(canvas.plain(title))
    return figure


def _draw_panel(ax, arrays, bins, title):
    _draw_bars(ax, arrays)
    canvas.draw_diagonal(ax)
    ax.set_ylabel("Accuracy (fraction correct)")
    lines = ([] if title is None else [title]) + _describe(bins)
    ax.set_title(canvas.plain("\n".join(lines)), fontsize="small", loc="left")
    strip = canvas.split_below(ax)
    _draw_strip(strip, arrays, bins)
    return strip


def _draw_bars(ax, arrays):
    width = arrays.right - arrays.left
    over = arrays.confidence > arrays.accuracy
    for m in np.flatnonzero(arrays.count > 0):
        alpha = 1.0 if arrays.count[m] >= _FEW else _PALE
        style = {"align": "edge", "alpha": alpha, "linewidth": 0.5}
        ax.bar(
            arrays.left[m],
            arrays.accuracy[m],
            width[m],
            color=canvas.ACCURACY,
            edgecolor="#707070",
            zorder=1,
            **style,
        )
        ax.bar(
            arrays.left[m],
            abs(arrays.confidence[m] - arrays.accuracy[m]),
            width[m],
            bottom=min(arrays.confidence[m], arrays.accuracy[m]),
            color=canvas.OVERCONFIDENT if over[m] else canvas.UNDERCONFIDENT,
            edgecolor="white",
            hatch="///" if over[m] else None,
            zorder=2,
            **style,
        )
        ax.vlines(
            (arrays.left[m] + arrays.right[m]) / 2,
            arrays.low[m],
            arrays.high[m],
            alpha=alpha,
            zorder=3,
            **_INTERVAL,
        )


def _draw_strip(ax, arrays, bins):
    share = arrays.count / arrays.count.sum()
    ax.bar(
        arrays.left,
        100 * share,
        arrays.right - arrays.left,
        align="edge",
        color=canvas.ACCURACY,
        edgecolor="#707070",
        linewidth=0.5,
    )
    ax.axvline(float(scores.accuracy(bins)), **_ACCURACY_LINE)
    ax.axvline(float(scores.mean_confidence(bins)), **_CONFIDENCE_LINE)
    ax.set_ylim(0, 105 * share.max())
    ax.set_ylabel("Examples (%)")
    ax.set_xlabel("Confidence (winning score)")


def _entries(arrays):
    entries = [
        Patch(
            facecolor=canvas.ACCURACY,
            edgecolor="#707070",
            label="accuracy of the bin",
        ),
        Patch(
            facecolor=canvas.OVERCONFIDENT,
            edgecolor="white",
            hatch="///",
            label="overconfident by",
        ),
        Patch(facecolor=canvas.UNDERCONFIDENT, label="underconfident by"),
        Line2D([], [], label="95 % interval", **_INTERVAL),
        Line2D([], [], label="accuracy of all", **_ACCURACY_LINE),
        Line2D([], [], label="mean confidence", **_CONFIDENCE_LINE),
    ]
    if any(np.any((a.count > 0) & (a.count < _FEW)) for a in arrays):
        label = f"pale: under {_FEW} examples"
        entries.append(
            Patch(facecolor=canvas.ACCURACY, alpha=_PALE, label=label)
        )
    return entries


def _describe(bins):
    return [
        f"ECE {float(scores.expected_calibration_error(bins)):.4f}, "
        f"OE {float(scores.overconfidence_error(bins)):.4f} "
        f"({len(bins.count)} bins)",
        f"accuracy {float(scores.accuracy(bins)):.4f}, "
        f"mean confidence {float(scores.mean_confidence(bins)):.4f}, "
        f"n = {float(np.sum(bins.count)):,.0f}",
    ]
