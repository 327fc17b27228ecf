"""Joint density of accuracy and confidence, epoch by epoch.

The paper plots "joint density plots of accuracy vs confidence (captured by
the mean of the winning softmax score)" and does not say over what it takes
the means. Here they are those of confidence bins, as in its equations: an
example that is drawn at random has as its coordinates the mean confidence and
the accuracy of its bin, and the density is that of this pair. Bins are all
that has to be kept of an epoch, and errors of opposite sign do not cancel, as
they do in means over arbitrary batches.

The accuracy of a bin of few examples is not known well. Each bin is therefore
spread over accuracies by the standard error of its own, besides a small width
that makes it visible.
"""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy import special

from tfmixup.diagrams import canvas
from tfmixup.diagrams.reliability import reliability_of
from tfmixup.metrics import scores

__all__ = ["compare_joint_density", "joint_density", "plot_joint_density"]

_LEVELS = (0.5, 0.8, 0.95)
_SHADES = ("#084594", "#4292C6", "#BDD7E7")  # sequential, also in grey


def joint_density(bins, resolution=200, width=None):
    """The joint density of accuracy and confidence, on a grid.

    Each bin adds a normal density, cut to the unit square, of its share of
    the examples. Its standard deviation is `width` in confidence, and in
    accuracy sqrt(width**2 + p (1 - p) / n), where p = (correct + 1) /
    (n + 2), so that a bin of one example is not taken to be certain.

    Args:
        bins: `Bins`, each field `[num_bins]`.
        resolution: int, >= 1, the number of cells of each axis.
        width: float > 0; None for the larger of 0.01 and 0.5 / num_bins, which
            joins neighboring bins.

    Returns:
        float64 `[resolution, resolution]`, by accuracy, then by confidence:
        the mean density of each cell. The mean of the whole is 1.

    Raises:
        ValueError: if `resolution` or `width` is not positive, or as
            `reliability_of` does.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> density = joint_density(Bins([10, 90], [4.0, 80.0], [5, 75]))
    >>> density.shape, round(float(density.mean()), 6)
    ((200, 200), 1.0)
    """
    arrays = reliability_of(bins)
    if width is None:
        width = max(0.01, 0.5 / len(arrays.count))
    if not (width > 0 and resolution > 0):
        raise ValueError(
            "`resolution` and `width` must be positive. "
            f"Received: resolution={resolution}, width={width}."
        )
    used = arrays.count > 0
    count = arrays.count[used]
    guess = (arrays.accuracy[used] * count + 1) / (count + 2)
    spread = np.sqrt(width**2 + guess * (1 - guess) / count)
    grid = np.linspace(0, 1, resolution + 1)
    across = _masses(grid, arrays.confidence[used], np.full_like(count, width))
    along = _masses(grid, arrays.accuracy[used], spread)
    share = count / count.sum()
    return resolution**2 * np.einsum("m,my,mx->yx", share, along, across)


def plot_joint_density(bins, title=None, ax=None, legend=True):
    """Draws the joint density of accuracy and confidence.

    The shades are the smallest regions that hold 50, 80 and 95 % of the
    examples; the cross is the mean of all of them. The density of a
    calibrated model lies on the diagonal; below it, it is overconfident.

    Args:
        bins: `Bins`, each field `[num_bins]`.
        title: str, such as "epoch 100"; None for none.
        ax: matplotlib axes to draw into; None for a new figure.
        legend: whether to explain the shades.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: as `reliability_of` does.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> figure = plot_joint_density(Bins([10, 90], [4.0, 80.0], [5, 75]))
    >>> figure.axes[0].get_xlabel()
    'Confidence'

    Reference:
        Thulasidasan et al., 2019, figure 1, https://arxiv.org/abs/1905.11001
    """
    density = joint_density(bins)
    ax = canvas.axes_or_new(ax)
    centres = (np.arange(len(density)) + 0.5) / len(density)
    ax.contourf(
        centres,
        centres,
        _enclosing(density),
        levels=(0, *_LEVELS),
        colors=_SHADES,
    )
    canvas.draw_diagonal(ax)
    ax.plot(
        float(scores.mean_confidence(bins)),
        float(scores.accuracy(bins)),
        **_CROSS,
    )
    ax.set_xlabel("Confidence")
    ax.set_ylabel("Accuracy")
    if legend:
        canvas.draw_legend_below(ax, handles=_entries())
    return canvas.titled(ax, title)


def compare_joint_density(bins_by_name, title=None):
    """Draws joint densities, a row for each model, a column for each epoch.

    Args:
        bins_by_name: dict from name (str) to a dict from epoch (int) to
            `Bins`. All models must have the same epochs.
        title: str, above all of them; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no model or no epoch, if the epochs differ, or
            as `reliability_of` does.

    Example:

    >>> from tfmixup.metrics import Bins
    >>> epochs = {1: Bins([9], [4.0], [4]), 200: Bins([9], [8.0], [6])}
    >>> figure = compare_joint_density({"baseline": epochs, "mixup": epochs})
    >>> [ax.get_title() for ax in figure.axes[:2]]
    ['epoch 1', 'epoch 200']
    """
    canvas.require_names("bins_by_name", bins_by_name)
    epochs = [list(by_epoch) for by_epoch in bins_by_name.values()]
    if not epochs[0] or any(row != epochs[0] for row in epochs):
        raise ValueError(
            "All models must have bins of the same epochs, at least one. "
            f"Received: {dict(zip(bins_by_name, epochs, strict=True))}."
        )
    figure, axes = canvas.new_panels(
        len(epochs), len(epochs[0]), (2.6, 2.6), sharex=True, sharey=True
    )
    for row, (name, by_epoch) in zip(axes, bins_by_name.items(), strict=True):
        for ax, (epoch, bins) in zip(row, by_epoch.items(), strict=True):
            plot_joint_density(bins, ax=ax, legend=False)
            ax.set_aspect("equal")
            ax.label_outer()
            if ax in axes[0]:
                ax.set_title(f"epoch {epoch}")
        row[0].set_ylabel(f"{name}\nAccuracy")
    figure.legend(handles=_entries(), loc="outside lower center", ncols=4)
    if title is not None:
        figure.suptitle(canvas.plain(title))
    return figure


_CROSS = {
    "marker": "+",
    "color": canvas.VERMILLION,
    "markersize": 10,
    "markeredgewidth": 2,
    "linestyle": "none",
    "zorder": 6,
}


def _masses(grid, centre, spread):
    """The mass of a cut normal density in each cell: `[bins, cells]`."""
    ends = special.ndtr((grid - centre[:, None]) / spread[:, None])
    masses = np.diff(ends, axis=1)
    return masses / masses.sum(axis=1, keepdims=True)


def _enclosing(density):
    """For each cell, the mass of all cells that are at least as dense."""
    order = np.argsort(-density, axis=None, kind="stable")
    enclosed = np.empty(density.size)
    enclosed[order] = np.cumsum(density.ravel()[order]) / density.sum()
    return enclosed.reshape(density.shape)


def _entries():
    entries = [
        Patch(facecolor=shade, label=f"{level:.0%} of the examples")
        for shade, level in zip(_SHADES, _LEVELS, strict=True)
    ]
    return [*entries, Line2D([], [], label="mean", **_CROSS)]
