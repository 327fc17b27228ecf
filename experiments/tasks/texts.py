"""Runs on sentences: their splits, models, optimizer and batches."""

import keras
import numpy as np
import tensorflow as tf

from experiments.methods import METHODS
from experiments.tasks.mixed import made_stage
from experiments.tasks.mixed import mixed_stream
from experiments.tasks.roles import roles
from tfmixup import datasets
from tfmixup import models
from tfmixup.datasets.glove import known_words
from tfmixup.datasets.splits import stratified_order
from tfmixup.datasets.vocabulary import PADDING

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
        where: dict; "data_dir" is where the data are, or None.

    Returns:
        dict from str to `tfmixup.datasets.TextExamples`. With the paper's
        protocol the validation split is the test split.
    """
    opened = datasets.open_texts(
        settings.dataset,
        where["data_dir"],
        fold=settings.fold,
        max_words=settings.max_words,
    )
    return {
        role.name: _limited(opened[role.split], role.limit)
        for role in roles(settings)
    }


def _limited(examples, limit):
    if limit is None or limit >= len(examples):
        return examples
    return examples.subset(sorted(stratified_order(examples.labels)[:limit]))


def build_model(settings, train, where):
    """The model, not compiled: ids `[b, length]` -> logits."""
    arguments = {}
    if where["glove"]:
        arguments["embeddings"] = datasets.glove_embeddings(
            where["glove"], train.vocabulary, settings.seed
        )
    if settings.width:
        arguments["filters"] = settings.width
    return models.sentence_cnn(
        train.num_classes,
        len(train.vocabulary),
        dropout=settings.dropout,
        weight_decay=settings.weight_decay,
        embedding_mixup=METHODS[settings.method].texts is not None,
        hidden_mixup=METHODS[settings.method].hidden,
        **arguments,
    )


def coverage(train, where):
    """How much of the training texts a file of word vectors has.

    Args:
        train: `tfmixup.datasets.TextExamples`.
        where: dict as of `run_settings.where`.

    Returns:
        {"words": int, "vocabulary": int, "of_texts": float}: how many words
        of the vocabulary, of how many, and which part of all words of the
        texts; None without a file.
    """
    if not where["glove"]:
        return None
    known = known_words(where["glove"], train.vocabulary)
    ids = np.concatenate(
        [
            train.fetch(rows)[0].numpy().ravel()
            for rows in np.array_split(
                np.arange(len(train)), 1 + len(train) // 1000
            )
        ]
    )
    return {
        "words": int(known.sum()),
        "vocabulary": len(train.vocabulary.words),
        "of_texts": float(known[ids[ids != PADDING]].mean()),
    }


def optimizer(settings, train):
    """Adadelta as of Kim."""
    del train  # Its rate does not change with the steps.
    return keras.optimizers.Adadelta(
        settings.learning_rate, rho=0.95, epsilon=1e-6
    )


def make_stage(settings, train):
    """What plans the mixing of the batches; None where nothing is mixed.

    Args:
        settings: `RunSettings`.
        train: `tfmixup.datasets.TextExamples`.

    Returns:
        A stage of `tfmixup.mixing`, or None.
    """
    stage = METHODS[settings.method].texts
    return stage and made_stage(stage(), settings, train.num_classes)


def training_stream(settings, train, first_step, shard=(0, 1), stage=None):
    """The batches of all steps from `first_step` on, with plans as asked."""
    stream = datasets.training_stream(
        train,
        settings.batch_size,
        settings.seed,
        first_step=first_step,
        shard=shard,
    )
    stage = stage or make_stage(settings, train)
    if stage:
        stream = mixed_stream(stage, stream, first_step, shard)
    else:
        stream = stream.map(
            lambda ids, labels: (ids, tf.one_hot(labels, train.num_classes))
        )
    return stream.prefetch(tf.data.AUTOTUNE)


def evaluation_batches(examples, shard=(0, 1)):
    """All examples of a split, once, in order, never mixed."""
    return datasets.evaluation_batches(examples, 256, shard)
