"""What a batch must look like before it can be mixed."""

import tensorflow as tf

__all__ = ["check_batch", "check_mixable", "check_weights", "soft_labels"]

_FLOATS = (tf.float16, tf.bfloat16, tf.float32, tf.float64)
# The rows of float16 one-hot labels that were smoothed sum to 1 within
# num_classes roundings of 2**-11; labels that are no distribution at all
# (counts, percentages, multi-label) miss 1 by far more.
_SUM_TOLERANCE = 0.01


def check_batch(features, labels):
    """Checks that features and labels are one batch.

    Args:
        features: any structure of tensors `[b, ...]`.
        labels: tensor `[b]` or `[b, num_classes]`.

    Returns:
        int32 scalar tensor, the number of examples b.

    Raises:
        ValueError: no batch dimension, or one that differs from the labels'.
    """
    leaves = tf.nest.flatten(features)
    if not leaves:
        raise ValueError("The features are an empty structure.")
    for leaf in leaves:
        if leaf.shape.rank is None or labels.shape.rank is None:
            raise ValueError(
                "The rank of features and labels must be known. Received: "
                f"features of shape {leaf.shape}, labels of shape "
                f"{labels.shape}. Set it with `tf.ensure_shape` in a `map`."
            )
        if leaf.shape.rank == 0 or labels.shape.rank == 0:
            raise ValueError(_unbatched(leaf, labels))
        if not leaf.shape[:1].is_compatible_with(labels.shape[:1]):
            raise ValueError(_unbatched(leaf, labels))
    size = tf.shape(labels)[0]
    matches = [tf.equal(tf.shape(leaf)[0], size) for leaf in leaves]
    matches.append(size > 0)
    message = (
        "Features and labels must have the same number of examples, at least "
        "1. Was the dataset batched (`dataset.batch(...)`) before mixing?"
    )
    shapes = [tf.shape(leaf) for leaf in leaves] + [tf.shape(labels)]
    check = tf.debugging.Assert(
        tf.reduce_all(matches), [message, "Received shapes:", *shapes]
    )
    return _after(check, size)


def check_mixable(features):
    """Raises a TypeError for token ids and others that cannot be mixed.

    Args:
        features: any structure of tensors.
    """
    for leaf in tf.nest.flatten(features):
        if leaf.dtype != tf.uint8 and leaf.dtype not in _FLOATS:
            raise TypeError(
                "Features must be float, or uint8 pixels. "
                f"Received: dtype={leaf.dtype.name}, shape={leaf.shape}. "
                "Token ids cannot be mixed: mix their embeddings, inside the "
                "model (`tfmixup.mixing.EmbeddingMixupPlan`). Pixels of "
                "another integer type: cast them to float32."
            )


