"""What a model says of a data set, with the labels beside it."""

import weakref

import numpy as np
import tensorflow as tf

from tfmixup.distribution import gather
from tfmixup.distribution import worker_of

__all__ = ["predict_with_labels"]


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
        dataset: `tf.data.Dataset` of batches (features, labels).

    Returns:
        (predictions, labels): NumPy arrays, float `[n, num_classes]` and
        `[n]` or `[n, num_classes]`.

    Raises:
        ValueError: if the dataset is empty, or the model does not give one
            prediction for each example.

    Example:

    >>> import keras
    >>> model = keras.Sequential([keras.layers.Identity()])
    >>> dataset = tf.data.Dataset.from_tensor_slices((tf.eye(3), [0, 1, 2]))
    >>> logits, labels = predict_with_labels(model, dataset.batch(2))
    >>> logits.shape, labels.tolist()
    ((3, 3), [0, 1, 2])
    """
    forward = _forward_of(model)
    predictions, labels = [], []
    for batch_features, batch_labels in dataset:
        predictions.append(np.asarray(forward(batch_features)))
        labels.append(np.asarray(batch_labels))
    several = worker_of(model.distribute_strategy).count > 1
    if several and not predictions:
        # Fewer batches than workers: this one has none to show.
        one_features, one_labels = tf.nest.map_structure(
            lambda spec: tf.zeros([1, *spec.shape[1:]], spec.dtype),
            dataset.element_spec,
        )
        predictions.append(np.asarray(forward(one_features))[:0])
        labels.append(np.asarray(one_labels)[:0])
    if not predictions:
        raise ValueError(
            "The dataset has no batches: there is nothing to predict. "
            "Was its split empty, or smaller than one batch with "
            "drop_remainder=True?"
        )
    predictions, labels = np.concatenate(predictions), np.concatenate(labels)
    if len(predictions) != len(labels):
        raise ValueError(
            "The model must give one prediction for each example. Received: "
            f"{len(predictions)} predictions for {len(labels)} labels."
        )
    if several:
        predictions = gather(model.distribute_strategy, predictions)
        labels = gather(model.distribute_strategy, labels)
    return predictions, labels


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
