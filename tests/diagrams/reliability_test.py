import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.colors import to_rgb

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.metrics.bins import Bins

# Bins 1 and 5 of 5 are empty; the second has few examples and is right too
# seldom; the third is exactly calibrated; the fourth is right too often.
BINS = Bins(
    count=np.array([0.0, 10.0, 40.0, 100.0, 0.0]),
    confidence=np.array([0.0, 3.0, 20.0, 70.0, 0.0]),
    correct=np.array([0.0, 1.0, 20.0, 80.0, 0.0]),
)
NO_BINS = Bins(*np.zeros((3, 5)))


def bars(ax, color):
    """(left, bottom, right, top) of the bars of a color, from the left."""
    found = []
    for patch in ax.patches:
        if same_color(patch.get_facecolor()[:3], to_rgb(color)):
            found.append(patch.get_bbox().extents.tolist())
    return sorted(found)


def legend_of(figure):
    """The texts of the legend, which hangs below the strip."""
    return [text.get_text() for text in figure.axes[1].get_legend().get_texts()]


def test_arrays_are_means_of_the_bins_and_nan_where_empty():
    arrays = diagrams.reliability_of(BINS)
    nan = np.nan
    np.testing.assert_array_equal(arrays.left, [0, 0.2, 0.4, 0.6, 0.8])
    np.testing.assert_array_equal(arrays.right, [0.2, 0.4, 0.6, 0.8, 1])
    np.testing.assert_array_equal(arrays.accuracy, [nan, 0.1, 0.5, 0.8, nan])
    np.testing.assert_array_equal(arrays.confidence, [nan, 0.3, 0.5, 0.7, nan])
    low, high = diagrams.wilson_interval(80, 100)
    assert (arrays.low[3], arrays.high[3]) == (low, high)
    assert np.isnan(arrays.low[[0, 4]]).all()


def test_bars_show_accuracy_and_the_gap_in_the_color_of_its_sign():
    ax = diagrams.plot_reliability(BINS).axes[0]
    np.testing.assert_allclose(
        bars(ax, canvas.ACCURACY),
        [[0.2, 0, 0.4, 0.1], [0.4, 0, 0.6, 0.5], [0.6, 0, 0.8, 0.8]],
    )
    np.testing.assert_allclose(
        bars(ax, canvas.OVERCONFIDENT), [[0.2, 0.1, 0.4, 0.3]]
    )
    # An exactly calibrated bin has a gap of no height.
    under = [b for b in bars(ax, canvas.UNDERCONFIDENT) if b[1] != b[3]]
    np.testing.assert_allclose(under, [[0.6, 0.7, 0.8, 0.8]])


def test_intervals_are_drawn_at_the_middle_of_each_bin():
    ax = diagrams.plot_reliability(BINS).axes[0]
    arrays = diagrams.reliability_of(BINS)
    drawn = [c.get_segments()[0] for c in ax.collections]
    expected = [
        [[middle, arrays.low[m]], [middle, arrays.high[m]]]
        for m, middle in ((1, 0.3), (2, 0.5), (3, 0.7))
    ]
    np.testing.assert_allclose(drawn, expected)


def test_only_bins_of_few_examples_are_pale():
    figure = diagrams.plot_reliability(BINS)
    alpha = {
        round(patch.get_x(), 1): patch.get_alpha()
        for patch in figure.axes[0].patches
    }
    assert alpha[0.2] < 0.5 and alpha[0.4] == alpha[0.6] == 1
    assert "pale: under 30 examples" in legend_of(figure)
    many = Bins(*[10 * field for field in BINS])
    assert "95 % interval" in legend_of(diagrams.plot_reliability(many))
    assert not any(
        "pale" in t for t in legend_of(diagrams.plot_reliability(many))
    )


def test_the_strip_shows_shares_with_accuracy_and_mean_confidence():
    strip = diagrams.plot_reliability(BINS).axes[1]
    heights = [patch.get_height() for patch in strip.patches]
    np.testing.assert_allclose(heights, 100 * BINS.count / 150)
    lines = [line.get_xdata()[0] for line in strip.lines]
    np.testing.assert_allclose(lines, [101 / 150, 93 / 150])


def test_the_title_holds_the_figures():
    ax = diagrams.plot_reliability(BINS, title="a model").axes[0]
    name, errors, sizes = ax.get_title(loc="left").split("\n")
    assert name == "a model"
    # |3 - 1| + |20 - 20| + |70 - 80| of 150; OE: 0.3 * 2 of 150.
    assert errors == "ECE 0.0800, OE 0.0040 (5 bins)"
    assert sizes == "accuracy 0.6733, mean confidence 0.6200, n = 150"


@pytest.mark.parametrize("num_bins", [1, 15, 100])
def test_one_example_can_be_drawn(tmp_path, num_bins):
    single = Bins(*np.zeros((3, num_bins)))
    single.count[-1] = single.confidence[-1] = 1
    check_picture(diagrams.plot_reliability(single), tmp_path)


def test_the_diagonal_and_the_limits_are_those_of_fractions():
    ax = diagrams.plot_reliability(BINS).axes[0]
    assert ax.get_xlim() == ax.get_ylim() == (0, 1)
    [diagonal] = ax.lines
    np.testing.assert_array_equal(diagonal.get_xydata(), [[0, 0], [1, 1]])


def test_it_can_be_drawn_into_axes_with_a_legend_of_their_own(tmp_path):
    figure, axes = canvas.new_panels(2, 1, size=(4.6, 5))
    for ax, legend in zip(axes[:, 0], (True, False), strict=True):
        assert diagrams.plot_reliability(BINS, "x", ax, legend) is figure
    assert len(figure.axes) == 4
    strips = figure.axes[2:]
    assert strips[0].get_legend() and not strips[1].get_legend()
    check_picture(figure, tmp_path)


def test_models_are_compared_on_equal_axes(tmp_path):
    even = Bins(*[np.full(20, x) for x in (50.0, 25.0, 25.0)])
    figure = diagrams.compare_reliability(
        {"baseline": BINS, "mixup": even}, title="CIFAR-10"
    )
    names = [ax.get_title(loc="left").split("\n")[0] for ax in figure.axes]
    assert names == ["baseline", "mixup", "", ""]
    assert figure.get_suptitle() == "CIFAR-10"
    strips = figure.axes[2:]
    # The largest share of the first model, 2/3, is the highest of both.
    assert strips[0].get_ylim() == strips[1].get_ylim()
    assert 66 < strips[0].get_ylim()[1] < 75
    assert len(figure.legends) == 1
    check_picture(figure, tmp_path)


def test_nothing_to_compare_is_refused():
    with pytest.raises(ValueError, match=r"at least one entry. Received: \{\}"):
        diagrams.compare_reliability({})


@pytest.mark.parametrize(
    "bins, message",
    [
        (NO_BINS, "at least one example. Received: empty bins"),
        (BINS._replace(correct=np.full(5, np.nan)), "finite `bins`"),
        (BINS._replace(correct=np.ones(4)), r"one shape, \[num_bins\]"),
        (Bins(*np.ones((3, 2, 5))), r"Received: fields of shape \[\(2, 5\)"),
        (Bins(1.0, 1.0, 1.0), r"one shape, \[num_bins\]"),
    ],
)
def test_bins_that_cannot_be_drawn_are_refused(bins, message):
    with pytest.raises(ValueError, match=message):
        diagrams.plot_reliability(bins)
