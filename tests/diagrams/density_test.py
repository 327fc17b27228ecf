import numpy as np
import pytest
from scipy import stats

from tests.diagrams.checks import check_picture
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.diagrams.density import _enclosing
from tfmixup.metrics.bins import Bins

BINS = Bins(
    count=np.array([0.0, 30.0, 70.0]),
    confidence=np.array([0.0, 15.0, 63.0]),
    correct=np.array([0.0, 12.0, 35.0]),
)


def test_the_density_is_a_mixture_of_cut_normal_densities():
    cells, width = 400, 0.05
    density = diagrams.joint_density(BINS, cells, width)
    expected = np.zeros((cells, cells))
    centre = (np.arange(cells) + 0.5) / cells
    for share, count, x, y in ((0.3, 30, 0.5, 0.4), (0.7, 70, 0.9, 0.5)):
        guess = (y * count + 1) / (count + 2)
        spread = np.sqrt(width**2 + guess * (1 - guess) / count)
        factors = [
            stats.truncnorm(-m / s, (1 - m) / s, m, s).pdf(centre)
            for m, s in ((y, spread), (x, width))
        ]
        expected += share * np.outer(*factors)
    # Cells hold means, the expectation is at their centres: they differ by
    # f'' h^2 / 24, where |f''| <= 2 f_max / width^2 (twice, for two axes) and
    # h = 1 / 400, hence by 2e-4 of the maximum.
    tolerance = 4 / width**2 / cells**2 / 24 * expected.max()
    np.testing.assert_allclose(density, expected, atol=tolerance)


@pytest.mark.parametrize("confidence", [0.0, 0.5, 1.0])
def test_the_density_holds_the_examples_once_at_the_border_too(confidence):
    bins = Bins([4.0], [4 * confidence], [4.0])
    density = diagrams.joint_density(bins)
    assert density.mean() == pytest.approx(1)
    assert np.all(density >= 0)


def test_rows_are_accuracy_and_columns_confidence():
    density = diagrams.joint_density(Bins([1e6], [9e5], [2e5]))
    row, column = np.unravel_index(density.argmax(), density.shape)
    assert (row + 0.5) / 200 == pytest.approx(0.2, abs=0.005)
    assert (column + 0.5) / 200 == pytest.approx(0.9, abs=0.005)


def test_accuracies_of_few_examples_are_spread_more():
    few = diagrams.joint_density(Bins([4.0], [2.0], [2.0]), width=0.02)
    many = diagrams.joint_density(Bins([4e4], [2e4], [2e4]), width=0.02)
    np.testing.assert_allclose(few.sum(axis=0), many.sum(axis=0))
    assert few.sum(axis=1).max() < many.sum(axis=1).max() / 5


def test_regions_are_the_smallest_that_hold_their_share():
    density = np.array([[5.0, 1.0], [3.0, 1.0]])
    found = _enclosing(density)
    assert found[0, 0] == 0.5 and found[1, 0] == 0.8
    assert sorted([found[0, 1], found[1, 1]]) == pytest.approx([0.9, 1.0])


def test_the_cross_is_at_the_means():
    ax = diagrams.plot_joint_density(BINS).axes[0]
    cross = next(line for line in ax.lines if line.get_marker() == "+")
    np.testing.assert_allclose(cross.get_xydata(), [[0.78, 0.47]])


def test_models_are_rows_and_epochs_columns(tmp_path):
    one = Bins(np.array([1.0]), np.array([0.1]), np.array([0.0]))
    epochs = {1: one, 50: BINS, 200: BINS}
    figure = diagrams.compare_joint_density(
        {"baseline": epochs, "mixup": epochs}, "CIFAR-100"
    )
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["epoch 1", "epoch 50", "epoch 200", "", "", ""]
    assert figure.axes[0].get_ylabel() == "baseline\nAccuracy"
    assert figure.axes[3].get_ylabel() == "mixup\nAccuracy"
    for ax in figure.axes:
        assert ax.get_xlim() == ax.get_ylim() == (0, 1)
    check_picture(figure, tmp_path, shared=True)


def test_it_can_be_drawn_into_axes(tmp_path):
    figure, axes = canvas.new_panels()
    assert diagrams.plot_joint_density(BINS, "x", axes[0, 0]) is figure
    check_picture(figure, tmp_path)


def test_different_epochs_are_refused():
    with pytest.raises(ValueError, match=r"Received: \{'a': \[1\], 'b': \[2"):
        diagrams.compare_joint_density({"a": {1: BINS}, "b": {2: BINS}})
    with pytest.raises(ValueError, match="same epochs, at least one"):
        diagrams.compare_joint_density({"a": {}})


@pytest.mark.parametrize("width, resolution", [(0, 10), (-1, 10), (0.1, 0)])
def test_a_width_or_resolution_of_nothing_is_refused(width, resolution):
    with pytest.raises(ValueError, match=f"resolution={resolution}, width="):
        diagrams.joint_density(BINS, resolution, width)
