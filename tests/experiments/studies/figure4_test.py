"""Tests of experiments.studies.figure4."""

import numpy as np
import pytest

from experiments.studies.figure4 import STUDY
from experiments.studies.machinery.lines import plan
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


@pytest.mark.parametrize("scale", ["full", "cpu", "cpu_short", "smoke"])
def test_two_methods_are_trained_on_three_sets(scale):
    runs = plan(STUDY.lines(scale), [3], STUDY.scales[scale], "runs", {})
    found = [(r.settings.dataset, r.settings.method) for r in runs]
    assert sorted(found) == sorted(
        (data, method)
        for data in ("mr", "trec", "imdb_reviews")
        for method in ("baseline", "mixup")
    )
    for run in runs:
        assert run.settings.model == "sentence_cnn"
        assert run.settings.seed == 3
        whole = run.settings.train_examples is None
        assert whole == (scale != "smoke")


def test_the_vectors_of_words_are_given_to_every_run():
    lines = STUDY.lines("full")
    data = {"mr": "texts", "glove": "folder/vectors.txt"}
    for run in plan(lines, [0], (), "runs", data):
        assert run.where["glove"] == "folder/vectors.txt"
        assert run.settings.glove == "vectors.txt"


def heights(ax):
    return sorted(bar.get_height() for bar in ax.patches)


def test_the_best_and_the_last_epoch_are_drawn(tmp_path):
    results = results_of(tmp_path, STUDY.lines("full"))
    for record in results._records.values():
        record["last_epoch"] = {
            name: value / 2 for name, value in record["last_epoch"].items()
        }
    figure = STUDY.draw(results)["bars"]
    check_picture(figure, tmp_path)
    assert [ax.get_title() for ax in figure.axes] == 3 * ["best epoch"] + (
        3 * ["last epoch"]
    )
    for metric, best, last in zip(
        ("accuracy", "ece", "oe"), figure.axes[:3], figure.axes[3:], strict=True
    ):
        expected = sorted(
            results.values(line, metric).mean() for line in results.lines
        )
        np.testing.assert_allclose(heights(best), expected)
        np.testing.assert_allclose(heights(last), np.array(expected) / 2)
