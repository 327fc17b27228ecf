"""What models say of images unlike those that they were trained on."""

import functools

import numpy as np
import tensorflow as tf

from experiments import training
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.scales import flagfile
from experiments.studies.machinery.scales import SCALES
from tfmixup import calibrators
from tfmixup import datasets
from tfmixup.datasets import shifts
from tfmixup.datasets.splits import stratified_order
from tfmixup.predictions import predict_with_labels
from tfmixup.uncertainty import max_softmax_score
from tfmixup.uncertainty import monte_carlo_dropout

__all__ = [
    "DETECTORS",
    "SCALES_OF_DETECTION",
    "check_data",
    "find_lines",
    "image_sets",
    "logits_of",
    "predictions",
    "scores",
    "some_of",
    "trained_model",
]

# How many images of each kind are looked at, at most.
_LIMIT = 5000
_PASSES = 10
_DROPOUT = "dropout 0.3"
SCALES_OF_DETECTION = SCALES | {"cpu": (flagfile("scale/cpu_cifar"),)}
# Row of Table 1: the line that is trained for it.
DETECTORS = {
    "baseline": "baseline",
    "mixup": "mixup, alpha 0.4",
    "temperature scaling": "baseline",
    "MC dropout": _DROPOUT,
}


def find_lines(scale):
    """What is trained: STL-10 at full scale, CIFAR-10 below it."""
    name = "stl10/vgg16" if scale == "full" else "cifar10/vgg16"
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
def predictions(results):
    """What the models of all lines say of all sets.

    Args:
        results: `Results` of the lines of `find_lines`; `results.data` has
            "unseen", a folder of class folders named by wnid.

    Returns:
        dict from the method of a line to a list, one entry for each seed, of
        dicts from "in", "unseen classes" and "Gaussian noise" to logits
        `[n, num_classes]`; of the line with dropout, to probabilities that
        are averaged over passes.
    """
    return {
        line.method: [_ask(results, run) for run in results.of(line)]
        for line in results.lines
    }


def _ask(results, run):
    model, splits = trained_model(run)
    sets = image_sets(run, splits, results.data["unseen"])
    if run.line.method != _DROPOUT:
        return {name: logits_of(model, each) for name, each in sets.items()}
    return {
        name: monte_carlo_dropout(
            model, each, passes=_PASSES, seed=run.seed, from_logits=True
        )
        for name, each in sets.items()
    }


def scores(results):
    """Winning scores of all detectors on all sets.

    Args:
        results: see `predictions`.

    Returns:
        dict from detector to a list, one entry for each seed, of dicts from
        "in", "unseen classes" and "Gaussian noise" to the logarithms of the
        winning scores, float64 `[n]`.
    """
    said, found = predictions(results), {}
    for detector, method in DETECTORS.items():
        (line,) = [line for line in results.lines if line.method == method]
        found[detector] = []
        for run, sets in zip(results.of(line), said[method], strict=True):
            temperature = 1.0
            if detector == "temperature scaling":
                scaling = calibrators.TemperatureScaling()
                scaling.fit(*results.predictions(run, "validation"))
                temperature = scaling.temperature
            found[detector].append(
                {
                    name: max_softmax_score(
                        each, temperature, from_logits=method != _DROPOUT
                    )
                    for name, each in sets.items()
                }
            )
    return found


def image_sets(run, splits, unseen):
    """The test images of a run and images unlike its training images.

    Args:
        run: `PlannedRun`.
        splits: as of `images.open_splits`.
        unseen: folder of class folders named by wnid.

    Returns:
        dict from the name of a set to images `[n, h, w, c]`: at most 5,000,
        and as much noise as there are test images.
    """
    inside = some_of(splits["test"], _LIMIT)
    height, width, _ = inside.image_shape
    mean, std = datasets.channel_statistics(splits["train"])
    strange = shifts.unseen_classes(
        unseen,
        run.settings.dataset,
        image_size=(height, width),
        limit=_LIMIT,
    )
    noise = shifts.gaussian_noise(
        len(inside), inside.image_shape, mean, std, seed=run.seed
    )
    return {
        "in": _pixels(inside.dataset()),
        "unseen classes": _pixels(strange.dataset()),
        "Gaussian noise": _pixels(noise),
    }


def _pixels(dataset):
    def image_of(*example):
        return tf.cast(example[0], tf.float32)

    batches = dataset.map(image_of).batch(512)
    return np.concatenate(list(batches.as_numpy_iterator()))


def some_of(examples, limit):
    """At most so many examples, evenly over the classes.

    The images of a folder come class by class: the first ones are all of one
    class.

    Args:
        examples: `tfmixup.datasets.Examples`.
        limit: int >= 1.

    Returns:
        `Examples`, those there are if there are no more.
    """
    order = stratified_order(examples.labels)
    return examples.subset(np.sort(order[:limit]))


def check_data(scale, data):
    """Whether there are unseen classes, before anything is trained.

    Args:
        scale: str, a name of `SCALES_OF_DETECTION`.
        data: dict from a name to a path, as given to the study.

    Raises:
        ValueError: if there is no folder of unseen classes, or none in it.
    """
    if "unseen" not in data:
        raise ValueError(
            "unseen classes are needed: --data=unseen=FOLDER, a folder of "
            "class folders of images named by wnid, such as ImageNet's or "
            "Tiny ImageNet's."
        )
    trained = "stl10" if scale == "full" else "cifar10"
    try:
        shifts.unseen_classes(data["unseen"], trained, image_size=(32, 32))
    except ValueError as error:
        raise ValueError(f"--data=unseen={data['unseen']}: {error}") from error


def logits_of(model, images):
    """The logits of a model, float32 `[n, num_classes]`."""
    labels = np.zeros(len(images), np.int64)
    batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(256)
    return predict_with_labels(model, batches)[0]
