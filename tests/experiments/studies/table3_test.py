"""Tests of experiments.studies.table3."""

import pytest

from experiments.studies.machinery.lines import plan
from experiments.studies.table3 import STUDY
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


def planned(scale):
    return plan(STUDY.lines(scale), [0], STUDY.scales[scale], "runs", {})


def test_every_row_of_the_paper_is_a_run_with_its_number():
    runs = planned("full")
    found = {
        (
            run.settings.dataset,
            run.settings.model,
            run.settings.method,
            run.settings.epochs,
        )
        for run in runs
    }
    assert found == {
        (data, model, *how)
        for data in ("cifar10", "cifar100")
        for model in ("preact_resnet18", "preact_resnet34")
        for how in (
            ("mixup", 200),
            ("manifold_mixup", 200),
            ("manifold_mixup", 2000),
        )
    }
    assert len(runs) == 12
    for run in runs:
        assert sorted(run.line.printed) == ["accuracy", "ece"], run.line.name
        # Percent would be drawn a hundred times too high.
        assert all(0 < value < 1 for value in run.line.printed.values())
        if run.settings.method == "manifold_mixup":
            assert run.settings.alpha == 2.0


@pytest.mark.parametrize("scale", ["cpu", "smoke"])
def test_below_full_scale_three_methods_differ_in_nothing_else(scale):
    runs = planned(scale)
    methods = [run.settings.method for run in runs]
    assert methods == ["baseline", "mixup", "manifold_mixup"]
    for run in runs:
        assert run.line.printed == {}
        for name, value in run.settings.written().items():
            if name not in ("method", "alpha"):
                assert value == getattr(runs[0].settings, name), name


@pytest.mark.parametrize("scale", ["full", "cpu"])
def test_the_table_is_drawn_with_printed_numbers_at_full_scale(tmp_path, scale):
    figure = STUDY.draw(results_of(tmp_path, STUDY.lines(scale)))["bars"]
    check_picture(figure, tmp_path)
    legend = {
        text.get_text()
        for ax in figure.axes
        if ax.get_legend()
        for text in ax.get_legend().get_texts()
    }
    assert ("printed" in legend) == (scale == "full")


def test_every_claim_compares_lines_that_are_there():
    methods = {
        line.method for scale in ("full", "cpu") for line in STUDY.lines(scale)
    }
    for claim in STUDY.claims:
        assert {claim.lower, claim.higher} <= methods
