"""Bars of several measures side by side: what most studies draw."""

from tfmixup import diagrams
from tfmixup.diagrams import canvas

__all__ = ["caption", "plot_measures"]


def plot_measures(
    axes,
    results,
    measures,
    *,
    lines=None,
    read=None,
    title=None,
    printed=False,
):
    """Draws a panel of bars for each measure, by method and data.

    Args:
        axes: iterable of matplotlib axes, one for each measure.
        results: `Results`.
        measures: dict from the name of a metric to its label; fractions.
        lines: list of `Line` to draw; None for all.
        read: function (line, metric) -> the values of all seeds; None for
            `results.values`.
        title: str, of each panel; None for none.
        printed: whether the numbers that the paper prints are drawn too.
    """
    lines = results.lines if lines is None else lines
    read = read or results.values
    for ax, (metric, label) in zip(axes, measures.items(), strict=True):
        values, numbers = {}, {}
        for line in lines:
            by_data = values.setdefault(line.method, {})
            by_data[line.data] = read(line, metric)
            if printed and line.printed:
                by_data = numbers.setdefault(line.method, {})
                by_data[line.data] = line.printed[metric]
        diagrams.plot_bars(values, label, title, ax=ax, printed=numbers)


def caption(figure, results):
    """Says of a figure of fractions on the test split what it shows.

    Args:
        figure: `matplotlib.figure.Figure`.
        results: `Results`.
    """
    for ax in figure.axes:
        canvas.keep_fractions(ax)
    figure.suptitle(f"Test split, {results.selection}, {results.scale}")
