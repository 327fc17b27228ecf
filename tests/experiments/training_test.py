"""Tests of experiments.training; run_test.py has whole runs."""

import inspect

import keras
import numpy as np
import pytest

from experiments import run_settings
from experiments import training
from experiments.run_checks import ALPHA_BOUNDS
from experiments.run_flags import RunSettings
from experiments.tasks import images
from experiments.tasks import texts
from tfmixup.callbacks import AdaptiveAlpha
from tfmixup.losses import EntropyRegularizedCrossentropy


def test_the_flags_know_the_bounds_of_an_adapted_alpha():
    parameters = inspect.signature(AdaptiveAlpha).parameters
    assert parameters["bounds"].default == ALPHA_BOUNDS


def test_images_and_sentences_are_different_tasks():
    assert training.task_of(run_settings.parse([])) is images
    sentences = run_settings.parse(["--dataset=mr", "--model=sentence_cnn"])
    assert training.task_of(sentences) is texts


@pytest.mark.parametrize(
    ("method", "strength", "expected"),
    [
        ("baseline", {}, 0.0),
        ("label_smoothing", {"epsilon": 0.1}, 0.1),
    ],
)
def test_cross_entropy_smooths_the_labels_of_one_method_only(
    method, strength, expected
):
    loss = training._loss(RunSettings(method=method, **strength))
    logits, label = np.array([[2.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    log_probabilities = logits - np.log(np.exp(logits).sum())
    target = (1 - expected) * label + expected / 3
    reference = -(target * log_probabilities).sum()
    assert float(loss(label, logits)) == pytest.approx(reference, rel=1e-6)


def test_erl_penalises_confidence():
    loss = training._loss(RunSettings(method="erl", kappa=0.5))
    assert isinstance(loss, EntropyRegularizedCrossentropy)
    assert isinstance(loss, keras.losses.Loss) and loss.kappa == 0.5
