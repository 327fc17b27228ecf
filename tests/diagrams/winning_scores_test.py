import numpy as np
import pytest

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas


def test_shares_are_those_of_bins_closed_on_the_right():
    scores = [0.0, 0.25, 0.26, 0.5, 0.5000001, 0.75, 1.0, 1.0]
    shares = diagrams.winning_score_shares(scores, 4)
    np.testing.assert_allclose(shares, np.array([2, 2, 2, 2]) / 8)


def test_float32_scores_meet_float32_edges():
    # The float32 closest to 2/3 is above the float64 number; it is on the
    # edge nevertheless, and so in the bin that the edge closes.
    edge = np.float32(2) / np.float32(3)
    assert float(edge) > 2 / 3
    shares = diagrams.winning_score_shares(np.array([edge]), 3)
    np.testing.assert_array_equal(shares, [0, 1, 0])


def test_lines_are_percents_of_their_own_examples(tmp_path):
    figure = diagrams.plot_winning_scores(
        {"in distribution": [0.9, 1.0], "noise": [0.1, 0.2, 0.6, 0.7]},
        "STL-10",
        num_bins=2,
    )
    ax = figure.axes[0]
    lines = [patch.get_data().values for patch in ax.patches]
    np.testing.assert_allclose(lines[0], [0, 100])
    np.testing.assert_allclose(lines[2], [50, 50])
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["in distribution (mean 0.950)", "noise (mean 0.400)"]
    assert ax.get_ylabel() == "Examples (%) per bin of 0.5"
    check_picture(figure, tmp_path)


def test_it_can_be_drawn_into_axes(tmp_path):
    figure, axes = canvas.new_panels(1, 2)
    for ax in axes[0]:
        diagrams.plot_winning_scores({"one example": [1.0]}, ax=ax)
    check_picture(figure, tmp_path)


@pytest.mark.parametrize(
    "scores, message",
    [
        ([], r"one winning score or more. Received: an array of shape \(0,\)"),
        ([[0.5]], r"shape \(1, 1\)"),
        ([0.5, np.nan], "Received: nan"),
        ([0.5, 3.0], "Received: 0.5 to 3.0. Of logits"),
        ([-0.1], "Received: -0.1"),
    ],
)
def test_what_is_no_winning_score_is_refused(scores, message):
    with pytest.raises(ValueError, match=message):
        diagrams.plot_winning_scores({"x": scores})
