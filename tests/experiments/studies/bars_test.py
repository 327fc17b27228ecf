"""Tests of experiments.studies.bars."""

import pytest

from experiments.studies import bars
from experiments.studies.machinery.results import Results
from tests.experiments.studies.fake_runs import make_runs
from tfmixup.diagrams import canvas

MEASURES = {"accuracy": "Accuracy (fraction)", "ece": "ECE (fraction)"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    return Results(make_runs(root, {"baseline": 3.0, "mixup": 1.0}), "small")


def heights(ax):
    return [bar.get_height() for bar in ax.patches]


def test_a_bar_is_the_mean_over_seeds_of_its_measure(results):
    _, axes = canvas.new_panels(1, 2)
    bars.plot_measures(axes.flat, results, MEASURES)
    for ax, metric in zip(axes.flat, MEASURES, strict=True):
        expected = [
            results.values(line, metric).mean() for line in results.lines
        ]
        assert heights(ax) == pytest.approx(expected, abs=1e-12)


def test_other_lines_and_other_values_can_be_drawn(results):
    _, axes = canvas.new_panels(1, 2)
    bars.plot_measures(
        axes.flat,
        results,
        MEASURES,
        lines=results.lines[1:],
        read=lambda line, metric: [0.25, 0.75],
        title="halves",
    )
    assert heights(axes[0, 0]) == pytest.approx([0.5])
    assert axes[0, 0].get_title() == "halves"


def test_the_caption_says_split_choice_and_scale(results):
    figure, axes = canvas.new_panels(1, 2)
    bars.plot_measures(axes.flat, results, MEASURES)
    axes[0, 1].set_ylim(-0.5, 0.5)
    bars.caption(figure, results)
    assert figure.get_suptitle() == (
        "Test split, best epoch chosen on validation, small"
    )
    assert axes[0, 1].get_ylim() == (0, 0.5)
