"""What a model says of a data set, with the labels beside it."""

import itertools

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
    batches = iter(dataset)
    first = next(batches, None)
    if first is None:
        raise ValueError(
            "The dataset has no batches: there is nothing to predict. "
            "Was its split empty, or smaller than one batch with "
            "drop_remainder=True?"
        )
    labels = []

    def features():
        for batch_features, batch_labels in itertools.chain([first], batches):
            labels.append(np.asarray(batch_labels))
            yield batch_features

    stream = tf.data.Dataset.from_generator(
        features, output_signature=dataset.element_spec[0]
    )
    # Without it, Keras warns that the data ran out.
    stream = stream.apply(
        tf.data.experimental.assert_cardinality(dataset.cardinality())
    )
    # Every worker of a cluster predicts all of it: a shard of its own would
    # leave each with other labels than predictions.
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    predictions = model.predict(stream.with_options(options), verbose=0)
    labels = np.concatenate(labels)
    if len(predictions) != len(labels):
        raise ValueError(
            "The model must give one prediction for each example. Received: "
            f"{len(predictions)} predictions for {len(labels)} labels."
        )
    return predictions, labels
