"""Tests of experiments.studies.figure9; study_test.py has it end to end."""

from experiments.studies.figure9 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


def test_a_panel_for_each_pair(tmp_path):
    results = results_of(tmp_path, STUDY.lines("full"))
    figure = STUDY.draw(results)["winning_scores"]
    check_picture(figure, tmp_path)
    titles = [ax.get_title() for ax in figure.axes]
    assert len(titles) == 6
    assert titles[0].startswith("STL-10, VGG-16, test split")
