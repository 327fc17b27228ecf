"""Tests of tfmixup.predictions."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.predictions import predict_with_labels


def identity():
    return keras.Sequential([keras.Input([10]), keras.layers.Identity()])


def test_a_shuffling_dataset_keeps_each_label_with_its_prediction():
    labels = np.arange(50) % 10
    dataset = tf.data.Dataset.from_tensor_slices((np.eye(10)[labels], labels))
    dataset = dataset.shuffle(50, reshuffle_each_iteration=True).batch(8)
    predictions, found = predict_with_labels(identity(), dataset)
    assert predictions.shape == (50, 10)
    np.testing.assert_array_equal(predictions.argmax(1), found)
    assert sorted(found) == sorted(labels)


def test_the_model_runs_in_inference_mode():
    model = keras.Sequential([keras.Input([4]), keras.layers.Dropout(0.9)])
    dataset = tf.data.Dataset.from_tensors((tf.ones([2, 4]), tf.zeros([2])))
    predictions, _ = predict_with_labels(model, dataset)
    np.testing.assert_array_equal(predictions, np.ones([2, 4]))


def test_an_empty_dataset_is_refused():
    dataset = tf.data.Dataset.from_tensors((tf.ones([1, 10]), [1])).take(0)
    with pytest.raises(ValueError, match="no batches"):
        predict_with_labels(identity(), dataset)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [8, 10])
def test_keras_warns_of_nothing(size):
    dataset = tf.data.Dataset.from_tensor_slices(
        (np.eye(10)[:size], [0] * size)
    )
    predictions, _ = predict_with_labels(identity(), dataset.batch(4))
    assert len(predictions) == size


def test_weights_that_were_trained_since_are_used():
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    dataset = tf.data.Dataset.from_tensors((tf.ones([3, 2]), tf.zeros([3])))
    predict_with_labels(model, dataset)
    model.set_weights([np.full([2, 1], 2.0), np.ones([1])])
    predictions, _ = predict_with_labels(model, dataset)
    np.testing.assert_array_equal(predictions, np.full([3, 1], 5.0))


def test_a_model_is_forgotten_when_nobody_else_has_it():
    import gc
    import weakref

    model = identity()
    dataset = tf.data.Dataset.from_tensors((tf.ones([1, 10]), [1]))
    predict_with_labels(model, dataset)
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None


def test_predictions_that_do_not_match_the_labels_are_refused():
    model = keras.Sequential([keras.Input([4]), keras.layers.Reshape([2, 2])])
    dataset = tf.data.Dataset.from_tensors((tf.ones([2, 4]), tf.zeros([3])))
    with pytest.raises(ValueError, match="2 predictions for 3 labels"):
        predict_with_labels(model, dataset)
