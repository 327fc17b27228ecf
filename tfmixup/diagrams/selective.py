"""Risk against coverage: the error rate if the least sure are left out."""

import numpy as np

from tfmixup.diagrams import canvas
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.metrics.selective import risk_at_coverage

__all__ = ["plot_risk_coverage", "risk_coverage"]


def risk_coverage(bins):
    """The points of a risk-coverage curve.

    Args:
        bins: `Bins` in the order of the confidence, each field `[m]`: those of
            `tfmixup.metrics.distinct_bins_of` for the exact curve.

    Returns:
        coverage: float64 `[k]`, k <= m, increasing, the last is 1: the
            fraction of the examples whose confidence is at least that of a
            bin, for each bin that holds any.
        risk: float64 `[k]`, the error rate among those.

    Raises:
        ValueError: as `tfmixup.metrics.risk_at_coverage` does.

    Example:

    >>> from tfmixup.metrics import distinct_bins_of
    >>> bins = distinct_bins_of([0, 0, 1, 1], [0.5, 0.75, 1.0, 1.0])
    >>> coverage, risk = risk_coverage(bins)
    >>> coverage.tolist(), risk.round(3).tolist()
    ([0.5, 0.75, 1.0], [0.0, 0.333, 0.25])
    """
    count = np.asarray(bins.count, np.float64)
    count = np.flip(count[count > 0])
    coverage = np.cumsum(count) / np.sum(count)
    return coverage, np.asarray(risk_at_coverage(bins, coverage=coverage))


def plot_risk_coverage(bins_by_name, title=None, ax=None):
    """Draws the error rate among the most confident examples.

    A model whose confidence tells right from wrong has a curve that rises
    late; one whose confidence says nothing has a flat one. The areas under the
    curves are in the legend.

    Args:
        bins_by_name: dict from name (str) to `Bins` in the order of the
            confidence, as for `risk_coverage`.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no model, or as `risk_coverage` does.

    Example:

    >>> from tfmixup.metrics import distinct_bins_of
    >>> bins = distinct_bins_of([1, 0, 1, 1], [0.6, 0.6, 0.9, 0.9])
    >>> figure = plot_risk_coverage({"x": bins})
    >>> figure.axes[0].get_legend().get_texts()[0].get_text()
    'x (AURC 0.1042)'

    Reference:
        Geifman and El-Yaniv, 2017, https://arxiv.org/abs/1705.08500
    """
    canvas.require_names("bins_by_name", bins_by_name)
    ax = canvas.axes_or_new(ax)
    for (color, marker), (name, bins) in zip(
        canvas.styles(bins_by_name), bins_by_name.items(), strict=True
    ):
        coverage, risk = risk_coverage(bins)
        ax.plot(
            coverage,
            risk,
            color=color,
            marker=marker,
            markersize=4,
            markevery=max(1, coverage.size // 10),
            linewidth=1.4,
            label=f"{canvas.plain(name)} "
            f"(AURC {float(area_under_risk_coverage(bins)):.4f})",
        )
    ax.set_xlim(0, 1)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("Coverage (fraction answered, most confident first)")
    ax.set_ylabel("Risk (fraction wrong among them)")
    canvas.draw_legend_below(ax)
    return canvas.titled(ax, title)
