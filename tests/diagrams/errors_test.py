import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.metrics.bins import Bins

TABLE = pd.DataFrame(
    {
        "value": [-0.05, 0.03, 0.4, 0.9],
        "low": [-0.06, 0.01, np.nan, 0.8],
        "high": [-0.04, 0.05, np.nan, 0.95],
        "debiased": [-0.05, 0.02, np.nan, 0.9],
        "floor": [0.0001, 0.02, 0.2, 0.9],
        "floor_95": [0.01, 0.04, 0.3, 0.92],
        "sign": ["under", "over (80%)", "over (80%)", ""],
        "verdict": ["above noise", "within noise", "above noise", ""],
    },
    index=["confidence_gap", "ece_15", "mce_15", "accuracy"],
)
BINS = Bins(
    np.array([40.0, 60.0]), np.array([16.0, 54.0]), np.array([20.0, 45.0])
)


def markers(ax, kind):
    """(x, y, color) of the single points with this marker."""
    return [
        (line.get_xdata()[0], line.get_ydata()[0], line.get_color())
        for line in ax.lines
        if line.get_marker() == kind
    ]


def test_values_and_debiased_values_are_points_in_the_color_of_the_sign():
    ax = diagrams.plot_errors(TABLE[:2]).axes[0]
    assert markers(ax, "o") == [
        (-0.05, 0, canvas.UNDERCONFIDENT),
        (0.03, 1, canvas.OVERCONFIDENT),
    ]
    assert [x for x, _, _ in markers(ax, "D")] == [-0.05, 0.02]


def test_noise_is_a_bar_from_0_or_on_both_sides_of_it():
    ax = diagrams.plot_errors(TABLE[:2]).axes[0]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    np.testing.assert_allclose(bars, [(-0.01, 0.01), (0, 0.04)])


def test_intervals_and_means_of_the_noise_are_lines():
    ax = diagrams.plot_errors(TABLE[:2]).axes[0]
    segments = [c.get_segments()[0].tolist() for c in ax.collections]
    mean, interval = segments[2:]
    assert [x for x, _ in mean] == [0.02, 0.02]
    assert interval == [[0.01, 1.0], [0.05, 1.0]]
    assert same_color(ax.collections[3].get_color(), canvas.OVERCONFIDENT)


def test_rows_go_down_in_the_order_of_the_table():
    ax = diagrams.plot_errors(TABLE).axes[0]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == list(TABLE.index)
    low, high = ax.get_ylim()
    assert low > high


def test_the_picture_of_a_report_leaves_out_what_has_no_verdict(tmp_path):
    figure = diagrams.plot_report(TABLE, BINS, "a model")
    labels = [t.get_text() for t in figure.axes[1].get_yticklabels()]
    assert labels == ["confidence_gap", "ece_15"]
    assert "n = 100" in figure.axes[0].get_title(loc="left")
    check_picture(figure, tmp_path)


def test_it_can_be_drawn_into_axes_with_values_that_are_missing(tmp_path):
    figure, axes = canvas.new_panels()
    assert diagrams.plot_errors(TABLE, "errors", axes[0, 0]) is figure
    check_picture(figure, tmp_path)


def test_a_table_without_rows_or_columns_is_refused():
    with pytest.raises(ValueError, match="Received: 0 rows, without the col"):
        diagrams.plot_errors(TABLE[:0])
    with pytest.raises(ValueError, match=r"the columns \['low', 'sign'\]"):
        diagrams.plot_errors(TABLE.drop(columns=["low", "sign"]))
