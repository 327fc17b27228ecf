"""What a model says of a data set, with the labels beside it."""

import weakref

import numpy as np
import tensorflow as tf

__all__ = ["predict_with_labels"]


def predict_with_labels(model, dataset):
    """Runs a model over a dataset, keeping each prediction with its label.

    `Model.predict` gives no labels back, and a second pass over a dataset that
    shuffles pairs predictions with the labels of other examples. This is one
    pass.

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
