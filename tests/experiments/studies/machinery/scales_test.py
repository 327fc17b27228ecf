"""Tests of experiments.studies.machinery.scales."""

import pathlib

import pytest

from experiments.run_flags import RunSettings
from experiments.studies.machinery import scales


@pytest.mark.parametrize("scale", scales.SCALES)
def test_the_flagfiles_of_a_scale_exist(scale):
    for argument in scales.SCALES[scale]:
        path = argument.removeprefix("--flagfile=")
        assert (pathlib.Path(__file__).parents[4] / path).exists()


def test_a_small_scale_says_how_small():
    settings = RunSettings(epochs=6, train_examples=10000, width=16)
    assert scales.describe("cpu_short", [settings, settings]) == (
        "cpu_short scale: 6 epochs, 10,000 training examples, width 16"
    )
    texts = [
        RunSettings(epochs=epochs, train_examples=None, width=None)
        for epochs in (12, 5, 12)
    ]
    assert scales.describe("cpu", texts) == "cpu scale: 5 to 12 epochs"


def test_the_full_scale_is_the_paper_s():
    settings = RunSettings(epochs=200, train_examples=None, width=None)
    assert scales.describe("full", [settings]) == "full scale"