def soft_labels(labels, num_classes):
    """Labels as rows of class probabilities.

    Args:
        labels: ints `[b]` or `[b, 1]` in [0, num_classes), or floats
            `[b, num_classes]` whose rows are one-hot or soft (non-negative,
            sum 1). With num_classes=1, for one sigmoid unit, ints or floats
            `[b]` or `[b, 1]` in [0, 1]: the probability of class 1 of two.
        num_classes: int; needed for integer labels only.

    Returns:
        Float tensor `[b, num_classes]`: float32 for integer labels, else of
        the labels' own dtype. With num_classes=1, of the shape of the labels.

    Raises:
        ValueError: another shape; integer labels without `num_classes`.
        TypeError: a dtype that is neither integer nor float.
        tf.errors.InvalidArgumentError: a label out of range, or rows that
            are no class probabilities (checked batch by batch).

    Example:

    >>> soft_labels(tf.constant([1, 0]), 2).numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    column = labels.shape.rank == 2 and labels.shape[1] == 1
    if num_classes == 1 and (labels.shape.rank == 1 or column):
        if labels.dtype in _FLOATS or labels.dtype.is_integer:
            return _unit_labels(labels)
    elif labels.dtype.is_integer and (labels.shape.rank == 1 or column):
        return _one_hot(labels[:, 0] if column else labels, num_classes)
    if labels.dtype in _FLOATS and labels.shape.rank == 2:
        return _checked_rows(labels, num_classes)
    kind = ValueError
    if not (labels.dtype.is_integer or labels.dtype in _FLOATS):
        kind = TypeError
    raise kind(
        "Labels must be class indices (integers of shape [batch]) or class "
        "probabilities (floats of shape [batch, num_classes]). "
        f"Received: dtype={labels.dtype.name}, shape={labels.shape}. "
        "Float class indices: cast them to int32. Integer one-hot rows: cast "
        "them to float32. Labels 0 and 1 of one sigmoid unit: num_classes=1. "
        "A dataset that is not batched yet: `dataset.batch(...)` it first."
    )


def _one_hot(labels, num_classes):
    if num_classes is None:
        raise ValueError(
            "Integer labels need `num_classes`. Received: labels of dtype "
            f"{labels.dtype.name} and shape {labels.shape}, num_classes=None. "
            "Pass num_classes, or one-hot float labels."
        )
    # A narrow integer cannot hold num_classes itself.
    labels = tf.cast(labels, tf.int64)
    # tf.one_hot gives a row of zeros for a label that is out of range, which
    # then adds nothing to the loss and is never noticed.
    check = tf.debugging.Assert(
        tf.reduce_all((labels >= 0) & (labels < num_classes)),
        [f"Labels must lie in [0, {num_classes}). Received:", labels],
        summarize=16,
    )
    return tf.one_hot(_after(check, labels), num_classes, dtype=tf.float32)


def _unit_labels(labels):
    if labels.dtype not in _FLOATS:
        labels = tf.cast(labels, tf.float32)
    # Written so that NaN fails.
    valid = tf.reduce_all((labels >= 0) & (labels <= 1))
    check = tf.debugging.Assert(
        valid,
        [
            "Labels of one sigmoid unit must lie in [0, 1]: 0 for class 0, 1 "
            "for class 1. Received:",
            labels,
        ],
        summarize=16,
    )
    return _after(check, labels)


def check_weights(weights, labels):
    """Sample weights as floats that can be mixed.

    Args:
        weights: tensor `[b]` or `[b, 1]`, integers or floats, finite, >= 0.
        labels: tensor `[b, ...]`, of the same examples.

    Returns:
        float32 or float64 tensor of the shape of `weights`.

    Raises:
        ValueError: another shape.
        TypeError: weights that are no numbers.
        tf.errors.InvalidArgumentError: a weight below 0 or not finite, or
            another number of weights than of labels (checked batch by batch).

    Example:

    >>> check_weights(tf.constant([1, 2]), tf.constant([0, 1])).numpy().tolist()
    [1.0, 2.0]
    """
    shape = weights.shape
    if shape.rank not in (1, 2) or (shape.rank == 2 and shape[1] != 1):
        raise ValueError(
            "Sample weights must have shape [batch] or [batch, 1]. "
            f"Received: weights of shape {shape}."
        )
    if not (weights.dtype.is_integer or weights.dtype in _FLOATS):
        raise TypeError(
            "Sample weights must be numbers. "
            f"Received: dtype={weights.dtype.name}."
        )
    if weights.dtype != tf.float64:
        weights = tf.cast(weights, tf.float32)
    # Written so that NaN fails.
    valid = tf.reduce_all((weights >= 0) & (weights < float("inf")))
    check = tf.debugging.Assert(
        valid & tf.equal(tf.shape(weights)[0], tf.shape(labels)[0]),
        [
            "Sample weights must be finite and at least 0, one for each "
            "example. Received:",
            weights,
        ],
        summarize=16,
    )
    return _after(check, weights)


def _checked_rows(labels, num_classes):
    if labels.shape[1] == 1 or (
        num_classes is not None
        and not labels.shape[1:].is_compatible_with([num_classes])
    ):
        raise ValueError(
            "Soft labels must have one column for each class, at least 2. "
            f"Received: labels of shape {labels.shape}, "
            f"num_classes={num_classes}."
        )
    sums = tf.reduce_sum(tf.cast(labels, tf.float32), axis=1)
    # Written so that NaN fails: every comparison with NaN is false.
    valid = tf.reduce_all(labels >= 0) & tf.reduce_all(
        tf.abs(sums - 1) <= _SUM_TOLERANCE
    )
    check = tf.debugging.Assert(
        valid,
        [
            "Each row of soft labels must be non-negative and sum to 1 "
            "(multi-label targets are not class probabilities). Received:",
            labels,
        ],
        summarize=16,
    )
    return _after(check, labels)


def _after(check, value):
    """`value`, once the check has passed; eagerly it has already (None)."""
    if check is None:
        return value
    with tf.control_dependencies([check]):
        return tf.identity(value)


def _unbatched(leaf, labels):
    return (
        "Features and labels must be batched and have the same number of "
        f"examples. Received: features of shape {leaf.shape}, labels of shape "
        f"{labels.shape}. Call `dataset.batch(...)` before mixing."
    )
