"""Tests of experiments.training; run_test.py has whole runs."""

import keras
import numpy as np
import pytest

from experiments import training
from tfmixup.losses import EntropyRegularizedCrossentropy

SETTINGS = {
    "dataset": "digits",
    "protocol": "honest",
    "train_examples": None,
    "validation_examples": None,
    "test_examples": None,
    "method": "baseline",
    "alpha": None,
    "epsilon": None,
    "kappa": None,
    "per_example": False,
    "augment": False,
    "batch_size": 50,
    "seed": 3,
}


def images(examples):
    return {
        image.tobytes() for image, _ in examples.dataset().as_numpy_iterator()
    }


def test_the_honest_protocol_shares_no_example_between_splits():
    splits = training._open_splits(SETTINGS, None)
    sizes = [len(splits[name]) for name in ("train", "validation", "test")]
    assert sum(sizes) == 1797 and min(sizes) > 300
    # Two of the 1,797 digits are equal to the pixel.
    for a, b in (("train", "validation"), ("train", "test")):
        assert len(images(splits[a]) & images(splits[b])) <= 1


def test_the_paper_protocol_selects_on_test_and_trains_on_the_rest():
    honest = training._open_splits(SETTINGS, None)
    paper = training._open_splits({**SETTINGS, "protocol": "paper"}, None)
    assert images(paper["validation"]) == images(paper["test"])
    assert images(paper["test"]) == images(honest["test"])
    together = images(honest["train"]) | images(honest["validation"])
    assert images(paper["train"]) == together


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
    loss = training._loss({**SETTINGS, "method": method, **strength})
    logits, label = np.array([[2.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    log_probabilities = logits - np.log(np.exp(logits).sum())
    target = (1 - expected) * label + expected / 3
    reference = -(target * log_probabilities).sum()
    assert float(loss(label, logits)) == pytest.approx(reference, rel=1e-6)


def test_erl_penalises_confidence():
    loss = training._loss({**SETTINGS, "method": "erl", "kappa": 0.5})
    assert isinstance(loss, EntropyRegularizedCrossentropy)
    assert isinstance(loss, keras.losses.Loss) and loss.kappa == 0.5


def test_the_stream_of_a_later_epoch_is_that_of_the_unbroken_run():
    train = training._open_splits(SETTINGS, None)["train"]
    settings = {**SETTINGS, "method": "mixup", "alpha": 0.4, "augment": True}
    steps = len(train) // 50
    unbroken = training._training_stream(settings, train, 0).skip(2 * steps)
    resumed = training._training_stream(settings, train, 2)
    for (x, y), (a, b) in zip(unbroken.take(2), resumed.take(2), strict=True):
        np.testing.assert_array_equal(x, a)
        np.testing.assert_array_equal(y, b)
        assert y.shape == (50, 10) and np.any((y > 0) & (y < 1))
