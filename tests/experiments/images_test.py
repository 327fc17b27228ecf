"""Tests of experiments.images; run_test.py has whole runs."""

import numpy as np

from experiments import images as task

WHERE = {"data_dir": None, "glove": None}
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
    splits = task.open_splits(SETTINGS, WHERE)
    sizes = [len(splits[name]) for name in ("train", "validation", "test")]
    assert sum(sizes) == 1797 and min(sizes) > 300
    # Two of the 1,797 digits are equal to the pixel.
    for a, b in (("train", "validation"), ("train", "test")):
        assert len(images(splits[a]) & images(splits[b])) <= 1


def test_the_paper_protocol_selects_on_test_and_trains_on_the_rest():
    honest = task.open_splits(SETTINGS, WHERE)
    paper = task.open_splits({**SETTINGS, "protocol": "paper"}, WHERE)
    assert images(paper["validation"]) == images(paper["test"])
    assert images(paper["test"]) == images(honest["test"])
    together = images(honest["train"]) | images(honest["validation"])
    assert images(paper["train"]) == together


def test_the_stream_of_a_later_epoch_is_that_of_the_unbroken_run():
    train = task.open_splits(SETTINGS, WHERE)["train"]
    settings = {**SETTINGS, "method": "mixup", "alpha": 0.4, "augment": True}
    steps = len(train) // 50
    unbroken = task.training_stream(settings, train, 0).skip(2 * steps)
    resumed = task.training_stream(settings, train, 2 * steps)
    for (x, y), (a, b) in zip(unbroken.take(2), resumed.take(2), strict=True):
        np.testing.assert_array_equal(x, a)
        np.testing.assert_array_equal(y, b)
        assert y.shape == (50, 10) and np.any((y > 0) & (y < 1))
