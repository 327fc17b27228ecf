"""Tests of tfmixup.callbacks.validation_data: what is read, and refused."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests.callbacks import made
from tfmixup import callbacks
from tfmixup.callbacks.validation_data import labelled_batches

X = np.random.default_rng(0).random([300, 4]).astype("float32")
Y = np.arange(300) % 3
W = np.arange(300) % 4 / 2.0
INDEX = np.arange(300)[::-1]


class Batches(keras.utils.PyDataset):
    """Batches of 20 of the given arrays."""

    def __init__(self, *arrays, length=15):
        super().__init__()
        self.arrays = arrays
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, number):
        part = slice(20 * number, 20 * number + 20)
        return tuple(array[part] for array in self.arrays)


class Endless(Batches):
    """As long as anybody reads."""

    @property
    def num_batches(self):
        return None


def batched(*arrays, size=32):
    return tf.data.Dataset.from_tensor_slices(arrays).batch(size)


def joined(data):
    """The parts of all batches, one after the other."""
    parts = zip(*labelled_batches(data), strict=True)
    return [np.concatenate([np.asarray(batch) for batch in p]) for p in parts]


@pytest.mark.parametrize(
    "data",
    [
        (X, Y),
        [X, Y],
        (X.tolist(), Y.tolist()),
        (tf.constant(X), tf.constant(Y)),
        (pd.DataFrame(X), pd.Series(Y)),
        (pd.DataFrame(X, INDEX), pd.Series(Y, INDEX)),
        (pd.DataFrame(X, INDEX), Y),
        (X, pd.DataFrame({"label": Y})),
        (X, Y, None),
        batched(X, Y),
        batched(X, Y).filter(lambda x, y: True),
        batched(X, Y).repeat().take(10),
        Batches(X, Y),
        Batches(pd.DataFrame(X), pd.Series(Y)),
    ],
    ids=lambda data: type(data).__name__,
)
def test_all_forms_give_the_same_examples(data):
    features, labels = joined(data)
    np.testing.assert_array_equal(features, X)
    np.testing.assert_array_equal(labels.reshape(-1), Y)


@pytest.mark.parametrize(
    "data",
    [
        (X, Y, W),
        (X, Y, W.tolist()),
        (pd.DataFrame(X), pd.Series(Y), pd.Series(W)),
        batched(X, Y, W),
        Batches(X, Y, W),
        Batches(X, Y, W[:, None]),
    ],
    ids=lambda data: type(data).__name__,
)
def test_weights_come_along(data):
    features, labels, weights = joined(data)
    np.testing.assert_array_equal(features, X)
    np.testing.assert_array_equal(labels, Y)
    np.testing.assert_array_equal(weights.reshape(-1), W)


@pytest.mark.parametrize(
    "features",
    [
        [X, X + 1],
        (X, X + 1),
        {"a": X, "b": X + 1},
        {"a": pd.Series(X[:, 0]), "b": pd.DataFrame(X)},
        {"a": {"b": X}, "c": [X, X]},
    ],
    ids=["list", "tuple", "dict", "frames", "nest"],
)
def test_several_inputs_stay_several(features):
    [(first, labels), _] = labelled_batches((features, Y))
    assert len(labels) == 256
    assert type(first) is (dict if isinstance(features, dict) else tuple)
    given = [np.asarray(each) for each in tf.nest.flatten(features)]
    for one, whole in zip(tf.nest.flatten(first), given, strict=True):
        np.testing.assert_array_equal(one, whole[:256])


def test_columns_of_several_kinds_are_numbers():
    table = pd.DataFrame({"one": Y, "two": Y > 0, "three": X[:, 0]})
    features, _ = joined((table, Y))
    np.testing.assert_array_equal(features, table.astype("float64"))


def test_strings_are_features():
    texts = np.array(["a", "bc", "d"], object)
    for given in (texts, texts.tolist(), pd.Series(texts)):
        features, _ = joined((given, [0, 1, 2]))
        assert features.tolist() == [b"a", b"bc", b"d"]


def test_a_ragged_tensor_is_a_feature():
    ragged = tf.ragged.constant([[1], [2, 3], []])
    [(features, _)] = labelled_batches((ragged, [0, 1, 0]))
    assert features.to_list() == ragged.to_list()


@pytest.mark.parametrize(
    "endless",
    [
        batched(X, Y).repeat(),
        batched(X, Y).repeat().filter(lambda x, y: True),
        batched(X, Y).repeat().unbatch().batch(8).prefetch(1),
        batched(X, Y)
        .repeat()
        .filter(lambda x, y: True)
        .map(lambda x, y: (x, y)),
        Endless(X, Y),
    ],
    ids=["repeat", "filter", "unbatch", "map", "PyDataset"],
)
def test_what_has_no_end_is_refused(endless, tmp_path):
    with pytest.raises(ValueError, match="`validation_data` must have an end"):
        callbacks.CalibrationLogger(endless, tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((X,), "labelled examples.*tuple of 1"),
        ((X, Y, W, W), "tuple of 4"),
        ((X, None), "labels that are None"),
        (tf.data.Dataset.from_tensor_slices(X).batch(8), "TensorSpec"),
        (tf.data.Dataset.from_tensor_slices({"a": X}).batch(8), "dict"),
        (batched(X, {"a": Y, "b": Y}), "must be one array.*dict|a.*b"),
        (batched(X, tf.ragged.constant([[1]] * 300)), "must be one array"),
        (Batches(X), "tuple of 1"),
        (Batches(X, Y, length=0), "0 batches"),
        (tf.data.Dataset.from_tensor_slices((X, Y)), r"shape \(\).*Batch the"),
        (
            tf.data.Dataset.from_tensor_slices((X, np.eye(3)[Y])),
            r"shape \(3,\), features of shape \(4,\). Batch the",
        ),
        ((X, Y[:200]), r"labels of shape \(200,\), features of shape"),
        ((X, Y, W[:7]), r"weights of shape \(7,\)"),
        (([X, X[:9]], Y), r"features of shape \(9, 4\)"),
        ((X, np.ones([300, 2, 2])), r"\[n, num_classes\].*\(300, 2, 2\)"),
        ((X, Y, np.ones([300, 2, 2])), r"\[n, 1\].*\(300, 2, 2\)"),
        ((X, 3), r"labels of shape \(\)"),
        ((X, np.array(["a", "b", "c"])[Y]), "numbers.*class_indices"),
        ((X, Y, np.array(["a", "b", "c"])[Y]), "weights.*numbers"),
        ((X[:0], Y[:0]), "must hold an example"),
        (([], []), "must hold an example"),
        (([[1, 2], [3]], [0, 1]), "one array.*shapes differ"),
        ((pd.DataFrame({"a": [1, None, {}]}), [0, 1, 2]), "must be numbers"),
        ((pd.DataFrame(X, INDEX), pd.Series(Y)), "same index"),
    ],
)
def test_what_cannot_work_is_refused_when_the_logger_is_made(
    data, message, tmp_path
):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        callbacks.CalibrationLogger(data, tmp_path)


@pytest.mark.parametrize(
    "data", [X, "digits", None, 3, iter([(X, Y)]), (b for b in [(X, Y)])]
)
def test_what_is_no_data_is_a_type_error(data, tmp_path):
    with pytest.raises(TypeError, match="`validation_data` must be labelled"):
        callbacks.CalibrationLogger(data, tmp_path)


def test_a_model_of_named_inputs_is_measured(tmp_path):
    a, b = keras.Input([4], name="a"), keras.Input([4], name="b")
    output = keras.layers.Dense(3)(keras.layers.Concatenate()([a, b]))
    model = keras.Model({"a": a, "b": b}, output)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    inputs = {"a": X, "b": X + 1}
    histories = [
        made.fit(
            model,
            (inputs, Y),
            callbacks.CalibrationLogger(
                data, tmp_path, from_logits=True, diagram_every=0
            ),
            epochs=1,
        )
        for data in ((inputs, Y), batched(inputs, Y))
    ]
    assert all("val_ece" in history for history in histories)


def test_weights_of_zeros_are_refused_at_once(tmp_path):
    with pytest.raises(ValueError, match="weights that are all 0"):
        callbacks.CalibrationLogger((X, Y, np.zeros(len(Y))), tmp_path)


def test_a_list_of_batches_is_refused(tmp_path):
    with pytest.raises(ValueError, match="make a `tf.data.Dataset`"):
        callbacks.CalibrationLogger([(X, Y), (X[:1], Y[:1])], tmp_path)
