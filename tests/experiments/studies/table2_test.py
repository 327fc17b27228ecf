"""Tests of experiments.studies.table2; study_test.py has it end to end."""

import pytest

from experiments.studies.table2 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


@pytest.mark.parametrize("scale", ["full scale", "smoke scale: 2 epochs"])
def test_the_printed_numbers_are_drawn_at_full_scale_only(tmp_path, scale):
    results = results_of(tmp_path, STUDY.lines("full"))
    results.scale = scale
    figure = STUDY.draw(results)["bars"]
    check_picture(figure, tmp_path)
    legend = [
        text.get_text()
        for ax in figure.axes
        if ax.get_legend()
        for text in ax.get_legend().get_texts()
    ]
    assert ("printed" in legend) == (scale == "full scale")
