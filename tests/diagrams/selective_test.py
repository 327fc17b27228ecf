import numpy as np
import pytest

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.metrics.ranked import RankedBins

CONFIDENCE = np.array([0.3, 0.5, 0.5, 0.8, 0.9, 0.9])
CORRECT = np.array([0, 1, 0, 1, 1, 0])
BINS = RankedBins(
    np.array([1.0, 2.0, 0.0, 1.0, 2.0]),
    np.array([0.3, 1.0, 0.0, 0.8, 1.8]),
    np.array([0.0, 1.0, 0.0, 1.0, 1.0]),
)


def test_each_threshold_gives_the_examples_above_it_and_their_errors():
    coverage, risk = diagrams.risk_coverage(BINS)
    thresholds = sorted(set(CONFIDENCE), reverse=True)
    kept = [CONFIDENCE >= threshold for threshold in thresholds]
    np.testing.assert_allclose(coverage, [k.mean() for k in kept])
    np.testing.assert_allclose(risk, [1 - CORRECT[k].mean() for k in kept])


def test_the_curve_is_drawn_with_its_area(tmp_path):
    perfect = RankedBins(np.array([4.0]), np.array([4.0]), np.array([4.0]))
    figure = diagrams.plot_risk_coverage(
        {"baseline": BINS, "perfect": perfect}, "CIFAR-10"
    )
    ax = figure.axes[0]
    coverage, risk = diagrams.risk_coverage(BINS)
    np.testing.assert_allclose(
        ax.lines[0].get_xydata(), np.stack([coverage, risk], 1)
    )
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    # Mean risk over i = 1..6: 1/2, 1/2, 1/3, then (4 examples) 1 + 1/2 of 4,
    # (5) 2 of 5, (6) 3 of 6.
    area = np.mean([1 / 2, 1 / 2, 1 / 3, 1.5 / 4, 2 / 5, 3 / 6])
    assert texts == [f"baseline (AURC {area:.4f})", "perfect (AURC 0.0000)"]
    check_picture(figure, tmp_path)


def test_it_can_be_drawn_into_axes(tmp_path):
    figure, axes = canvas.new_panels(1, 2)
    for ax in axes[0]:
        assert diagrams.plot_risk_coverage({"x": BINS}, ax=ax) is figure
    check_picture(figure, tmp_path)


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one entry"):
        diagrams.plot_risk_coverage({})
    with pytest.raises(ValueError, match="at least one example"):
        diagrams.plot_risk_coverage({"x": RankedBins(*np.zeros((3, 2)))})
