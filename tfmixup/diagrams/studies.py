"""Diagrams of many runs: sweeps, grouped bars and curves, with intervals.

Runs that differ only in their seed are shown as their mean with a 95 % t
interval (see `summarize_seeds`); a single run has none.
"""

import numpy as np

from tfmixup.diagrams import canvas
from tfmixup.diagrams.intervals import summarize_seeds

__all__ = ["plot_bars", "plot_curves", "plot_sweep"]

_PRINTED = {
    "marker": "D",
    "linestyle": "none",
    "color": "black",
    "markerfacecolor": "white",
    "markersize": 5,
    "zorder": 6,
}


def plot_sweep(
    values_by_name,
    xlabel,
    ylabel,
    title=None,
    ax=None,
    printed=None,
    repeats="seed",
):
    """Draws a figure against a setting, such as ECE against alpha.

    Args:
        values_by_name: dict from name (str) to a dict from setting (float) to
            the values of all seeds, float `[num_seeds]`.
        xlabel: str, the setting.
        ylabel: str, what is measured, with its unit.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.
        printed: numbers of a publication to show beside, as hollow diamonds:
            dict from name to a dict from setting to float; None for none.
        repeats: str, one of what the values at a setting are of, if these are
            no seeds.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is nothing to draw, or as `summarize_seeds` does.

    Example:

    >>> ece = {0.0: [0.09, 0.10], 0.3: [0.02, 0.03], 1.0: [0.06, 0.08]}
    >>> figure = plot_sweep({"STL-10": ece}, "alpha", "ECE (fraction)")
    >>> figure.axes[0].lines[0].get_xdata().tolist()
    [0.0, 0.3, 1.0]

    Reference:
        Thulasidasan et al., 2019, figure 2 (h-j),
        https://arxiv.org/abs/1905.11001
    """
    canvas.require_names("values_by_name", values_by_name)
    ax = canvas.axes_or_new(ax)
    for (color, marker), (name, values) in zip(
        canvas.styles(values_by_name), values_by_name.items(), strict=True
    ):
        canvas.require_names(f"values_by_name[{name!r}]", values)
        settings = sorted(values)
        summaries = [summarize_seeds(values[x]) for x in settings]
        _draw_points(
            ax,
            settings,
            summaries,
            marker=marker,
            color=color,
            linewidth=1.4,
            label=_label(canvas.plain(name), summaries, repeats),
        )
        numbers = (printed or {}).get(name, {})
        if numbers:
            ax.plot(
                list(numbers),
                list(numbers.values()),
                label=f"{canvas.plain(name)}, printed",
                **_PRINTED | {"color": color},
            )
    ax.set_xlabel(xlabel)
    return _finish(ax, ylabel, title, inches=0.5, repeats=repeats)


def plot_bars(values_by_name, ylabel, title=None, ax=None, printed=None):
    """Draws grouped bars: a group for each category, a bar for each name.

    Args:
        values_by_name: dict from name (str, such as a method) to a dict from
            category (str, such as a data set and architecture) to the values
            of all seeds, float `[num_seeds]`. A category that is missing
            leaves a gap.
        ylabel: str, what is measured, with its unit.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.
        printed: numbers of a publication to show beside, as hollow diamonds:
            dict from name to a dict from category to float; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is nothing to draw, or as `summarize_seeds` does.

    Example:

    >>> values = {"no mixup": {"STL-10": [0.1, 0.2]}, "mixup": {"MR": [0.1]}}
    >>> figure = plot_bars(values, "ECE (fraction)")
    >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
    ['STL-10', 'MR']

    Reference:
        Thulasidasan et al., 2019, figures 2 (e-g), 4 and 6,
        https://arxiv.org/abs/1905.11001
    """
    canvas.require_names("values_by_name", values_by_name)
    categories = list(
        dict.fromkeys(
            category
            for values in values_by_name.values()
            for category in values
        )
    )
    if not categories:
        raise ValueError(
            "`values_by_name` must hold values of at least one category. "
            f"Received: {values_by_name!r}."
        )
    ax = canvas.axes_or_new(ax, size=(max(4.6, 1.4 * len(categories)), 4.2))
    width = 0.8 / len(values_by_name)
    styles = canvas.styles(values_by_name)
    diamonds = []
    for place, (name, values) in enumerate(values_by_name.items()):
        used = [m for m, c in enumerate(categories) if c in values]
        middle = np.array(used) - 0.4 + (place + 0.5) * width
        summaries = [summarize_seeds(values[categories[m]]) for m in used]
        ax.bar(
            middle,
            [summary.mean for summary in summaries],
            0.9 * width,
            color=styles[place][0],
            edgecolor="black",
            linewidth=0.5,
            hatch=_HATCHES[place],
            label=_label(canvas.plain(name), summaries),
        )
        _draw_points(
            ax, middle, summaries, color="black", linestyle="none", capsize=2
        )
        numbers = (printed or {}).get(name, {})
        diamonds += [
            (middle[k], numbers[categories[m]])
            for k, m in enumerate(used)
            if categories[m] in numbers
        ]
    if diamonds:
        ax.plot(*zip(*diamonds, strict=True), label="printed", **_PRINTED)
    ax.set_xlim(-0.5, len(categories) - 0.5)
    ax.set_xticks(range(len(categories)), categories)
    lines = max(category.count("\n") for category in categories)
    return _finish(ax, ylabel, title, inches=0.3 + 0.2 * lines)


