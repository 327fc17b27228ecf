"""What a mixing stage takes: dense batches of features, labels, weights."""

import tensorflow as tf

__all__ = [
    "check_count",
    "check_elements",
    "check_num_classes",
    "check_structure",
]


def check_count(name, value):
    """An argument that counts as an int, or an error that says what it may be.

    Args:
        name: str, of the argument.
        value: int >= 1.

    Example:

    >>> check_count("num_groups", 2)
    2
    """
    if (
        isinstance(value, bool)
        or not hasattr(value, "__index__")
        or int(value) < 1
    ):
        raise ValueError(
            f"`{name}` must be an integer, at least 1. "
            f"Received: {name}={value!r}."
        )
    return int(value)


def check_num_classes(num_classes):
    """`num_classes` as an int or None, or an error that says what it may be.

    Example:

    >>> check_num_classes(3)
    3
    """
    if num_classes is None:
        return None
    if (
        isinstance(num_classes, bool)
        or not hasattr(num_classes, "__index__")
        or int(num_classes) < 1
    ):
        raise ValueError(
            "`num_classes` must be an integer, at least 2, or 1 for the labels "
            "0 and 1 of one sigmoid unit. "
            f"Received: num_classes={num_classes!r}."
        )
    return int(num_classes)


def check_elements(spec):
    """Refuses a dataset whose elements a stage cannot mix.

    Args:
        spec: the element spec of a dataset.

    Raises:
        ValueError: if it is not (features, labels) or (features, labels,
            weights).
        TypeError: as `check_structure` does.

    Example:

    >>> data = tf.data.Dataset.from_tensors((tf.zeros([4, 2]), tf.zeros([4])))
    >>> check_elements(data.element_spec)
    """
    if not isinstance(spec, tuple) or len(spec) not in (2, 3):
        raise ValueError(
            "The dataset must give (features, labels), or (features, labels, "
            f"weights). Received elements: {spec}."
        )
    check_structure(spec)


def check_structure(batch):
    """Refuses what is no dense tensor, and labels that are several.

    Args:
        batch: (features, labels) or (features, labels, weights) of tensors,
            arrays, or their specs.

    Raises:
        TypeError: naming what was received and the way out.

    Example:

    >>> check_structure((tf.zeros([4, 2]), tf.zeros([4])))
    """
    for name, values in zip(("Labels", "Weights"), batch[1:], strict=False):
        if tf.nest.is_nested(values):
            raise TypeError(
                f"{name} must be one tensor or array. Received: a "
                f"{type(values).__name__}. With several outputs, mix the "
                "labels of each in a `Stage` of your own; make an array of a "
                "list."
            )
    for leaf in tf.nest.flatten(batch):
        kind = getattr(leaf, "value_type", type(leaf))
        ragged = isinstance(leaf, (tf.RaggedTensor, tf.SparseTensor))
        if ragged or kind in (tf.RaggedTensor, tf.SparseTensor):
            raise TypeError(
                "Features and labels must be dense tensors. "
                f"Received: {leaf}. Pad ragged batches with `to_tensor()`, and "
                "make sparse ones dense with `tf.sparse.to_dense`."
            )
        if isinstance(leaf, (int, float, str, bytes)) or leaf is None:
            raise TypeError(
                "Features and labels must be tensors or arrays. Received: "
                f"{leaf!r} of type {type(leaf).__name__}. Make arrays of lists "
                "with `np.asarray`."
            )
