"""What a model says of a data set, with the labels beside it."""

import warnings
import weakref
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfmixup.distribution import gather
from tfmixup.distribution import worker_of

__all__ = ["predict_with_labels"]


def __dir__():
    return __all__


# After so many batches of a data set of unknown length somebody should know
# that the end has not come yet.
_MANY_BATCHES = 10_000


class Predicted(NamedTuple):
    """Predictions with the labels and the weights of their examples.

    In this order they are the arguments of a calibrator's `fit`.

    Attributes:
        predictions: float NumPy array `[n, num_classes]`, or `[n]` or
            `[n, 1]` of a model with one output unit.
        labels: NumPy array `[n]`, `[n, 1]` or `[n, num_classes]`.
        sample_weight: float NumPy array `[n]` or `[n, 1]`; None if the data
            set has no weights.
    """

    predictions: np.ndarray
    labels: np.ndarray
    sample_weight: np.ndarray | None


def predict_with_labels(model, dataset):
    """Runs a model over a dataset, keeping each prediction with its label.

    `Model.predict` gives no labels back, and a second pass over a dataset that
    shuffles pairs predictions with the labels of other examples. This is one
    pass.

    Under a strategy with several workers each of them calls it with its own
    part of the batches (`evaluation_batches(..., shard=...)`), and all get the
    predictions for all parts, in the order of the workers.

    Args:
        model: `keras.Model`. It runs in inference mode.
        dataset: `tf.data.Dataset`, or another iterable, of batches (features,
            labels) or (features, labels, weights).

    Returns:
        `Predicted`: predictions, labels, sample_weight.

    Raises:
        ValueError: if the dataset is empty or endless, or the model does not
            give one array with one prediction for each example.

    Example:

    >>> import keras
    >>> model = keras.Sequential([keras.layers.Identity()])
    >>> dataset = tf.data.Dataset.from_tensor_slices((tf.eye(3), [0, 1, 2]))
    >>> found = predict_with_labels(model, dataset.batch(2))
    >>> found.predictions.shape, found.labels.tolist()
    ((3, 3), [0, 1, 2])
    """
    if is_endless(dataset):
        raise ValueError(
            "The dataset must have an end. Received: one that repeats for "
            "ever. Leave out its `repeat()`, or end it with `take(batches)`."
        )
    strategy = model.distribute_strategy
    if worker_of(strategy).count == 1:
        return predict_batches(model, dataset)
    batches = _predicted(model, dataset)
    if not batches:
        # Fewer batches than workers: this one has none to show.
        one = tf.nest.map_structure(
            lambda spec: tf.zeros([1, *spec.shape[1:]], spec.dtype),
            dataset.element_spec,
        )
        [one] = _predicted(model, [one])
        batches = [Predicted(*[None if p is None else p[:0] for p in one])]
    here = _joined(batches)
    return Predicted(
        *[None if part is None else gather(strategy, part) for part in here]
    )


def predict_batches(model, batches):
    """`predict_with_labels` of this worker's batches alone.

    Args:
        model: `keras.Model`. It runs in inference mode.
        batches: iterable of (features, labels) or (features, labels,
            weights).

    Returns:
        `Predicted`.

    Raises:
        ValueError: if there are no batches, or the model does not give one
            array with one prediction for each example.

    Example:

    >>> import keras
    >>> model = keras.Sequential([keras.layers.Identity()])
    >>> predict_batches(model, [(tf.eye(2), [0, 1])]).labels.tolist()
    [0, 1]
    """
    found = _predicted(model, batches)
    if not found:
        raise ValueError(
            "The dataset has no batches: there is nothing to predict. "
            "Was its split empty, or smaller than one batch with "
            "drop_remainder=True?"
        )
    return _joined(found)


def is_endless(dataset):
    """Whether it can be seen that a dataset repeats for ever.

    A `filter` or `unbatch` behind a `repeat` makes its length unknown to
    TensorFlow, and endless all the same.

    Args:
        dataset: `tf.data.Dataset`, or any other object.

    Returns:
        Python bool: False also where nothing can be said.

    Example:

    >>> is_endless(tf.data.Dataset.range(3).repeat().filter(lambda x: x > 0))
    True
    """
    while isinstance(dataset, tf.data.Dataset):
        cardinality = int(dataset.cardinality())
        if cardinality != tf.data.UNKNOWN_CARDINALITY:
            return cardinality == tf.data.INFINITE_CARDINALITY
        if type(dataset).__name__.startswith("_Take"):
            return False  # `take` and `take_while` end what they read from.
        inputs = getattr(dataset, "_inputs", list)()
        if len(inputs) != 1:
            return False
        [dataset] = inputs
    return False


def _joined(batches):
    """The `Predicted` of all batches."""
    return Predicted(
        *[
            None if part[0] is None else np.concatenate(part)
            for part in zip(*batches, strict=True)
        ]
    )


def _predicted(model, dataset):
    """`Predicted` of each batch, as a list."""
    forward = _forward_of(model)
    found = []
    for features, labels, *others in dataset:
        [weights] = others or [None]
        features = tf.nest.map_structure(_as_tensor, features)
        predictions = forward(features)
        if not tf.is_tensor(predictions):
            raise ValueError(
                "The model must give one array of predictions. "
                f"Received: {type(predictions).__name__} of "
                f"{len(predictions)}. Make a model of the one output that is "
                "meant: keras.Model(model.inputs, one_output)."
            )
        batch = Predicted(
            np.asarray(predictions),
            np.asarray(labels),
            None if weights is None else np.asarray(weights),
        )
        sizes = [len(part) if part.ndim else 1 for part in batch[:2]]
        if sizes[0] != sizes[1]:
            raise ValueError(
                "The model must give one prediction for each example. "
                f"Received: {sizes[0]} predictions for {sizes[1]} labels."
            )
        found.append(batch)
        if len(found) == _MANY_BATCHES and _length_is_unknown(dataset):
            warnings.warn(
                f"{_MANY_BATCHES:,} batches are predicted and the dataset, "
                "whose length is unknown, has not ended. If it has no end, "
                "stop and give it one: `take(batches)`.",
                RuntimeWarning,
                stacklevel=3,
            )
    return found


def _length_is_unknown(dataset):
    return (
        isinstance(dataset, tf.data.Dataset)
        and int(dataset.cardinality()) == tf.data.UNKNOWN_CARDINALITY
    )


def _as_tensor(value):
    """A number or array as a tensor; composite tensors stay what they are."""
    return value if tf.is_tensor(value) else tf.convert_to_tensor(value)


# Traced once for each model, and forgotten with it.
_FORWARD = weakref.WeakKeyDictionary()


def _forward_of(model):
    """The model in inference mode, as one graph.

    Keras' own `predict_on_batch` predicts a batch once for each replica of a
    strategy, and `predict` gives no labels back; fed by a Python generator
    that remembers them, it can hang when the process ends.
    """
    if model not in _FORWARD:
        reference = weakref.ref(model)

        @tf.function(reduce_retracing=True)
        def forward(features):
            return reference()(features, training=False)

        _FORWARD[model] = forward
    return _FORWARD[model]
