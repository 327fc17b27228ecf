import numpy as np
import pytest

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas

ECE = {
    "no mixup": {"STL-10": [0.1, 0.2], "MR": [0.3, 0.3, 0.3]},
    "mixup": {"TREC": [0.05], "STL-10": [0.04]},
}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def segments(container):
    """The vertical ends of the intervals of an errorbar container.

    None where there is no interval.
    """
    found = container.lines[2][0].get_segments()
    return [s[:, 1].tolist() if len(s) == 2 else None for s in found]


def test_a_sweep_goes_through_the_means_in_the_order_of_the_settings(
    tmp_path,
):
    values = {1.0: [0.2, 0.4], 0.0: [0.1, 0.2, 0.3], 0.5: [0.6]}
    figure = diagrams.plot_sweep(
        {"STL-10": values},
        "alpha",
        "ECE (fraction)",
        "Effect of alpha",
        printed={"STL-10": {0.5: 0.15}, "MR": {0.5: 0.25}},
    )
    ax = figure.axes[0]
    line, printed = ax.lines[0], ax.lines[-1]
    np.testing.assert_allclose(
        line.get_xydata(), [[0, 0.2], [0.5, 0.6], [1, 0.3]]
    )
    ends = segments(ax.containers[0])
    zero = diagrams.summarize_seeds(values[0.0])
    np.testing.assert_allclose(ends[0], [zero.low, zero.high])
    assert ends[1] is None
    np.testing.assert_allclose(printed.get_xydata(), [[0.5, 0.15]])
    assert legend(ax) == ["STL-10 (1-3 seeds)", "STL-10, printed"]
    check_picture(figure, tmp_path)


def test_bars_stand_in_groups_of_categories(tmp_path):
    figure = diagrams.plot_bars(ECE, "ECE", printed={"mixup": {"TREC": 0.07}})
    ax = figure.axes[0]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["STL-10", "MR", "TREC"]
    drawn = [
        (round(bar.get_x() + bar.get_width() / 2, 3), bar.get_height())
        for bar in ax.patches
    ]
    # Groups are 0.8 wide; the second method is the right half of its group.
    expected = [(-0.2, 0.15), (0.8, 0.3), (0.2, 0.04), (2.2, 0.05)]
    np.testing.assert_allclose(drawn, expected)
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[2.2, 0.07]])
    assert legend(ax) == ["no mixup (2-3 seeds)", "mixup (1 seed)", "printed"]
    check_picture(figure, tmp_path)


def test_bars_have_the_intervals_of_their_seeds():
    ax = diagrams.plot_bars(ECE, "ECE").axes[0]
    intervals = [c for c in ax.containers if hasattr(c, "lines")]
    two = diagrams.summarize_seeds([0.1, 0.2])
    found = segments(intervals[0])
    np.testing.assert_allclose(found, [[two.low, two.high], [0.3, 0.3]])
    assert segments(intervals[1]) == [None, None]


def test_methods_differ_in_hatch_as_well_as_in_color():
    many = {str(k): {"a": [0.1]} for k in range(7)}
    ax = diagrams.plot_bars(many, "ECE").axes[0]
    assert len({bar.get_hatch() for bar in ax.patches}) == 7


def test_curves_have_a_band_over_several_seeds_only(tmp_path):
    values = {"no mixup": [[3, 2, 1], [5, 2, 3]], "mixup": [4, 3, 2]}
    figure = diagrams.plot_curves(values, "Loss (nats)", "CIFAR-10")
    ax = figure.axes[0]
    first, second = ax.lines
    np.testing.assert_allclose(first.get_xydata(), [[1, 4], [2, 2], [3, 2]])
    np.testing.assert_allclose(second.get_ydata(), [4, 3, 2])
    [band] = ax.collections
    summary = diagrams.summarize_seeds(values["no mixup"])
    box = band.get_paths()[0].get_extents()
    np.testing.assert_allclose(
        [box.y0, box.y1], [summary.low.min(), summary.high.max()]
    )
    assert legend(ax) == ["no mixup (2 seeds)", "mixup (1 seed)"]
    title = ax.get_legend().get_title().get_text()
    assert title == "95 % t interval over seeds"
    check_picture(figure, tmp_path)


def test_curves_can_be_logarithmic_and_start_anywhere():
    figure = diagrams.plot_curves({"x": [1, 2]}, "y", log=True, first_epoch=0)
    ax = figure.axes[0]
    assert ax.get_yscale() == "log"
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0, 1])
    assert not ax.get_legend().get_title().get_text()


def test_all_can_be_drawn_into_axes(tmp_path):
    figure, axes = canvas.new_panels(1, 3)
    diagrams.plot_sweep({"x": {0.0: [1.0]}}, "a", "b", ax=axes[0, 0])
    diagrams.plot_bars(ECE, "b", ax=axes[0, 1])
    diagrams.plot_curves({"x": [1.0]}, "b", ax=axes[0, 2])
    check_picture(figure, tmp_path)


@pytest.mark.parametrize(
    "plot, value",
    [
        (lambda v: diagrams.plot_sweep(v, "x", "y"), {0.0: [np.nan]}),
        (lambda v: diagrams.plot_bars(v, "y"), {"a": [np.nan]}),
        (lambda v: diagrams.plot_curves(v, "y"), [np.nan]),
    ],
)
def test_nothing_and_nan_are_refused(plot, value):
    with pytest.raises(ValueError, match="at least one entry"):
        plot({})
    with pytest.raises(ValueError, match="must be finite"):
        plot({"name": value})


def test_series_without_any_value_are_refused():
    with pytest.raises(ValueError, match="of at least one category"):
        diagrams.plot_bars({"mixup": {}}, "y")
    with pytest.raises(ValueError, match=r"values_by_name\['mixup'\]"):
        diagrams.plot_sweep({"mixup": {}}, "x", "y")


def test_a_sweep_says_what_else_than_seeds_it_is_the_mean_of():
    values = {"mixup": {0.1: [0.1, 0.2], 0.2: [0.3, 0.4]}}
    for repeats in ("seed", "direction"):
        figure = diagrams.plot_sweep(values, "mu", "ECE", repeats=repeats)
        (ax,) = figure.axes
        assert legend(ax) == [f"mixup (2 {repeats}s)"]
        title = ax.get_legend().get_title().get_text()
        assert title == f"95 % t interval over {repeats}s"
