"""Stateless random keys: every draw is a function of (seed, epoch, step).

A key is an int32 tensor `[2]`, the seed format of `tf.random.stateless_*`
and of TensorFlow Probability. A key is derived, never advanced: the n-th
batch of a run can be drawn without drawing the first n - 1, on any number of
threads, in another process, after a crash.
"""

import tensorflow as tf

__all__ = ["fold_in", "seed_key"]

_WORD = 1 << 32
_SEED_LIMIT = 1 << 63


def seed_key(seed):
    """The root key of an integer seed.

    Args:
        seed: Python int in [-2**63, 2**63).

    Returns:
        int32 tensor `[2]`: the high and the low word of the seed, so that
        different seeds always have different keys.

    Raises:
        TypeError: if `seed` is not an integer.
        ValueError: if `seed` does not fit 64 bits.

    Example:

    >>> seed_key(7).numpy().tolist()
    [0, 7]
    >>> seed_key(-1).numpy().tolist()
    [-1, -1]
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(
            "`seed` must be an integer. "
            f"Received: seed={seed!r} of type {type(seed).__name__}."
        )
    seed = int(seed)
    if not -_SEED_LIMIT <= seed < _SEED_LIMIT:
        raise ValueError(
            f"`seed` must fit a signed 64-bit integer. Received: seed={seed}."
        )
    high, low = (seed >> 32), seed & (_WORD - 1)
    return tf.constant([_signed(high), _signed(low)], tf.int32)


def fold_in(key, *numbers):
    """A new key from a key and one or more integers.

    `fold_in(key, epoch, step)` is how one seed gives unrelated draws at every
    epoch and step; `fold_in(key, purpose)` keeps two uses of one seed apart.

    Args:
        key: int32 tensor `[2]`.
        *numbers: ints or integer scalar tensors, taken modulo 2**32.

    Returns:
        int32 tensor `[2]`.

    Example:

    >>> key = seed_key(7)
    >>> same = fold_in(fold_in(key, 3), 5)
    >>> bool(tf.reduce_all(fold_in(key, 3, 5) == same))
    True
    """
    for number in numbers:
        if isinstance(number, int):
            number = _signed(number & (_WORD - 1))
        key = tf.random.experimental.stateless_fold_in(
            key, tf.cast(number, tf.int32)
        )
    return key


def _signed(word):
    return word - _WORD if word >= _WORD // 2 else word
