"""Histograms of winning scores, in and out of distribution."""

import numpy as np

from tfmixup.diagrams import canvas
from tfmixup.metrics.bins import edges
from tfmixup.metrics.bins import index

__all__ = ["plot_winning_scores", "winning_score_shares"]

_LINES = ("-", "--", ":", "-.", (0, (1, 1)), (0, (5, 1)), (0, (3, 1, 1, 1)))


def winning_score_shares(confidence, num_bins=50):
    """The share of the examples in each confidence bin.

    Args:
        confidence: float `[n]`, n >= 1, winning scores in [0, 1].
        num_bins: int, >= 1.

    Returns:
        float64 `[num_bins]`, which sum to 1. The bins are those of
        `tfmixup.metrics.edges(num_bins)`, closed on the right.

    Raises:
        ValueError: if `confidence` is no vector, or is empty, or not all in
            [0, 1].

    Example:

    >>> winning_score_shares([0.3, 0.9, 1.0, 1.0], num_bins=2).tolist()
    [0.25, 0.75]
    """
    confidence = np.asarray(confidence)
    if confidence.dtype not in (np.float32, np.float64):
        confidence = confidence.astype(np.float64)
    if confidence.ndim != 1 or not confidence.size:
        raise ValueError(
            "`confidence` must be a vector with one winning score or more. "
            f"Received: an array of shape {confidence.shape}."
        )
    # As elsewhere, a softmax may round to a little more than 1.
    if not np.all((confidence >= 0) & (confidence <= 1 + 1e-6)):
        raise ValueError(
            "`confidence` must hold winning scores in [0, 1]. Received: "
            f"{np.min(confidence)} to {np.max(confidence)}. Of logits, take "
            "the largest softmax score of each example."
        )
    place = np.asarray(index(confidence, num_bins))
    return np.bincount(place, minlength=num_bins) / confidence.size


def plot_winning_scores(confidence_by_name, title=None, ax=None, num_bins=50):
    """Draws histograms of winning scores, one line for each name.

    Args:
        confidence_by_name: dict from name (str; of a model, or of a data set
            in or out of distribution) to winning scores, float `[n]`.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.
        num_bins: int, >= 1.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no name, or as `winning_score_shares` does.

    Example:

    >>> figure = plot_winning_scores({"baseline": [0.9], "mixup": [0.7]})
    >>> figure.axes[0].get_ylabel()
    'Examples (%) per bin of 0.02'

    Reference:
        Thulasidasan et al., 2019, figures 8 and 9,
        https://arxiv.org/abs/1905.11001
    """
    canvas.require_names("confidence_by_name", confidence_by_name)
    shares = {
        name: winning_score_shares(confidence, num_bins)
        for name, confidence in confidence_by_name.items()
    }
    ax = canvas.axes_or_new(ax)
    styles = canvas.styles(shares)
    for place, (name, share) in enumerate(shares.items()):
        mean = float(np.mean(np.asarray(confidence_by_name[name], float)))
        ax.stairs(
            100 * share,
            edges(num_bins),
            color=styles[place][0],
            linestyle=_LINES[place],
            linewidth=1.6,
            fill=False,
            label=f"{canvas.plain(name)} (mean {mean:.3f})",
        )
        ax.stairs(
            100 * share,
            edges(num_bins),
            color=styles[place][0],
            alpha=0.15,
            fill=True,
        )
    ax.set_xlim(0, 1)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("Winning score")
    ax.set_ylabel(f"Examples (%) per bin of {1 / num_bins:.3g}")
    canvas.draw_legend_below(ax)
    return canvas.titled(ax, title)
