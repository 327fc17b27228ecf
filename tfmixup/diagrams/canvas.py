"""What all diagrams share: colors, axes, legends.

Figures are made as objects, never through pyplot: nothing is registered
globally, nothing has to be closed, and no display or backend is needed.
"""

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

__all__ = [
    "ACCURACY",
    "COLOURS",
    "OVERCONFIDENT",
    "UNDERCONFIDENT",
    "MARKERS",
    "axes_or_new",
    "draw_diagonal",
    "draw_legend_below",
    "keep_fractions",
    "new_panels",
    "plain",
    "require_names",
    "split_below",
    "styles",
    "titled",
]

# The palette of Okabe and Ito, 2008 ("Color Universal Design"), which readers
# with any of the common color deficiencies can tell apart; its yellow is
# left out, because lines of it vanish on white.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
PURPLE, SKY, VERMILLION, BLACK = "#CC79A7", "#56B4E9", "#D55E00", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, BLACK)
# Every series has a marker of its own too, for prints without color.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
OVERCONFIDENT, UNDERCONFIDENT, ACCURACY = VERMILLION, BLUE, "#C8C8C8"


def new_panels(rows=1, columns=1, size=(4.6, 4.2), **options):
    """A figure of its own with a grid of axes.

    Args:
        rows: int, >= 1.
        columns: int, >= 1.
        size: (width, height) of one panel, in inches.
        **options: for `Figure.subplots`, such as `sharey=True`.

    Returns:
        figure: `matplotlib.figure.Figure`.
        axes: NumPy array `[rows, columns]` of axes.

    Example:

    >>> figure, axes = new_panels(1, 2)
    >>> axes.shape
    (1, 2)
    """
    figure = Figure(
        figsize=(size[0] * columns, size[1] * rows), layout="constrained"
    )
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, axes


def plain(text):
    """Text that is drawn as it is.

    Between two dollar signs matplotlib reads mathematics, and a name that
    begins with an underscore it leaves out of legends.

    Args:
        text: str, or None.

    Returns:
        str, or None.

    Example:

    >>> plain("cost in $")
    'cost in \\\\$'
    """
    if text is None:
        return None
    text = str(text).replace("$", r"\$")
    # A space without width, which no font draws.
    return f"\u200b{text}" if text.startswith("_") else text


def axes_or_new(ax, size=(4.6, 4.2)):
    """The axes that were given, or those of a new figure.

    Args:
        ax: matplotlib axes, or None.
        size: (width, height) of the new figure, in inches.

    Returns:
        Matplotlib axes.

    Raises:
        TypeError: if `ax` is something else.

    Example:

    >>> ax = axes_or_new(None)
    >>> axes_or_new(ax) is ax
    True
    """
    if ax is None:
        return new_panels(size=size)[1][0, 0]
    if not isinstance(ax, matplotlib.axes.Axes):
        raise TypeError(
            "`ax` must be matplotlib axes, or None for a new figure. "
            f"Received: ax of type {type(ax).__name__}. Of the array that "
            "`subplots` returns, pass one element."
        )
    return ax


def styles(names):
    """A color and a marker for each of several series.

    Args:
        names: sized collection, at most 7 entries.

    Returns:
        List of (color, marker).

    Raises:
        ValueError: if there are more than can be told apart.

    Example:

    >>> styles(["baseline", "mixup"])
    [('#0072B2', 'o'), ('#E69F00', 's')]
    """
    if len(names) > len(COLOURS):
        raise ValueError(
            f"At most {len(COLOURS)} series can be told apart in one diagram. "
            f"Received: {len(names)}. Draw several diagrams."
        )
    return list(zip(COLOURS, MARKERS, strict=True))[: len(names)]


def require_names(argument, values):
    """Refuses what is not a dict with at least one name.

    Args:
        argument: str, what the caller knows the values as.
        values: anything.

    Raises:
        TypeError: if it is no dict.
        ValueError: if it is empty.
    """
    if not isinstance(values, Mapping):
        raise TypeError(
            f"`{argument}` must be a dict whose keys are the names of the "
            f"models or series. Received: {type(values).__name__}."
        )
    if not values:
        raise ValueError(
            f"`{argument}` must hold at least one entry. Received: {values!r}."
        )


def split_below(ax, share=0.22):
    """Divides axes, and makes others of their lower part.

    Args:
        ax: matplotlib axes, which keep the upper part.
        share: float in (0, 1), how much of the height the new axes take.

    Returns:
        Matplotlib axes with the same x axis.
    """
    spec = ax.get_subplotspec()
    if spec is None:  # Placed by hand: then room must have been left below.
        below = ax.inset_axes([0, -share - 0.05, 1, share], sharex=ax)
    else:
        upper, lower = spec.subgridspec(
            2, 1, height_ratios=[1 - share, share], hspace=0.02
        )
        ax.set_subplotspec(upper)
        below = ax.get_figure().add_subplot(lower, sharex=ax)
    ax.tick_params(labelbottom=False)
    return below


def draw_legend_below(ax, title=None, inches=0.5, **options):
    """Draws the legend of axes under them, where it can hide nothing.

    Args:
        ax: matplotlib axes.
        title: str; None for none.
        inches: float, the height of tick labels and axis label.
        **options: for `Axes.legend`.

    Returns:
        `matplotlib.legend.Legend`.
    """
    down = ScaledTranslation(0, -inches, ax.get_figure().dpi_scale_trans)
    handles = options.get("handles", ax.get_legend_handles_labels()[0])
    longest = max((len(handle.get_label()) for handle in handles), default=0)
    width = ax.get_window_extent().width / ax.get_figure().dpi
    return ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + down,
        # A letter is about 0.058 inches wide, a handle with its gaps 0.5; and
        # the figure is wider than the axes by a fifth or more.
        ncols=max(1, int(1.2 * width / (0.5 + 0.058 * longest))),
        fontsize="small",
        title=title,
        title_fontsize="x-small",
        **options,
    )


def draw_diagonal(ax):
    """Draws the line on which accuracy equals confidence.

    Args:
        ax: matplotlib axes; their limits become [0, 1] on both sides.
    """
    ax.plot(
        [0, 1], [0, 1], color="#606060", linewidth=1, linestyle="--", zorder=4
    )
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_xticks(np.arange(6) / 5)
    ax.set_yticks(np.arange(6) / 5)


def keep_fractions(ax):
    """Cuts the y axis at 0 and 1: no fraction lies beyond.

    An interval over few seeds does, and would say that an error can be
    negative.

    Args:
        ax: matplotlib axes whose y values are fractions.
    """
    bottom, top = ax.get_ylim()
    ax.set_ylim(max(0, bottom), min(1, top))


def titled(ax, title=None):
    """Writes the title of a diagram, which is the last thing to be done.

    Args:
        ax: matplotlib axes.
        title: str, drawn as it is; None for none.

    Returns:
        `matplotlib.figure.Figure` of the axes.

    Example:

    >>> ax = axes_or_new(None)
    >>> titled(ax, "CIFAR-10").axes[0].get_title()
    'CIFAR-10'
    """
    if title is not None:
        ax.set_title(plain(title))
    return ax.get_figure()
