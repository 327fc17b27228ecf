"""Batches for training and evaluation, each a function of seed and step."""

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.keys import seed_key

__all__ = ["evaluation_batches", "steps_per_epoch", "training_stream"]

# Folded into the key so that neither shuffle nor augmentation shares its
# draws with another use of the same seed.
_SHUFFLE = 0x5348
_AUGMENT = 0x4155


def steps_per_epoch(examples, batch_size):
    """Training steps in one pass: full batches only.

    Args:
        examples: `Examples`.
        batch_size: int >= 1.

    Returns:
        int, n // batch_size.

    Raises:
        ValueError: a batch size below 1, or larger than the set.

    Example:

    >>> steps_per_epoch(range(10), batch_size=4)
    2
    """
    _check_batch_size(batch_size)
    if len(examples) < batch_size:
        raise ValueError(
            "A training batch needs at least `batch_size` examples. "
            f"Received: batch_size={batch_size} and {len(examples)} examples. "
            "Choose a smaller batch, or a larger limit or split."
        )
    return len(examples) // batch_size


def training_stream(examples, batch_size, seed, augment=None, first_step=0):
    """Endless shuffled training batches, resumable at any step.

    The batch of global step g is a function of (seed, g) alone: epoch
    g // steps_per_epoch visits the examples in its own random order. So a
    stream that starts at `first_step` gives the batches that one from 0 would
    have given from there on, without making the earlier ones, on any number
    of threads. The n % batch_size examples that do not fill a batch at the end
    of an epoch are left out of that epoch, other ones in each.

    Args:
        examples: `Examples`.
        batch_size: int >= 1, at most the number of examples.
        seed: int.
        augment: function (images uint8 `[b, h, w, c]`, key int32 `[2]`) ->
            images, stateless; None for none. See `augment.augmentation`.
        first_step: int >= 0, the global step of the first batch.

    Returns:
        Infinite `tf.data.Dataset` of (uint8 `[batch_size, h, w, c]`, int64
        `[batch_size]`); pass `steps_per_epoch` to `fit`.

    Raises:
        ValueError: see `steps_per_epoch`; a negative first step.
        TypeError: a seed that is no integer.

    Example:

    >>> from tfmixup.datasets import open_examples
    >>> digits = open_examples("digits", "train")
    >>> stream = training_stream(digits, 32, seed=7)
    >>> later = training_stream(digits, 32, seed=7, first_step=2)
    >>> images, labels = next(iter(later))
    >>> bool(tf.reduce_all(images == next(iter(stream.skip(2)))[0]))
    True
    """
    per_epoch = steps_per_epoch(examples, batch_size)
    if first_step < 0:
        raise ValueError(
            f"`first_step` must be 0 or more. Received: {first_step}."
        )
    key = seed_key(seed)
    first_epoch, offset = divmod(int(first_step), per_epoch)
    used = per_epoch * batch_size

    def batches_of_epoch(epoch):
        order = tf.random.experimental.stateless_shuffle(
            tf.range(len(examples), dtype=tf.int64),
            fold_in(key, _SHUFFLE, epoch),
        )
        batches = tf.reshape(order[:used], [per_epoch, batch_size])
        steps = tf.range(per_epoch, dtype=tf.int64)
        start = tf.where(epoch == first_epoch, offset, 0)
        return tf.data.Dataset.from_tensor_slices(
            (
                tf.fill([per_epoch - start], epoch),
                steps[start:],
                batches[start:],
            )
        )

    def read(epoch, step, indices):
        images, labels = examples.fetch(indices)
        if augment is not None:
            images = augment(images, fold_in(key, _AUGMENT, epoch, step))
        return images, labels

    epochs = tf.data.Dataset.counter(first_epoch, dtype=tf.int64)
    infinite = tf.data.experimental.assert_cardinality(
        tf.data.INFINITE_CARDINALITY
    )
    return (
        epochs.flat_map(batches_of_epoch)
        .map(read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        .apply(infinite)
        .prefetch(tf.data.AUTOTUNE)
    )


def evaluation_batches(examples, batch_size):
    """Every example once, in order; the last batch may be smaller.

    Args:
        examples: `Examples`.
        batch_size: int >= 1.

    Returns:
        `tf.data.Dataset` of (uint8 `[b, h, w, c]`, int64 `[b]`).

    Raises:
        ValueError: a batch size below 1.

    Example:

    >>> from tfmixup.datasets import open_examples
    >>> digits = open_examples("digits", "test")
    >>> len(digits), len(evaluation_batches(digits, 100))
    (359, 4)
    """
    _check_batch_size(batch_size)
    return (
        tf.data.Dataset.range(len(examples))
        .batch(batch_size)
        .map(
            examples.fetch,
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        .prefetch(tf.data.AUTOTUNE)
    )


def _check_batch_size(batch_size):
    if batch_size < 1:
        raise ValueError(
            f"`batch_size` must be 1 or more. Received: {batch_size}."
        )
