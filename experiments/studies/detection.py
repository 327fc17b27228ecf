"""What models say of images unlike those that they were trained on."""

import functools

import numpy as np
import tensorflow as tf

from experiments import training
from experiments.studies.lines import Line
from experiments.studies.scales import flagfile
from experiments.studies.scales import SCALES
from tfmixup import calibrators
from tfmixup import datasets
from tfmixup.datasets import shifts
from tfmixup.predictions import predict_with_labels
from tfmixup.uncertainty import max_softmax_score
from tfmixup.uncertainty import monte_carlo_dropout

__all__ = [
    "DETECTORS",
    "SCALES_OF_DETECTION",
    "find_lines",
    "image_sets",
    "logits_of",
    "scores",
    "trained_model",
]

# How many images of each kind are looked at, at most.
_LIMIT = 5000
_PASSES = 10
_DROPOUT = "dropout 0.3"
SCALES_OF_DETECTION = SCALES | {"cpu": (flagfile("scale_cpu_cifar"),)}
# Row of Table 1: the line that is trained for it.
DETECTORS = {
    "baseline": "baseline",
    "mixup": "mixup, alpha 0.4",
    "temperature scaling": "baseline",
    "MC dropout": _DROPOUT,
}


def find_lines(scale):
    """What is trained: STL-10 at full scale, CIFAR-10 below it."""
    name = "stl10_vgg16" if scale == "full" else "cifar10_vgg16"
    data = "STL-10\nVGG-16" if scale == "full" else "CIFAR-10\nVGG-16"
    return (
        Line(data, "baseline", (flagfile(f"{name}_baseline"),)),
        Line(data, "mixup, alpha 0.4", (flagfile(f"{name}_mixup_0.4"),)),
        Line(data, _DROPOUT, (flagfile(f"{name}_dropout"),)),
    )


def trained_model(run):
    """The model of a run at its best epoch, and its splits.

    Args:
        run: `PlannedRun`, finished.

    Returns:
        (model, splits): `keras.Model`, and as of `images.open_splits`.
    """
    task = training.task_of(run.settings)
    splits = task.open_splits(run.settings, run.where)
    model = training.compile_model(
        task, run.settings, splits["train"], run.where
    )
    model.optimizer.build(model.trainable_variables)
    model.load_weights(run.directory / "best.weights.h5")
    return model, splits


@functools.cache
def scores(results):
    """Winning scores of all detectors on all sets.

    Args:
        results: `Results` of the lines of `find_lines`; `results.data` has
            "unseen", a folder of class folders named by wnid.

    Returns:
        dict from detector to a list, one entry for each seed, of dicts from
        "in", "unseen classes" and "Gaussian noise" to the logarithms of the
        winning scores, float64 `[n]`.

    Raises:
        ValueError: if there is no folder of unseen classes.
    """
    found = {}
    for detector, method in DETECTORS.items():
        (line,) = [line for line in results.lines if line.method == method]
        found[detector] = [
            _scores_of(results, run, detector) for run in results.of(line)
        ]
    return found


def image_sets(run, splits, unseen):
    """The test images of a run and images unlike its training images.

    Args:
        run: `PlannedRun`.
        splits: as of `images.open_splits`.
        unseen: folder of class folders named by wnid.

    Returns:
        dict from the name of a set to images `[n, h, w, c]`.
    """
    height, width, _ = splits["test"].image_shape
    mean, std = datasets.channel_statistics(splits["train"])
    strange = shifts.unseen_classes(
        unseen,
        run.settings["dataset"],
        image_size=(height, width),
        limit=_LIMIT,
    )
    noise = shifts.gaussian_noise(
        _LIMIT, splits["test"].image_shape, mean, std, seed=run.seed
    )
    return {
        "in": _pixels(splits["test"].dataset().take(_LIMIT)),
        "unseen classes": _pixels(strange.dataset()),
        "Gaussian noise": _pixels(noise),
    }


def _pixels(dataset):
    def image_of(*example):
        return tf.cast(example[0], tf.float32)

    batches = dataset.map(image_of).batch(512)
    return np.concatenate(list(batches.as_numpy_iterator()))


def _scores_of(results, run, detector):
    """dict from the name of a set to winning scores, as logarithms."""
    if "unseen" not in results.data:
        raise ValueError(
            "Unseen classes are needed: --data=unseen=FOLDER, class folders "
            "of images named by wnid, such as ImageNet or Tiny ImageNet."
        )
    model, splits = trained_model(run)
    sets = image_sets(run, splits, results.data["unseen"])
    if detector == "MC dropout":
        return {
            name: np.log(
                monte_carlo_dropout(
                    model, images, passes=_PASSES, seed=run.seed
                ).max(axis=1)
            )
            for name, images in sets.items()
        }
    temperature = 1.0
    if detector == "temperature scaling":
        scaling = calibrators.TemperatureScaling()
        scaling.fit(*results.predictions(run, "validation"))
        temperature = scaling.temperature
    return {
        name: max_softmax_score(logits_of(model, images), temperature)
        for name, images in sets.items()
    }


def logits_of(model, images):
    """The logits of a model, float32 `[n, num_classes]`."""
    labels = np.zeros(len(images), np.int64)
    batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(256)
    return predict_with_labels(model, batches)[0]
