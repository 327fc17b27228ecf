"""Tests of experiments.studies.figure1; study_test.py has it end to end."""

from experiments.studies.figure1 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


def test_baseline_stands_above_mixup_at_several_epochs(tmp_path):
    results = results_of(tmp_path, STUDY.lines("full"))
    assert [line.method for line in results.lines] == ["baseline", "mixup"]
    figure = STUDY.draw(results)["density"]
    check_picture(figure, tmp_path, shared=True)
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    # Of three epochs all are shown, twice.
    assert len(titles) in (3, 6)
