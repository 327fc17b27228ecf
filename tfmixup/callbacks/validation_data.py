"""Held-out data as people have them, checked before a training begins."""

import keras
import numpy as np
import tensorflow as tf

from tfmixup.metrics.frames import without_frames
from tfmixup.predictions import is_endless

__all__ = ["labelled_batches"]

_BATCH_SIZE = 256
_FORMS = (
    "`validation_data` must be labelled examples: (features, labels) or "
    "(features, labels, weights) of arrays, a tf.data.Dataset of batches of "
    "these, or a keras.utils.PyDataset."
)
_ENDLESS = (
    "`validation_data` must have an end: it is measured whole after each epoch."
)
_SHAPES = {
    "labels": "[n], [n, 1] or [n, num_classes]",
    "weights": "[n] or [n, 1]",
}


def labelled_batches(data):
    """The data as batches that can be read again and again.

    Args:
        data: a tuple or list (features, labels) or (features, labels,
            weights) of NumPy arrays, tensors or pandas tables, where features
            may be a dict, list or tuple of arrays; a `tf.data.Dataset` of
            batches of these; or a `keras.utils.PyDataset`.

    Returns:
        `tf.data.Dataset`, or an iterable, of tuples (features, labels) or
        (features, labels, weights).

    Raises:
        TypeError: for anything else.
        ValueError: if there are no labels or no examples, if shapes do not
            belong together, or if the data have no end.

    Example:

    >>> [(x, y)] = labelled_batches((np.ones([3, 2]), np.arange(3)))
    >>> x.shape, y.shape
    (TensorShape([3, 2]), TensorShape([3]))
    """
    if isinstance(data, tf.data.Dataset):
        if is_endless(data):
            raise ValueError(
                f"{_ENDLESS} Received: a dataset that repeats for ever. Leave "
                "out its `repeat()`, or end it with `take(batches)`."
            )
        _check_parts(data.element_spec)
        _check_specs(data.element_spec, " Batch the dataset: `.batch(256)`.")
        return data
    if isinstance(data, keras.utils.PyDataset):
        return _PyBatches(data)
    if not isinstance(data, (tuple, list)):
        raise TypeError(f"{_FORMS} Received: {type(data).__name__}.")
    arrays = _arrays(data)
    if not len(arrays[1]):
        raise ValueError(
            "`validation_data` must hold an example. Received: none."
        )
    return tf.data.Dataset.from_tensor_slices(arrays).batch(_BATCH_SIZE)


class _PyBatches:
    """A `PyDataset`, from its first batch to its last."""

    def __init__(self, data):
        self._data = data
        if data.num_batches is None:
            raise ValueError(
                f"{_ENDLESS} Received: {type(data).__name__} whose "
                "`num_batches` is None. Give it a `__len__`."
            )
        if data.num_batches < 1:
            raise ValueError(
                "`validation_data` must hold an example. Received: "
                f"{type(data).__name__} of {data.num_batches} batches."
            )
        _arrays(data[0])

    def __iter__(self):
        for number in range(self._data.num_batches):
            yield _arrays(self._data[number])


def _arrays(parts):
    """(features, labels) or (features, labels, weights), checked arrays."""
    _check_parts(parts)
    features = _inputs(parts[0])
    leaves = tf.nest.flatten(features)
    named = {"labels": parts[1]}
    if len(parts) == 3 and parts[2] is not None:
        named["weights"] = parts[2]
    others = len(named)
    for number, leaf in enumerate(leaves):
        named["features" if len(leaves) == 1 else f"input {number}"] = leaf
    # Tables whose rows do not belong together are refused here.
    arrays = [
        _as_array(name, value)
        for name, value in zip(named, without_frames(**named), strict=True)
    ]
    features = tf.nest.pack_sequence_as(features, arrays[others:])
    if "weights" in named and not np.asarray(arrays[1]).any():
        raise ValueError(
            "`validation_data` must hold an example of weight above 0. "
            "Received: weights that are all 0."
        )
    checked = (features, *arrays[:others])
    _check_specs(tf.nest.map_structure(_spec_of, checked))
    return checked


