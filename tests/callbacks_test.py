"""Tests of tfmixup.callbacks."""

import json
import os

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests import reference
from tfmixup import callbacks
from tfmixup.metrics.bins import bins_of


@pytest.fixture
def data():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 90)
    features = np.eye(3)[labels] + generator.normal(size=[90, 3])
    return features.astype(np.float32), labels


def compiled_model():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input([3]), keras.layers.Dense(3)])
    model.compile(
        keras.optimizers.SGD(0.5),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def fit(model, data, *extra, epochs=3, **options):
    return model.fit(
        *data, epochs=epochs, verbose=0, callbacks=list(extra), **options
    ).history


def logger(data, path, **options):
    return callbacks.CalibrationLogger(data, path, from_logits=True, **options)


def test_the_logged_values_are_those_of_the_final_model(data, tmp_path):
    model = compiled_model()
    history = fit(model, data, logger(data, tmp_path, num_bins=5))
    logits = model.predict(data[0], verbose=0).astype(np.float64)
    bins = bins_of(data[1], logits, 5, True)
    expected = callbacks.summarise(bins, data[1], logits, True)
    for name, value in expected.items():
        # The model computes its logits in float32.
        logged = history[f"val_{name}"][-1]
        assert logged == pytest.approx(value, abs=1e-6), name


def test_history_csv_has_a_row_for_each_epoch(data, tmp_path):
    history = fit(compiled_model(), data, logger(data, tmp_path))
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["epoch"].tolist() == [0, 1, 2]
    for name in ("loss", "val_ece", "val_oe"):
        np.testing.assert_allclose(table[name], history[name], rtol=1e-12)


def test_a_resumed_run_replaces_the_rows_of_repeated_epochs(data, tmp_path):
    fit(compiled_model(), data, logger(data, tmp_path), epochs=4)
    again = logger(data, tmp_path)
    fit(compiled_model(), data, again, epochs=4, initial_epoch=2)
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["epoch"].tolist() == [0, 1, 2, 3]


def test_a_new_run_does_not_keep_the_rows_of_an_old_one(data, tmp_path):
    fit(compiled_model(), data, logger(data, tmp_path), epochs=4)
    fit(compiled_model(), data, logger(data, tmp_path), epochs=1)
    assert len(pd.read_csv(tmp_path / "history.csv")) == 1


def test_tensorboard_gets_scalars_and_the_reliability_diagram(data, tmp_path):
    fit(compiled_model(), data, logger(data, tmp_path, diagram_every=2))
    (path,) = (tmp_path / "calibration").iterdir()
    values = {}
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            values.setdefault(value.tag, []).append((event.step, value))
    assert [step for step, _ in values["val_ece"]] == [0, 1, 2]
    assert [step for step, _ in values["reliability"]] == [0, 2]
    image = values["reliability"][0][1].tensor.string_val
    width, height = int(image[0]), int(image[1])
    assert width > 200 and height > 200
    assert tf.image.decode_png(image[2]).shape[:2] == (height, width)


def test_the_plugin_gets_the_bins_of_each_epoch(data, tmp_path):
    model = compiled_model()
    fit(model, data, logger(data, tmp_path, num_bins=5, diagram_every=0))
    (path,) = (tmp_path / "calibration").iterdir()
    tables = [
        tf.make_ndarray(value.tensor)
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
        if value.tag == "validation"
    ]
    logits = model.predict(data[0], verbose=0)
    assert len(tables) == 3
    bins = bins_of(data[1], logits, 5, True)
    # The two ways to predict may round confidences in their last bit.
    np.testing.assert_allclose(tables[-1][2:], np.stack(bins), rtol=1e-6)


def test_a_dataset_and_a_pair_of_arrays_give_the_same(data, tmp_path):
    dataset = tf.data.Dataset.from_tensor_slices(data).batch(7)
    first = fit(compiled_model(), data, logger(data, tmp_path / "a"))
    second = fit(compiled_model(), data, logger(dataset, tmp_path / "b"))
    np.testing.assert_allclose(first["val_ece"], second["val_ece"], atol=1e-7)


def test_logits_that_are_taken_for_probabilities_are_refused(data, tmp_path):
    wrong = callbacks.CalibrationLogger(data, tmp_path)
    with pytest.raises(ValueError, match="from_logits=True"):
        fit(compiled_model(), data, wrong)


def test_the_best_epoch_is_restored_at_the_end(data, tmp_path):
    class Scripted(keras.callbacks.Callback):
        weights = []

        def on_epoch_end(self, epoch, logs=None):
            logs["val_accuracy"] = [0.2, 0.9, 0.9, 0.5][epoch]
            self.weights.append(self.model.get_weights())

    model, script = compiled_model(), Scripted()
    best = callbacks.BestWeights(tmp_path)
    fit(model, data, script, best, epochs=4)
    assert best.best_epoch == 1  # The first of equals.
    for a, b in zip(model.get_weights(), script.weights[1], strict=True):
        np.testing.assert_array_equal(a, b)
    saved = json.loads((tmp_path / "best.json").read_text())
    assert saved == {"monitor": "val_accuracy", "value": 0.9, "epoch": 1}


def test_the_best_value_survives_a_restart(data, tmp_path):
    best = callbacks.BestWeights(tmp_path, monitor="value")
    best.set_model(compiled_model())
    best.on_epoch_end(0, {"value": 0.8})
    resumed = callbacks.BestWeights(tmp_path, monitor="value")
    resumed.resume()
    resumed.set_model(compiled_model())
    resumed.on_epoch_end(1, {"value": 0.7})
    assert (resumed.best, resumed.best_epoch) == (0.8, 0)


def test_a_monitored_value_that_is_missing_or_nan_is_refused(data, tmp_path):
    best = callbacks.BestWeights(tmp_path)
    best.set_model(compiled_model())
    with pytest.raises(KeyError, match="`monitor` must be a logged value"):
        best.on_epoch_end(0, {"loss": 1.0})
    with pytest.raises(ValueError, match="NaN at epoch 0"):
        best.on_epoch_end(0, {"val_accuracy": float("nan")})


def test_a_full_disk_leaves_the_previous_best_weights(
    data, tmp_path, monkeypatch
):
    best = callbacks.BestWeights(tmp_path)
    best.set_model(compiled_model())
    best.on_epoch_end(0, {"val_accuracy": 0.5})
    before = (tmp_path / "best.weights.h5").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        best.on_epoch_end(1, {"val_accuracy": 0.6})
    assert (tmp_path / "best.weights.h5").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["best.json", "best.weights.h5"]


def test_a_diverging_loss_stops_training_at_once(data):
    features, labels = data
    features[60] = np.nan  # In the second batch of 32.
    stop = callbacks.StopOnDivergence()
    with pytest.raises(callbacks.TrainingDiverged, match="nan after batch 1"):
        fit(compiled_model(), (features, labels), stop, shuffle=False)
    assert issubclass(callbacks.TrainingDiverged, FloatingPointError)


def test_summarise_agrees_with_the_reference(data):
    logits = (3 * data[0]).astype(np.float64)
    bins = bins_of(data[1], logits, 10, True)
    measured = callbacks.summarise(bins, data[1], logits, True)
    probabilities = reference.softmax(logits)
    confidence, correct = reference.winners(data[1], probabilities)
    sums = reference.bins(confidence, correct, 10)
    expected = {
        "accuracy": np.mean(correct),
        "ece": reference.expected_calibration_error(*sums),
        "oe": reference.overconfidence_error(*sums),
        "nll": reference.negative_log_likelihood(data[1], probabilities),
        "brier": reference.brier_score(data[1], probabilities),
        "gap": np.mean(confidence) - np.mean(correct),
    }
    # Sums of 90 float64 numbers below 10, in another order.
    assert measured == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("one_hot", [False, True])
def test_top_k_is_the_part_with_the_label_among_the_k_highest(k, one_hot):
    generator = np.random.default_rng(0)
    logits = generator.normal(size=[200, 3])
    labels = generator.integers(0, 3, 200)
    highest = np.argsort(logits, axis=1)[:, -k:]
    expected = np.mean(
        [y in row for y, row in zip(labels, highest, strict=True)]
    )
    given = np.eye(3)[labels] if one_hot else labels
    bins = bins_of(given, logits, 5, True)
    found = callbacks.summarise(bins, given, logits, True, top_k=k)
    assert found[f"top{k}"] == pytest.approx(expected, abs=1e-12)
    assert found["accuracy"] <= found[f"top{k}"]
    assert "top1" not in callbacks.summarise(bins, given, logits, True)


def test_top_k_is_logged_and_written(data, tmp_path):
    history = fit(compiled_model(), data, logger(data, tmp_path, top_k=2))
    table = pd.read_csv(tmp_path / "history.csv")
    np.testing.assert_allclose(table["val_top2"], history["val_top2"])


def test_a_top_k_below_one_is_refused(data, tmp_path):
    with pytest.raises(ValueError, match="`top_k`.*Received: top_k=0"):
        logger(data, tmp_path, top_k=0)


class Given(keras.callbacks.Callback):
    """Logs given values, one an epoch."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["val_top5"] = self.values[epoch]


@pytest.mark.parametrize(
    ("values", "epochs"),
    [((0.1, 0.93, 0.99), 2), ((0.1, 0.9299, 0.2), 3), ((1.0, 0, 0), 1)],
)
def test_training_stops_when_the_value_is_reached(data, values, epochs):
    stop = callbacks.StopAtValue("val_top5", 0.93)
    history = fit(compiled_model(), data, Given(values), stop)
    assert len(history["loss"]) == epochs


def test_stopping_wants_a_value_that_is_logged(data):
    with pytest.raises(KeyError, match="'val_top5', logged:.*before this one"):
        fit(compiled_model(), data, callbacks.StopAtValue())
