"""Runs on images: their splits, models, optimizer and batches."""

import keras
import tensorflow as tf

from experiments.methods import METHODS
from experiments.run_checks import IMAGE_DATASETS
from experiments.run_checks import IMAGENET
from experiments.tasks.mixed import made_stage
from experiments.tasks.mixed import mixed_stream
from experiments.tasks.roles import roles
from tfmixup import datasets
from tfmixup import models
from tfmixup.mixing import Mixup
from tfmixup.schedules import LargeBatchSchedule
from tfmixup.schedules import StepSchedule

__all__ = [
    "build_model",
    "coverage",
    "evaluation_batches",
    "make_stage",
    "open_splits",
    "optimizer",
    "training_stream",
]


def open_splits(settings, where):
    """The data of a run: "train", "validation" and "test".

    Args:
        settings: `RunSettings`.
        where: dict; "data_dir" is where the data are, or None, and so is
            "cache_dir", if it is there.

    Returns:
        dict from str to `tfmixup.datasets.Examples`. With the paper's
        protocol the validation split is the test split.
    """
    opening = _open_imagenet if settings.dataset == IMAGENET else _open
    return {
        role.name: opening(role.split, settings, where, role.limit)
        for role in roles(settings)
    }


def _open(split, settings, where, limit):
    size = settings.image_size
    try:
        return datasets.open_examples(
            settings.dataset,
            split,
            where["data_dir"],
            image_size=size and (size, size),
            limit=limit,
        )
    except datasets.DatasetNotAvailable as error:
        if settings.dataset in IMAGE_DATASETS:
            raise
        raise ValueError(f"{error} Texts: --model=sentence_cnn.") from None


def _open_imagenet(split, settings, where, limit):
    """Images that stay encoded, each of them known to be whole."""
    size = settings.image_size or 224
    examples = datasets.open_imagenet(
        split,
        where["data_dir"],
        (size, size),
        limit=limit,
        label_base=settings.label_base,
        cache_dir=where.get("cache_dir"),
    )
    faulty = datasets.faulty_images(examples, where.get("cache_dir"))
    whole = datasets.without_faulty(examples, faulty, settings.skip_corrupt)
    if faulty:
        listed = "".join(f"\n  {what}" for what in faulty.values())
        print(
            f"{split}: left out {len(faulty)} of {len(examples)} images that "
            f"cannot be decoded:{listed}",
            flush=True,
        )
    return whole


def build_model(settings, train, where):
    """The model, not compiled: `[b, h, w, c]` -> logits."""
    del where  # Images start from nothing but their own statistics.
    mean, std = datasets.IMAGENET_STATISTICS
    if settings.dataset != IMAGENET:
        mean, std = datasets.channel_statistics(train)
    arguments = {"synchronized_batch_norm": settings.synchronized_batch_norm}
    if settings.width:
        arguments["width"] = settings.width
    if settings.dropout:
        arguments["dropout"] = settings.dropout
    if METHODS[settings.method].hidden:
        arguments["hidden_mixup"] = True
    return models.BUILDERS[settings.model](
        train.num_classes,
        train.image_shape,
        weight_decay=settings.weight_decay,
        mean=mean,
        std=std,
        **arguments,
    )


def coverage(train, where):
    """Images start from no word vectors."""
    del train, where


def optimizer(settings, train):
    """SGD with Nesterov momentum and the schedule that was asked for."""
    steps = datasets.steps_per_epoch(train, settings.batch_size)
    if settings.schedule == "goyal":
        schedule = LargeBatchSchedule(
            settings.batch_size,
            steps_per_epoch=steps,
            epochs=settings.epochs,
            base_learning_rate=settings.learning_rate,
        )
    else:
        schedule = StepSchedule(
            settings.learning_rate,
            steps_per_epoch=steps,
            epochs=settings.epochs,
            factor=settings.decay_factor,
        )
    return keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True)


def make_stage(settings, train):
    """What mixes the batches; without mixing, it casts and encodes.

    Args:
        settings: `RunSettings`.
        train: `tfmixup.datasets.Examples`.

    Returns:
        A stage of `tfmixup.mixing`.
    """
    stage = METHODS[settings.method].images
    return made_stage(stage() if stage else Mixup, settings, train.num_classes)


def training_stream(settings, train, first_step, shard=(0, 1), stage=None):
    """The batches of all steps from `first_step` on, mixed as asked.

    Args:
        settings: `RunSettings`.
        train: `tfmixup.datasets.Examples`.
        first_step: int >= 0.
        shard: (index, count): the index-th of count parts of each batch.
        stage: as of `make_stage`; None makes one.

    Returns:
        Endless `tf.data.Dataset` of (features, soft labels).
    """
    augment = fetch = None
    if settings.augment and settings.dataset == IMAGENET:
        fetch = datasets.RandomCrops(train).fetch
    elif settings.augment:
        augment = datasets.augmentation(settings.dataset, train.image_shape)
    stream = datasets.training_stream(
        train,
        settings.batch_size,
        settings.seed,
        augment=augment,
        first_step=first_step,
        shard=shard,
        fetch=fetch,
    )
    stage = stage or make_stage(settings, train)
    mixed = mixed_stream(stage, stream, first_step, shard)
    return mixed.prefetch(tf.data.AUTOTUNE)


def evaluation_batches(examples, shard=(0, 1)):
    """All examples of a split, once, in order, never mixed."""
    return datasets.evaluation_batches(examples, 256, shard)