def _check_parts(parts):
    """Features and labels, with weights or without; not features alone."""
    if not isinstance(parts, (tuple, list)) or len(parts) not in (2, 3):
        received = type(parts).__name__
        if isinstance(parts, (tuple, list)):
            received += f" of {len(parts)}"
        raise ValueError(f"{_FORMS} Received: {received}.")
    if parts[1] is None or isinstance(parts[1], tf.NoneTensorSpec):
        raise ValueError(f"{_FORMS} Received: labels that are None.")


def _check_specs(parts, remedy=""):
    """Shapes and dtypes, as far as they are known before the first batch.

    Args:
        parts: (features, labels) or (features, labels, weights) of
            `tf.TypeSpec`; features may be a nest.
        remedy: str, for a shape that is wrong.
    """
    features, labels, *weights = parts
    weights = [w for w in weights if not isinstance(w, tf.NoneTensorSpec)]
    for name, spec in [("labels", labels), *(("weights", w) for w in weights)]:
        if not isinstance(spec, tf.TensorSpec):
            raise ValueError(
                f"The {name} of `validation_data` must be one array. Received: "
                f"{spec}. Map the dataset to the {name} that are meant."
            )
        dtype = spec.dtype
        if not (dtype.is_floating or dtype.is_integer or dtype.is_bool):
            raise ValueError(
                f"The {name} of `validation_data` must be numbers. "
                f"Received: {name} of dtype {dtype.name}. Map names of classes "
                "with tfmixup.metrics.class_indices(labels, classes)."
            )
    named = [("labels", labels)]
    named += [("weights", spec) for spec in weights]
    named += [("features", spec) for spec in tf.nest.flatten(features)]
    shapes = [(name, getattr(s, "shape", None)) for name, s in named]
    # What is unknown, or has no shape of this kind, is found with the model.
    shapes = [
        (name, s) for name, s in shapes if s is not None and s.rank is not None
    ]
    for name, shape in shapes:
        if shape.rank == 0 or (name in _SHAPES and shape.rank > 2):
            raise ValueError(
                f"The {name} of `validation_data` must have shape "
                f"{_SHAPES.get(name, '[n, ...]')}. "
                f"Received: {name} of shape {tuple(shape)}.{remedy}"
            )
    if len({shape[0] for _, shape in shapes} - {None}) > 1:
        raise ValueError(
            "`validation_data` must have one label, and one weight, for each "
            "example. Received: "
            + ", ".join(f"{name} of shape {tuple(s)}" for name, s in shapes)
            + f".{remedy}"
        )


def _inputs(features):
    """A dict or several inputs as they are; lists of numbers as an array."""
    if isinstance(features, dict):
        return {key: _inputs(value) for key, value in features.items()}
    several = isinstance(features, (list, tuple)) and all(
        hasattr(each, "shape") or isinstance(each, dict) for each in features
    )
    if several and features:
        return tuple(_inputs(each) for each in features)
    if hasattr(features, "shape"):
        return features
    return _as_array("features", features)


def _as_array(name, values):
    """What TensorFlow can slice: an array, or a tensor of any kind."""
    if tf.is_tensor(values):
        return values
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(
            f"The {name} of `validation_data` must be one array. Received: a "
            f"{type(values).__name__} of parts whose shapes differ. Of several "
            "batches make a `tf.data.Dataset`."
        ) from None
    if array.dtype != object or not array.size:
        return array
    try:
        if isinstance(array.flat[0], (str, bytes)):
            return tf.convert_to_tensor(array)
        # A table of columns of several kinds, such as bool beside int.
        return array.astype("float64")
    except (TypeError, ValueError):
        raise ValueError(
            f"The {name} of `validation_data` must be numbers, or strings, in "
            "rows of one length. "
            f"Received: {array.flat[0]!r} as the first of them."
        ) from None


def _spec_of(value):
    if tf.is_tensor(value):
        return tf.type_spec_from_value(value)
    return tf.TensorSpec(value.shape, value.dtype)
