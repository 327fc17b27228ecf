import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from tfmixup.diagrams import canvas


def test_axes_of_a_pyplot_figure_are_accepted():
    figure, ax = pyplot.subplots()
    assert canvas.axes_or_new(ax) is ax
    pyplot.close(figure)


def test_an_array_of_axes_is_refused():
    _, axes = canvas.new_panels(1, 2)
    with pytest.raises(TypeError, match="pass one element"):
        canvas.axes_or_new(axes)


def test_split_axes_share_x_and_lie_below_without_overlap():
    figure, axes = canvas.new_panels(1, 2)
    below = canvas.split_below(axes[0, 0])
    axes[0, 0].set_xlim(3, 4)
    figure.draw_without_rendering()
    assert below.get_xlim() == (3, 4)
    upper, lower = axes[0, 0].get_position(), below.get_position()
    assert lower.y1 <= upper.y0
    assert lower.x0 == pytest.approx(upper.x0)
    # The neighbor keeps the whole height.
    assert axes[0, 1].get_position().y0 == pytest.approx(lower.y0, abs=0.01)


def test_axes_that_were_placed_by_hand_are_split_too():
    figure = Figure()
    ax = figure.add_axes([0.2, 0.5, 0.6, 0.4])
    below = canvas.split_below(ax)
    figure.draw_without_rendering()
    box, upper = below.get_window_extent(), ax.get_window_extent()
    assert box.y1 < upper.y0
    assert box.width == pytest.approx(upper.width)


def test_a_legend_below_hides_no_part_of_the_axes():
    figure, axes = canvas.new_panels()
    ax = axes[0, 0]
    ax.set_xlabel("x")
    for name in ("a name of one model", "of another", "of a third"):
        ax.plot([0, 1], label=name)
    legend = canvas.draw_legend_below(ax, "title")
    figure.draw_without_rendering()
    top = legend.get_window_extent().y1
    assert top < ax.xaxis.label.get_window_extent().y0
    assert legend.get_window_extent().y0 >= figure.bbox.y0


def test_each_series_has_a_color_and_a_marker_of_its_own():
    colors, markers = zip(*canvas.styles(range(7)), strict=True)
    assert len(set(colors)) == len(set(markers)) == 7


def test_more_series_than_colors_are_refused():
    with pytest.raises(ValueError, match="At most 7 .* Received: 8"):
        canvas.styles(range(8))


def test_what_is_no_dict_of_names_is_refused():
    with pytest.raises(TypeError, match="`bins` must be a dict .* list"):
        canvas.require_names("bins", [1])
    with pytest.raises(ValueError, match="`bins` must hold at least one"):
        canvas.require_names("bins", {})


@pytest.mark.parametrize(
    ("limits", "kept"), [((-0.2, 0.3), (0, 0.3)), ((0.8, 1.2), (0.8, 1))]
)
def test_the_axis_of_fractions_ends_where_they_end(limits, kept):
    _, axes = canvas.new_panels(1, 1)
    axes[0, 0].set_ylim(limits)
    canvas.keep_fractions(axes[0, 0])
    assert axes[0, 0].get_ylim() == kept
