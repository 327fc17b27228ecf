"""Tests of experiments.ood.hull."""

import numpy as np
import pytest
from scipy import special

from experiments.ood.data import open_inside
from experiments.ood.hull import COLUMNS
from experiments.ood.hull import draw_hull
from experiments.ood.hull import hull_curves
from experiments.ood.model import ServedModel
from tests.experiments.ood import ood_made
from tfmixup.datasets import leave_convex_hull


@pytest.fixture
def curves(tmp_path):
    path = ood_made.foreign(tmp_path / "m", name="logits")
    source = open_inside(
        ood_made.npz(tmp_path / "d.npz"), "test", None, None, None
    )
    return hull_curves(
        ServedModel("m", path),
        source,
        [0.0, 400.0],
        {"m": 1.0, "m + temperature": 2.0},
        seeds=[3, 4],
        batch_size=7,
    )


def test_each_point_is_that_of_the_moved_images(curves):
    images, labels = ood_made.colored(60, seed=2)
    for mu in (0.0, 400.0):
        for place, seed in enumerate((3, 4)):
            moved = leave_convex_hull(images, mu, seed).numpy()
            logits = ood_made.logits_of(moved)
            for name, temperature in (("m", 1), ("m + temperature", 2)):
                scores = special.softmax(logits / temperature, axis=1)
                expected = {
                    "accuracy": np.mean(scores.argmax(axis=1) == labels),
                    "confidence": scores.max(axis=1).mean(),
                    "entropy": special.entr(scores).sum(axis=1).mean(),
                }
                for column, value in expected.items():
                    np.testing.assert_allclose(
                        curves[name][column][mu][place], value, atol=1e-5
                    )


def test_a_temperature_leaves_the_accuracy(curves):
    assert curves["m"]["accuracy"] == curves["m + temperature"]["accuracy"]


def test_the_picture_has_a_panel_for_each_measure(curves):
    figure = draw_hull(curves, "title")
    assert [ax.get_ylabel() for ax in figure.axes] == list(COLUMNS.values())
    for ax in figure.axes:
        drawn = [line.get_xdata() for line in ax.lines]
        assert sum(list(x) == [0.0, 400.0] for x in drawn) == 2
        texts = [text.get_text() for text in ax.get_legend().get_texts()]
        assert texts == ["m (2 directions)", "m + temperature (2 directions)"]
        title = ax.get_legend().get_title().get_text()
        assert title == "95 % t interval over directions"


def flat(name, distances):
    return {name: {c: {mu: [0.5, 0.5] for mu in distances} for c in COLUMNS}}


def test_far_distances_are_drawn_on_a_logarithmic_axis_with_its_0():
    for distances, scale in (
        ([0.0, 1.0, 1e4], "symlog"),
        ([1.0, 1e4], "symlog"),
        ([0.0, 10.0, 20.0], "linear"),
        ([0.0], "linear"),
    ):
        figure = draw_hull(flat("m", distances))
        assert {ax.get_xscale() for ax in figure.axes} == {scale}
        low, high = figure.axes[0].get_xlim()
        assert low <= distances[0] and distances[-1] <= high


def test_more_lines_than_colors_take_another_row():
    curves = {}
    for number in range(9):
        curves |= flat(f"m{number}", [0.0, 1.0])
    assert len(draw_hull(curves).axes) == 6
