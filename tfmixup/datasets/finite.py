"""Stops a pipeline at the first NaN or infinity, and says where it is."""

import tensorflow as tf

__all__ = ["require_finite"]


def require_finite(dataset):
    """Checks every float tensor of a dataset; for `dataset.apply`.

    One NaN in the features makes the weights NaN a step later, and by then
    nothing says where it came from. uint8 images cannot hold one and cost
    nothing here.

    Args:
        dataset: `tf.data.Dataset` of batches, any structure of tensors.

    Returns:
        The same dataset; reading it raises `tf.errors.InvalidArgumentError`
        with the number of the batch and of the example in it, both from 0.

    Example:

    >>> features = [[1.0], [float("inf")], [3.0], [4.0]]
    >>> dataset = tf.data.Dataset.from_tensor_slices(features).batch(2)
    >>> try:
    ...     list(dataset.apply(require_finite))
    ... except tf.errors.InvalidArgumentError as error:
    ...     print("batch 0" in error.message, "example 1" in error.message)
    True True
    """
    return dataset.enumerate().map(
        tf.autograph.experimental.do_not_convert(_checked)
    )


def _checked(number, batch):
    checks = []
    for tensor in tf.nest.flatten(batch):
        if not tensor.dtype.is_floating:
            continue
        rows = tf.reshape(tensor, [tf.shape(tensor)[0], -1])
        finite = tf.reduce_all(tf.math.is_finite(rows), axis=1)
        first = tf.argmax(tf.cast(~finite, tf.int32))
        message = tf.strings.format(
            "A value is NaN or infinite in batch {}, example {}: {}",
            (number, first, rows[first]),
        )
        checks.append(tf.debugging.Assert(tf.reduce_all(finite), [message]))
    with tf.control_dependencies([c for c in checks if c is not None]):
        return tf.nest.map_structure(tf.identity, batch)
