"""The formula of mixup: a convex combination of an example and its partner."""

import tensorflow as tf

__all__ = ["mix", "mix_pairs", "nearest"]


def mix(own, partner, coefficient):
    """coefficient * own + (1 - coefficient) * partner, example by example.

    A coefficient of exactly 1 returns `own` bit for bit, whatever the partner
    holds (a plain sum would turn -0.0 into 0.0 and spread a partner's NaN).
    Half-precision input is combined in float32 and rounded once.

    Args:
        own: float tensor `[b, ...]`.
        partner: tensor of the shape and dtype of `own`.
        coefficient: float tensor `[b]` or `[]` with values in [0, 1].

    Returns:
        Tensor of the shape and dtype of `own`.

    Example:

    >>> mix(tf.constant([[4.0], [8.0]]), tf.constant([[0.0], [0.0]]),
    ...     tf.constant([0.25, 1.0])).numpy().tolist()
    [[1.0], [8.0]]

    Reference: Thulasidasan et al., 2019, section 2,
        https://arxiv.org/abs/1905.11001
    """
    wide = tf.float64 if own.dtype == tf.float64 else tf.float32
    coefficient = _per_example(tf.cast(coefficient, wide), own)
    mixed = coefficient * tf.cast(own, wide) + (1 - coefficient) * tf.cast(
        partner, wide
    )
    return tf.where(coefficient == 1, own, tf.cast(mixed, own.dtype))


def mix_pairs(values, partners, coefficient):
    """Mixes each example of a batch with the one its partner index names.

    An example that is its own partner keeps every bit.

    Args:
        values: tensor `[b, ...]`, float, or uint8 (pixels), which is cast to
            float32.
        partners: int32 tensor `[b]`, indices into the batch.
        coefficient: float tensor `[b]` or `[]`.

    Returns:
        Float tensor of the shape of `values`.

    Example:

    >>> pixels = tf.constant([[0], [200]], tf.uint8)
    >>> mix_pairs(pixels, [1, 0], tf.constant(0.75)).numpy().tolist()
    [[50.0], [150.0]]
    """
    shape = tf.shape(values)
    static_shape = values.shape
    # Rows of a matrix: one gather and one pass for every rank; the partner is
    # gathered before the cast, while it is a quarter of the size.
    rows = tf.reshape(values, [shape[0], tf.reduce_prod(shape[1:])])
    partner_rows = tf.gather(rows, partners)
    if values.dtype == tf.uint8:
        rows = tf.cast(rows, tf.float32)
        partner_rows = tf.cast(partner_rows, tf.float32)
    alone = tf.cast(partners, tf.int32) == tf.range(shape[0])
    coefficient = tf.where(alone, 1.0, coefficient)
    mixed = tf.reshape(mix(rows, partner_rows, coefficient), shape)
    mixed.set_shape(static_shape)
    return mixed


def nearest(own, partner, coefficient):
    """Row by row, whichever of two the mixture is nearer to (a tie: `own`).

    Args:
        own: tensor `[b, ...]`.
        partner: tensor of the shape and dtype of `own`.
        coefficient: float tensor `[b]` or `[]`, the weight of `own`.

    Returns:
        Tensor of the shape and dtype of `own`.

    Example:

    >>> nearest(tf.constant([1, 2]), tf.constant([3, 4]),
    ...         tf.constant([0.5, 0.4])).numpy().tolist()
    [1, 4]

    Reference: Thulasidasan et al., 2019, section 5.
    """
    return tf.where(_per_example(coefficient, own) >= 0.5, own, partner)


def _per_example(coefficient, like):
    ones = tf.ones([tf.rank(like) - 1], tf.int32)
    return tf.reshape(coefficient, tf.concat([[-1], ones], 0))
