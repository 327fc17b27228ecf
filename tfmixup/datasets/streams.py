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


def training_stream(
    examples,
    batch_size,
    seed,
    augment=None,
    first_step=0,
    shard=(0, 1),
    fetch=None,
):
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
            images, stateless; None for none. See `augment.augmentation`. With
            a shard it is called with `shard=(index, count)` as well.
        first_step: int >= 0, the global step of the first batch.
        shard: (index, count), for one of several workers: the index-th of
            count equal contiguous parts of each batch, bit for bit; nothing
            of the other parts is read.
        fetch: function (indices int64 `[b]`, key, shard) -> (images, labels)
            that reads and augments at once, such as
            `RandomCrops(examples, ...).fetch`; instead of `augment`.

    Returns:
        Infinite `tf.data.Dataset` of (uint8 `[b, h, w, c]`, int64 `[b]`) with
        b = batch_size / count; pass `steps_per_epoch` to `fit`.

    Raises:
        ValueError: see `steps_per_epoch`; a negative first step; a shard that
            there is not, or that a batch does not divide into; both `augment`
            and `fetch`.
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
    if augment is not None and fetch is not None:
        raise ValueError("`augment` does nothing where `fetch` is given.")
    part = _part_size(batch_size, shard)
    first = shard[0] * part
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
                batches[start:, first : first + part],
            )
        )

    def read(epoch, step, indices):
        indices = tf.ensure_shape(indices, [part])
        batch_key = fold_in(key, _AUGMENT, epoch, step)
        if fetch is not None:
            return fetch(indices, batch_key, shard)
        images, labels = examples.fetch(indices)
        if augment is not None:
            part_of = {} if shard[1] == 1 else {"shard": shard}
            images = augment(images, batch_key, **part_of)
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


def evaluation_batches(examples, batch_size, shard=(0, 1)):
    """Every example once, in order; the last batch may be smaller.

    Args:
        examples: `Examples`.
        batch_size: int >= 1.
        shard: (index, count): the index-th of count contiguous runs of
            whole batches, which together are all of them. Where there are
            fewer batches than shards, some shards have none.

    Returns:
        `tf.data.Dataset` of (uint8 `[b, h, w, c]`, int64 `[b]`).

    Raises:
        ValueError: a batch size below 1; a shard that there is not.

    Example:

    >>> from tfmixup.datasets import open_examples
    >>> digits = open_examples("digits", "test")
    >>> len(digits), len(evaluation_batches(digits, 100))
    (359, 4)
    """
    _check_batch_size(batch_size)
    _check_shard(shard)
    index, count = shard
    batches = -(-len(examples) // batch_size)
    start, stop = (
        min(len(examples), (batches * each // count) * batch_size)
        for each in (index, index + 1)
    )
    return (
        tf.data.Dataset.range(start, stop)
        .batch(batch_size)
        .map(
            examples.fetch,
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        .prefetch(tf.data.AUTOTUNE)
    )


def _part_size(batch_size, shard):
    _check_shard(shard)
    if batch_size % shard[1]:
        raise ValueError(
            "The batch must divide into equal parts for all workers. "
            f"Received: batch_size={batch_size} and {shard[1]} workers."
        )
    return batch_size // shard[1]


def _check_shard(shard):
    index, count = shard
    if not 0 <= index < count:
        raise ValueError(
            "`shard` must be (index, count) with 0 <= index < count. "
            f"Received: shard={tuple(shard)}."
        )


def _check_batch_size(batch_size):
    if batch_size < 1:
        raise ValueError(
            f"`batch_size` must be 1 or more. Received: {batch_size}."
        )
