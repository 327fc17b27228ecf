"""Accuracy against confidence, bin by bin, of one or more models."""

import numpy as np

from tfmixup.diagrams import canvas
from tfmixup.diagrams.reliability import reliability_of

__all__ = ["plot_calibration_scatter", "plot_gaps"]

_LARGEST_AREA = 300  # of a point that stands for all examples; points squared


def plot_calibration_scatter(bins_by_name, title=None, ax=None):
    """Draws a point for each bin: its accuracy against its mean confidence.

    Points below the diagonal are overconfident. The area of a point is in
    proportion to the share of the model's examples that it stands for, down
    to a size at which a point can still be seen.

    Args:
        bins_by_name: dict from name (str) to `Bins`.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no model, or as `reliability_of` does.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([10, 90], [4.0, 80.0], [5, 75])
    >>> figure = plot_calibration_scatter({"baseline": bins})
    >>> len(figure.axes[0].collections[0].get_offsets())
    2

    Reference:
        Thulasidasan et al., 2019, figure 2 (a-d),
        https://arxiv.org/abs/1905.11001
    """
    arrays_by_name = _read(bins_by_name)
    ax = canvas.axes_or_new(ax)
    canvas.draw_diagonal(ax)
    styles = canvas.styles(arrays_by_name)
    for (name, arrays), (color, marker) in zip(
        arrays_by_name.items(), styles, strict=True
    ):
        used = arrays.count > 0
        share = arrays.count[used] / arrays.count.sum()
        ax.scatter(
            arrays.confidence[used],
            arrays.accuracy[used],
            s=np.maximum(8, _LARGEST_AREA * share),
            color=color,
            marker=marker,
            alpha=0.7,
            edgecolor="white",
            linewidth=0.5,
            label=canvas.plain(name),
            zorder=5,
            clip_on=False,
        )
    ax.set_xlabel("Mean confidence of the bin (winning score)")
    ax.set_ylabel("Accuracy of the bin (fraction correct)")
    _write(ax, 0.97, 0.03, "overconfident", ha="right", va="bottom")
    _write(ax, 0.03, 0.97, "underconfident", ha="left", va="top")
    legend = canvas.draw_legend_below(ax, "area: share of the examples")
    for handle in legend.legend_handles:
        handle.set_sizes([40])
    return canvas.titled(ax, title)


def plot_gaps(bins_by_name, title=None, ax=None):
    """Draws confidence less accuracy of each bin, with 95 % intervals.

    Above 0 a bin is overconfident, below it underconfident; an interval that
    holds 0 says nothing. Points of bins with fewer than 30 examples are
    hollow.

    Args:
        bins_by_name: dict from name (str) to `Bins`.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no model, or as `reliability_of` does.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> bins = Bins([10, 90], [4.0, 80.0], [5, 75])
    >>> figure = plot_gaps({"baseline": bins})
    >>> figure.axes[0].get_ylabel()
    'Confidence - accuracy (fraction)'
    """
    arrays_by_name = _read(bins_by_name)
    ax = canvas.axes_or_new(ax, size=(5.6, 3.8))
    ax.axhline(0, color="#606060", linewidth=1, linestyle="--")
    styles = canvas.styles(arrays_by_name)
    size = len(arrays_by_name)
    for place, (name, arrays) in enumerate(arrays_by_name.items()):
        color, marker = styles[place]
        width = arrays.right - arrays.left
        # Side by side within the bin, in the order of the names.
        middle = arrays.left + width * (place + 1) / (size + 1)
        gap = arrays.confidence - arrays.accuracy
        few = arrays.count < 30
        for chosen, face in ((~few, color), (few, "white")):
            chosen = chosen & (arrays.count > 0)
            ax.errorbar(
                middle[chosen],
                gap[chosen],
                yerr=[
                    (arrays.high - arrays.accuracy)[chosen],
                    (arrays.accuracy - arrays.low)[chosen],
                ],
                fmt=marker,
                markersize=4,
                color=color,
                markerfacecolor=face,
                elinewidth=1,
                label=canvas.plain(name) if face == color else None,
            )
    ax.set_xlim(0, 1)
    ax.set_xlabel("Confidence (winning score)")
    ax.set_ylabel("Confidence - accuracy (fraction)")
    limit = 1.1 * max(abs(end) for end in ax.get_ylim())
    ax.set_ylim(-limit, limit)
    _write(ax, 0.01, 0.98, "overconfident", va="top")
    _write(ax, 0.01, 0.02, "underconfident", va="bottom")
    canvas.draw_legend_below(ax, "hollow: fewer than 30 examples")
    return canvas.titled(ax, title)


def _write(ax, x, y, text, **options):
    """Writes at a place in fractions of the axes."""
    ax.text(
        x,
        y,
        text,
        color="#606060",
        fontsize="small",
        style="italic",
        transform=ax.transAxes,
        **options,
    )


def _read(bins_by_name):
    canvas.require_names("bins_by_name", bins_by_name)
    return {name: reliability_of(bins) for name, bins in bins_by_name.items()}
