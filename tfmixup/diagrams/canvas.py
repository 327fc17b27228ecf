"""What all diagrams share: colours, axes, limits, and how they are saved.

Figures are made as objects, never through pyplot: nothing is registered
globally, nothing has to be closed, and no display or backend is needed.
"""

import pathlib

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from tfmixup.files import new_file

__all__ = [
    "ACCURACY",
    "COLOURS",
    "OVERCONFIDENT",
    "UNDERCONFIDENT",
    "MARKERS",
    "axes_or_new",
    "draw_diagonal",
    "new_panels",
    "save",
    "split_below",
]

# The palette of Okabe and Ito, 2008 ("Color Universal Design"), which readers
# with any of the common colour deficiencies can tell apart; its yellow is
# left out, because lines of it vanish on white.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
PURPLE, SKY, VERMILLION, BLACK = "#CC79A7", "#56B4E9", "#D55E00", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, BLACK)
# Every series has a marker of its own too, for prints without colour.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
OVERCONFIDENT, UNDERCONFIDENT, ACCURACY = VERMILLION, BLUE, "#C8C8C8"

_SUFFIXES = (".png", ".svg", ".pdf")


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


def save(figure, path, dpi=150):
    """Writes a figure to files, each of which appears whole or not at all.

    The same figure gives the same bytes (with the same matplotlib).

    Args:
        figure: `matplotlib.figure.Figure`.
        path: str or path. If it ends in .png, .svg or .pdf, that file is
            written; otherwise two, with .png and .svg appended. Folders are
            made as needed; files of that name are replaced.
        dpi: number, dots per inch of a PNG.

    Returns:
        List of `pathlib.Path`, the files.

    Example:

    >>> import tempfile
    >>> figure, _ = new_panels()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = save(figure, f"{folder}/alpha_0.3")
    >>> [file.name for file in files]
    ['alpha_0.3.png', 'alpha_0.3.svg']
    """
    path = pathlib.Path(path)
    files = [path]
    if path.suffix not in _SUFFIXES:
        files = [path.with_name(path.name + s) for s in (".png", ".svg")]
    for file in files:
        _save_one(figure, file, dpi)
    return files


def _save_one(figure, file, dpi):
    # The date of writing, and the random names inside an SVG, would make two
    # files of one figure differ.
    dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with (
        new_file(file) as part,
        matplotlib.rc_context({"svg.hashsalt": "tfmixup"}),
    ):
        figure.savefig(part, dpi=dpi, metadata=dates.get(file.suffix))
