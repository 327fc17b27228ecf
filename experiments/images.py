"""Runs on images: their splits, models, optimizer and batches."""

import keras
import tensorflow as tf

from tfmixup import datasets
from tfmixup import models
from tfmixup.mixing import FeatureMixup
from tfmixup.mixing import Mixup
from tfmixup.schedules import StepSchedule

__all__ = [
    "build_model",
    "evaluation_batches",
    "open_splits",
    "optimizer",
    "training_stream",
]


def open_splits(settings, where):
    """The data of a run: "train", "validation" and "test".

    Args:
        settings: dict as of `run_settings.settings`.
        where: dict; "data_dir" is where the data are, or None.

    Returns:
        dict from str to `tfmixup.datasets.Examples`. With the paper's
        protocol the validation split is the test split.
    """
    paper = settings["protocol"] == "paper"
    names = {
        "train": "train+validation" if paper else "train",
        "validation": "test" if paper else "validation",
        "test": "test",
    }
    return {
        role: datasets.open_examples(
            settings["dataset"],
            name,
            where["data_dir"],
            limit=settings[f"{role}_examples"],
        )
        for role, name in names.items()
    }


def build_model(settings, train, where):
    """The model, not compiled: `[b, h, w, c]` -> logits."""
    del where  # Images start from nothing but their own statistics.
    mean, std = datasets.channel_statistics(train)
    arguments = {}
    if settings["width"]:
        arguments["width"] = settings["width"]
    if settings["dropout"]:
        arguments["dropout"] = settings["dropout"]
    return models.BUILDERS[settings["model"]](
        train.num_classes,
        train.image_shape,
        weight_decay=settings["weight_decay"],
        mean=mean,
        std=std,
        **arguments,
    )


def optimizer(settings, train):
    """SGD with Nesterov momentum and the paper's schedule."""
    schedule = StepSchedule(
        settings["learning_rate"],
        steps_per_epoch=datasets.steps_per_epoch(train, settings["batch_size"]),
        epochs=settings["epochs"],
        factor=settings["decay_factor"],
    )
    return keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True)


def training_stream(settings, train, first_step):
    """The batches of all steps from `first_step` on, mixed as asked."""
    augment = None
    if settings["augment"]:
        augment = datasets.augmentation(settings["dataset"], train.image_shape)
    stream = datasets.training_stream(
        train,
        settings["batch_size"],
        settings["seed"],
        augment=augment,
        first_step=first_step,
    )
    cls = FeatureMixup if settings["method"] == "feature_mixup" else Mixup
    # Without mixing, the same stage with alpha 0 casts and encodes.
    stage = cls(
        settings["alpha"] or 0.0,
        train.num_classes,
        per_example=settings["per_example"],
        seed=settings["seed"],
    )
    return stage.stream(stream, first_step).prefetch(tf.data.AUTOTUNE)


def evaluation_batches(examples):
    """All examples of a split, once, in order, never mixed."""
    return datasets.evaluation_batches(examples, 256)
