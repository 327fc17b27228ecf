"""Tests of experiments.studies.figure7; study_test.py has it end to end."""

import pandas as pd
import pytest

from experiments.studies.figure7 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


def test_the_long_runs_of_the_paper(tmp_path):
    lines = STUDY.lines("full")
    assert len(lines) == 4
    assert all("1000_epochs" in line.arguments[0] for line in lines)
    figure = STUDY.draw(results_of(tmp_path, lines))["curves"]
    check_picture(figure, tmp_path)
    # A row for each data set, the loss on a logarithmic axis.
    assert len(figure.axes) == 6
    assert [ax.get_yscale() for ax in figure.axes[:2]] == ["log", "linear"]


def test_the_curves_are_those_of_the_runs(tmp_path):
    results = results_of(tmp_path, STUDY.lines("cpu"))
    ax = STUDY.draw(results)["curves"].axes[0]
    drawn = [line.get_ydata() for line in ax.get_lines()]
    expected = results.history(results.runs[0])["nll"].to_numpy()
    assert any(
        len(each) == len(expected) and each == pytest.approx(expected)
        for each in drawn
    )


def test_the_first_epochs_do_not_hide_the_others(tmp_path):
    results = results_of(tmp_path, STUDY.lines("cpu"))
    for run in results.runs:
        history = results.history(run)
        long = pd.concat([history] * 10, ignore_index=True)
        long.loc[0, "val_ece"] = 0.9
        long.to_csv(run.directory / "history.csv", index=False)
    ax = STUDY.draw(results)["curves"].axes[1]
    # All other values are 0.1.
    assert ax.get_ylim()[1] == pytest.approx(0.11)
