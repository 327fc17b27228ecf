"""What a model says of a data set, with the labels beside it."""

import numpy as np

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
        ValueError: if the dataset is empty.

    Example:

    >>> import keras
    >>> import tensorflow as tf
    >>> model = keras.Sequential([keras.layers.Identity()])
    >>> dataset = tf.data.Dataset.from_tensor_slices((tf.eye(3), [0, 1, 2]))
    >>> logits, labels = predict_with_labels(model, dataset.batch(2))
    >>> logits.shape, labels.tolist()
    ((3, 3), [0, 1, 2])
    """
    predictions, labels = [], []
    for batch_features, batch_labels in dataset:
        predictions.append(np.asarray(model.predict_on_batch(batch_features)))
        labels.append(np.asarray(batch_labels))
    if not predictions:
        raise ValueError(
            "The dataset has no batches: there is nothing to predict. "
            "Was its split empty, or smaller than one batch with "
            "drop_remainder=True?"
        )
    return np.concatenate(predictions), np.concatenate(labels)
