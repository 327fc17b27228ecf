"""Tests of experiments.studies.figure6; study_test.py has it end to end."""

from experiments.studies.figure6 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


def test_three_methods_on_all_pairs(tmp_path):
    lines = STUDY.lines("full")
    assert len(lines) == 18
    figure = STUDY.draw(results_of(tmp_path, lines))["bars"]
    check_picture(figure, tmp_path)
    assert "best epoch chosen on validation" in figure.get_suptitle()
    legend = {
        text.get_text()
        for ax in figure.axes
        if ax.get_legend()
        for text in ax.get_legend().get_texts()
    }
    assert {"baseline", "feature mixup", "mixup"} <= {
        text.partition(",")[0].partition(" (")[0] for text in legend
    }
