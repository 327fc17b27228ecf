import numpy as np
import pytest
from matplotlib.colors import to_hex

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.metrics.bins import Bins

# One empty bin, one of few examples, two of many.
BINS = Bins(
    count=np.array([0.0, 10.0, 40.0, 100.0]),
    confidence=np.array([0.0, 4.0, 24.0, 90.0]),
    correct=np.array([0.0, 5.0, 24.0, 80.0]),
)
TWO = {"baseline": BINS, "mixup": Bins(*[field[::-1] for field in BINS])}


def test_a_point_lies_at_confidence_and_accuracy_of_each_bin():
    ax = diagrams.plot_calibration_scatter(TWO).axes[0]
    first, second = ax.collections
    expected = [[0.4, 0.5], [0.6, 0.6], [0.9, 0.8]]
    np.testing.assert_allclose(first.get_offsets(), expected)
    np.testing.assert_allclose(second.get_offsets(), expected[::-1])
    assert to_hex(first.get_facecolor()[0]) == canvas.COLOURS[0].lower()


def test_areas_are_in_proportion_to_the_examples():
    ax = diagrams.plot_calibration_scatter(TWO).axes[0]
    few, some, many = ax.collections[0].get_sizes()
    assert many / some == pytest.approx(100 / 40)
    assert some / few == pytest.approx(40 / 10)


def test_a_bin_of_one_example_in_many_can_still_be_seen():
    bins = Bins(np.array([1.0, 1e6]), np.array([0.3, 9e5]), np.array([0, 9e5]))
    ax = diagrams.plot_calibration_scatter({"x": bins}).axes[0]
    assert ax.collections[0].get_sizes().min() >= 8


def test_gaps_are_confidence_less_accuracy_with_the_interval_of_both_ends():
    ax = diagrams.plot_gaps({"baseline": BINS}).axes[0]
    many, few = ax.containers
    arrays = diagrams.reliability_of(BINS)
    np.testing.assert_allclose(many.lines[0].get_ydata(), [0, 0.1])
    np.testing.assert_allclose(few.lines[0].get_ydata(), [-0.1])
    segments = many.lines[2][0].get_segments()
    for segment, m in zip(segments, (2, 3), strict=True):
        low = arrays.confidence[m] - arrays.high[m]
        high = arrays.confidence[m] - arrays.low[m]
        np.testing.assert_allclose(sorted(segment[:, 1]), [low, high])


def test_gaps_of_models_stand_side_by_side_inside_their_bin():
    ax = diagrams.plot_gaps(TWO).axes[0]
    first, second = (ax.containers[k].lines[0].get_xdata() for k in (0, 2))
    np.testing.assert_allclose(first, [0.5 + 1 / 12, 0.75 + 1 / 12])
    np.testing.assert_allclose(second, [0.25 / 3 * 2, 0.25 + 0.25 / 3 * 2])


def test_points_of_few_examples_are_hollow():
    ax = diagrams.plot_gaps({"baseline": BINS}).axes[0]
    faces = [c.lines[0].get_markerfacecolor() for c in ax.containers]
    assert faces == [canvas.COLOURS[0], "white"]


def test_zero_is_in_the_middle_of_the_gaps():
    low, high = diagrams.plot_gaps(TWO).axes[0].get_ylim()
    assert low == -high


@pytest.mark.parametrize(
    "plot", [diagrams.plot_gaps, diagrams.plot_calibration_scatter]
)
def test_pictures_can_be_read_and_drawn_into_axes(plot, tmp_path):
    figure, axes = canvas.new_panels(1, 2)
    assert plot(TWO, "STL-10", axes[0, 0]) is figure
    one = Bins([1.0, 0.0], [0.5, 0.0], [1.0, 0.0])
    plot({"one example": one}, ax=axes[0, 1])
    assert axes[0, 0].get_title() == "STL-10"
    check_picture(figure, tmp_path)
    with pytest.raises(ValueError, match="at least one entry"):
        plot({})
    with pytest.raises(ValueError, match="Received: empty bins"):
        plot({"none": Bins(*np.zeros((3, 2)))})
