"""Tests of experiments.studies.figure2; study_test.py has it end to end."""

import pytest

from experiments.studies.figure2 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    results = results_of(root, STUDY.lines("full"))
    return STUDY.draw(results), results


def test_what_the_paper_shows_is_trained():
    lines = STUDY.lines("full")
    bars = [line for line in lines if "alpha" not in line.method]
    # Six pairs of data and network, four methods; two pairs are swept.
    assert len(bars) == 24 and len(lines) == 24 + 2 * 5
    assert len({line.name for line in lines}) == len(lines)


def test_every_picture_can_be_read(figures, tmp_path):
    pictures, _ = figures
    assert len(pictures) == 4
    for figure in pictures.values():
        check_picture(figure, tmp_path)
        said = figure.get_suptitle() or figure.axes[0].get_title()
        assert "made up scale" in said


def test_alpha_0_of_the_sweep_is_the_baseline(figures):
    pictures, results = figures
    ax = pictures["sweep"].axes[1]
    (baseline,) = [
        line
        for line in results.lines
        if line.data == "STL-10\nVGG-16" and line.method == "baseline"
    ]
    points = {
        tuple(point) for drawn in ax.get_lines() for point in drawn.get_xydata()
    }
    mean = results.values(baseline, "ece").mean()
    assert any(
        x == 0 and y == pytest.approx(mean, abs=1e-12) for x, y in points
    )
