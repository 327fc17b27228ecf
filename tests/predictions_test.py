"""Tests of tfmixup.predictions."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup import predictions as predictions_lib
from tfmixup.predictions import is_endless
from tfmixup.predictions import predict_with_labels


def identity():
    return keras.Sequential([keras.Input([10]), keras.layers.Identity()])


def test_a_shuffling_dataset_keeps_each_label_with_its_prediction():
    labels = np.arange(50) % 10
    dataset = tf.data.Dataset.from_tensor_slices((np.eye(10)[labels], labels))
    dataset = dataset.shuffle(50, reshuffle_each_iteration=True).batch(8)
    predictions, found, weights = predict_with_labels(identity(), dataset)
    assert weights is None
    assert predictions.shape == (50, 10)
    np.testing.assert_array_equal(predictions.argmax(1), found)
    assert sorted(found) == sorted(labels)


def test_the_model_runs_in_inference_mode():
    model = keras.Sequential([keras.Input([4]), keras.layers.Dropout(0.9)])
    dataset = tf.data.Dataset.from_tensors((tf.ones([2, 4]), tf.zeros([2])))
    predictions, *_ = predict_with_labels(model, dataset)
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
    predictions, *_ = predict_with_labels(identity(), dataset.batch(4))
    assert len(predictions) == size


def test_weights_that_were_trained_since_are_used():
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    dataset = tf.data.Dataset.from_tensors((tf.ones([3, 2]), tf.zeros([3])))
    predict_with_labels(model, dataset)
    model.set_weights([np.full([2, 1], 2.0), np.ones([1])])
    predictions, *_ = predict_with_labels(model, dataset)
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


def test_weights_come_along_in_the_same_order():
    labels = np.arange(50) % 10
    dataset = tf.data.Dataset.from_tensor_slices(
        (np.eye(10)[labels], labels, labels / 2)
    )
    found = predict_with_labels(identity(), dataset.shuffle(50).batch(8))
    np.testing.assert_array_equal(found.sample_weight, found.labels / 2)
    np.testing.assert_array_equal(found.predictions.argmax(1), found.labels)


def test_any_iterable_of_batches_is_read():
    batches = [(np.eye(10)[:4], [0, 1, 2, 3]), (np.eye(10)[:1], [0])]
    found = predict_with_labels(identity(), batches)
    assert found.labels.tolist() == [0, 1, 2, 3, 0]


def test_a_model_of_several_outputs_is_refused():
    inputs = keras.Input([4])
    model = keras.Model(inputs, [inputs + 1, inputs + 2])
    dataset = tf.data.Dataset.from_tensors((tf.ones([2, 4]), tf.zeros([2])))
    with pytest.raises(ValueError, match="one array of predictions.*of 2"):
        predict_with_labels(model, dataset)


RANGE = tf.data.Dataset.range(3)
ENDLESS = RANGE.repeat()


@pytest.mark.parametrize(
    "dataset",
    [
        ENDLESS,
        ENDLESS.filter(lambda x: x > 0),
        ENDLESS.interleave(tf.data.Dataset.from_tensors),
        ENDLESS.filter(lambda x: x > 0).batch(2).prefetch(1),
        ENDLESS.filter(lambda x: x > 0).skip(2).shard(2, 0),
        ENDLESS.ignore_errors(),
    ],
)
def test_an_end_that_never_comes_is_seen(dataset):
    assert is_endless(dataset)


def test_an_endless_dataset_is_not_begun():
    dataset = tf.data.Dataset.from_tensors((tf.ones([1, 10]), [1])).repeat()
    with pytest.raises(ValueError, match="must have an end"):
        predict_with_labels(identity(), dataset)


@pytest.mark.parametrize(
    "dataset",
    [
        RANGE,
        RANGE.filter(lambda x: x > 0),
        ENDLESS.filter(lambda x: x > 0).take(3),
        ENDLESS.take_while(lambda x: x < 1),
        ENDLESS.take(3),
        ENDLESS.apply(tf.data.experimental.assert_cardinality(4)),
        tf.data.Dataset.from_generator(
            lambda: iter([1]), output_signature=tf.TensorSpec([], tf.int32)
        ),
        [1, 2],
    ],
)
def test_an_end_that_may_come_is_waited_for(dataset):
    assert not is_endless(dataset)


def test_a_dataset_that_goes_on_and_on_is_told(monkeypatch):
    monkeypatch.setattr(predictions_lib, "_MANY_BATCHES", 3)
    batches = tf.data.Dataset.from_tensors((tf.ones([1, 10]), [1])).repeat(5)
    predict_with_labels(identity(), batches)
    unknown = batches.filter(lambda x, y: True)
    with pytest.warns(RuntimeWarning, match="3 batches.*`take"):
        predict_with_labels(identity(), unknown)