def plot_curves(
    values_by_name, ylabel, title=None, ax=None, log=False, first_epoch=1
):
    """Draws curves over epochs, with a band over seeds.

    Args:
        values_by_name: dict from name (str) to float `[num_epochs]`, of a
            single run, or `[num_seeds, num_epochs]`.
        ylabel: str, what is measured, with its unit.
        title: str; None for none.
        ax: matplotlib axes to draw into; None for a new figure.
        log: whether the vertical axis is logarithmic.
        first_epoch: int, the number of the first epoch.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is nothing to draw, or as `summarize_seeds` does.

    Example:

    >>> figure = plot_curves({"mixup": [2.0, 1.5, 1.2]}, "Training loss")
    >>> figure.axes[0].lines[0].get_xdata().tolist()
    [1, 2, 3]

    Reference:
        Thulasidasan et al., 2019, figure 7, https://arxiv.org/abs/1905.11001
    """
    canvas.require_names("values_by_name", values_by_name)
    ax = canvas.axes_or_new(ax, size=(5.6, 4.2))
    for (color, marker), (name, values) in zip(
        canvas.styles(values_by_name), values_by_name.items(), strict=True
    ):
        summary = summarize_seeds(np.atleast_2d(values))
        epochs = first_epoch + np.arange(summary.mean.size)
        ax.plot(
            epochs,
            summary.mean,
            color=color,
            marker=marker,
            markersize=4,
            markevery=max(1, epochs.size // 10),
            linewidth=1.4,
            label=_label(canvas.plain(name), [summary]),
        )
        if summary.size > 1:
            ax.fill_between(
                epochs,
                summary.low,
                summary.high,
                color=color,
                alpha=0.2,
                linewidth=0,
            )
    ax.set_xlabel("Epoch")
    if log:
        ax.set_yscale("log")
    return _finish(ax, ylabel, title, inches=0.5)


# So that bars differ in prints without color too.
_HATCHES = (None, "//", "\\\\", "xx", "..", "--", "++")


def _draw_points(ax, places, summaries, **style):
    """Draws means with the intervals of those that have one."""
    means = np.array([summary.mean for summary in summaries])
    ends = np.array([[s.mean - s.low, s.high - s.mean] for s in summaries])
    ax.errorbar(places, means, yerr=ends.T, **style)


def _label(name, summaries, repeats="seed"):
    sizes = sorted({summary.size for summary in summaries})
    number = "-".join(str(n) for n in dict.fromkeys([sizes[0], sizes[-1]]))
    return f"{name} ({number} {repeats}{'' if number == '1' else 's'})"


def _finish(ax, ylabel, title, inches, repeats="seed"):
    ax.set_ylabel(ylabel)
    handles, labels = ax.get_legend_handles_labels()
    # A stable sort: what was measured in the order given, then what was not.
    order = sorted(
        range(len(labels)), key=lambda place: labels[place].endswith("printed")
    )
    several = any(label.endswith(f"{repeats}s)") for label in labels)
    canvas.draw_legend_below(
        ax,
        f"95 % t interval over {repeats}s" if several else None,
        inches,
        handles=[handles[place] for place in order],
    )
    return canvas.titled(ax, title)
