"""Tests of tfmixup.callbacks.calibration_logger."""

import csv
import os
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests.callbacks import made
from tests.callbacks.made import compiled_model
from tests.callbacks.made import fit
from tfmixup import callbacks
from tfmixup.metrics.bins import bins_of
from tfmixup.report import headline_scores


@pytest.fixture
def data():
    return made.held_out()


def logger(data, path, **options):
    """A logger of logits; drawing is what takes time."""
    options = {"from_logits": True, "diagram_every": 0, **options}
    return callbacks.CalibrationLogger(data, path, **options)


def events(path):
    """{tag: [(step, value)]} of the only event file of a logger."""
    (path,) = (path / "calibration").iterdir()
    values = {}
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            values.setdefault(value.tag, []).append((event.step, value))
    return values


def test_the_logged_values_are_those_of_the_final_model(data, tmp_path):
    model = compiled_model()
    history = fit(model, data, logger(data, tmp_path, num_bins=5, top_k=2))
    logits = model.predict(data[0], verbose=0).astype(np.float64)
    expected = headline_scores(data[1], logits, 5, True, top_k=2)
    for name, value in expected.items():
        # The model computes its logits in float32.
        logged = history[f"val_{name}"][-1]
        assert logged == pytest.approx(value, abs=1e-6), name


def test_weights_count_in_the_logged_values(data, tmp_path):
    features, labels = data
    weights = np.arange(90) % 3
    model = compiled_model()
    given = (*data, weights)
    history = fit(model, data, logger(given, tmp_path, num_bins=5))
    logits = model.predict(features, verbose=0).astype(np.float64)
    expected = headline_scores(labels, logits, 5, True, weights)
    for name, value in expected.items():
        logged = history[f"val_{name}"][-1]
        assert logged == pytest.approx(value, abs=1e-6), name
    table = pd.read_csv(tmp_path / "bins.csv")
    assert table["count"][table["epoch"] == 2].sum() == weights.sum()


def test_history_csv_has_a_row_for_each_epoch(data, tmp_path):
    history = fit(compiled_model(), data, logger(data, tmp_path))
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["epoch"].tolist() == [0, 1, 2]
    for name in ("loss", "val_ece", "val_oe"):
        np.testing.assert_allclose(table[name], history[name], rtol=1e-12)


def test_a_resumed_run_replaces_the_rows_of_repeated_epochs(data, tmp_path):
    first = fit(compiled_model(), data, logger(data, tmp_path), epochs=4)
    again = logger(data, tmp_path)
    fit(compiled_model(), data, again, epochs=4, initial_epoch=2)
    with (tmp_path / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3"]
    assert [float(row["loss"]) for row in rows[:2]] == first["loss"][:2]
    assert len(pd.read_csv(tmp_path / "bins.csv")) == 4 * 15


def test_a_damaged_table_is_refused_before_the_first_epoch(data, tmp_path):
    fit(compiled_model(), data, logger(data, tmp_path), epochs=2)
    path = tmp_path / "history.csv"
    path.write_text(path.read_text()[:-20])
    seen = made.Scripted("x", [0] * 9)
    with pytest.raises(ValueError, match="history.csv.*damaged.*Remove that"):
        fit(
            compiled_model(),
            data,
            logger(data, tmp_path),
            seen,
            initial_epoch=2,
        )
    assert not seen.weights


def test_a_new_run_does_not_keep_the_rows_of_an_old_one(data, tmp_path):
    fit(compiled_model(), data, logger(data, tmp_path), epochs=4)
    fit(compiled_model(), data, logger(data, tmp_path), epochs=1)
    assert len(pd.read_csv(tmp_path / "history.csv")) == 1


def test_what_a_logger_remembers_goes_into_its_successor(data, tmp_path):
    first = logger(data, tmp_path / "a")
    fit(compiled_model(), data, first)
    second = logger(data, tmp_path / "b")
    second.set_state(first.get_state())
    fit(compiled_model(), data, second, initial_epoch=3, epochs=3)
    for name in ("history.csv", "bins.csv"):
        one, two = ((tmp_path / each / name) for each in "ab")
        assert one.read_bytes() == two.read_bytes()


def test_tensorboard_gets_scalars_and_the_reliability_diagram(data, tmp_path):
    fit(compiled_model(), data, logger(data, tmp_path, diagram_every=2))
    values = events(tmp_path)
    assert [step for step, _ in values["val_ece"]] == [0, 1, 2]
    assert [step for step, _ in values["reliability"]] == [0, 2]
    image = values["reliability"][0][1].tensor.string_val
    width, height = int(image[0]), int(image[1])
    assert width > 200 and height > 200
    assert tf.image.decode_png(image[2]).shape[:2] == (height, width)


def test_the_plugin_gets_the_bins_of_each_epoch(data, tmp_path):
    model = compiled_model()
    fit(model, data, logger(data, tmp_path, num_bins=5, diagram_every=0))
    tables = [
        tf.make_ndarray(value.tensor)
        for _, value in events(tmp_path)["validation"]
    ]
    logits = model.predict(data[0], verbose=0)
    assert len(tables) == 3
    bins = bins_of(data[1], logits, 5, True)
    # The two ways to predict may round confidences in their last bit.
    np.testing.assert_allclose(tables[-1][2:], np.stack(bins), rtol=1e-6)


def test_one_sigmoid_unit_is_the_probability_of_class_1(data, tmp_path):
    features, labels = data[0], data[1] % 2
    model = compiled_model("sigmoid", units=1)
    held_out = callbacks.CalibrationLogger((features, labels), tmp_path)
    history = fit(model, (features, labels), held_out)
    unit = model.predict(features, verbose=0)
    expected = np.mean((unit[:, 0] > 0.5) == labels)
    assert history["val_accuracy"][-1] == pytest.approx(expected)


class Foreign(keras.callbacks.Callback):
    """Logs what is no number."""

    def on_epoch_end(self, epoch, logs=None):
        logs["schedule"] = "cosine, then\nnothing"
        logs["f1"] = np.array([0.25, 0.5, 0.75], "float32")
        logs["tensor"] = tf.constant(0.5)
        logs["half"] = tf.constant([0.5], tf.bfloat16)
        logs["none"] = None
        logs["object"] = {"a": 1}
        logs["matrix"] = np.zeros([100, 100])
        if epoch:
            logs["late"] = epoch


def test_logs_of_others_may_be_anything(data, tmp_path):
    fit(compiled_model(), data, Foreign(), logger(data, tmp_path))
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["schedule"].tolist() == ["cosine, then\nnothing"] * 3
    assert table["f1"].tolist() == ["[0.25, 0.5, 0.75]"] * 3
    assert table["tensor"].tolist() == [0.5] * 3 == table["half"].tolist()
    assert table["none"].isna().all() and table["late"].tolist()[1:] == [1, 2]
    assert table["matrix"].tolist() == ["array of shape (100, 100)"] * 3
    values = events(tmp_path)
    assert len(values["tensor"]) == 3 and "f1" not in values
    # Another process can go on from all that.
    again = logger(data, tmp_path)
    fit(compiled_model(), data, Foreign(), again, initial_epoch=2, epochs=4)
    assert len(pd.read_csv(tmp_path / "history.csv")) == 4


def test_per_class_scores_of_keras_are_logged(data, tmp_path):
    model = compiled_model("softmax")
    model.compile(
        "sgd",
        "categorical_crossentropy",
        metrics=[keras.metrics.F1Score(average=None)],
    )
    one_hot = data[0], np.eye(3, dtype="float32")[data[1]]
    fit(model, one_hot, callbacks.CalibrationLogger(data, tmp_path))
    cells = pd.read_csv(tmp_path / "history.csv")["f1_score"]
    assert all(cell.count(",") == 2 for cell in cells)


@pytest.mark.parametrize(
    ("activation", "from_logits", "units", "message"),
    [
        ("softmax", True, 3, "no logits.*from_logits=False"),
        (None, False, 3, "from_logits=True"),
        ("sigmoid", False, 3, "sum to 1"),
        ("sigmoid", True, 1, "ends with a sigmoid.*from_logits=False"),
        (None, False, 1, "from_logits=True"),
    ],
)
def test_a_wrong_from_logits_ends_it_before_the_first_epoch(
    data, tmp_path, activation, from_logits, units, message
):
    features, labels = data[0], data[1] % units if units == 3 else data[1] % 2
    wrong = callbacks.CalibrationLogger(
        (features, labels), tmp_path, from_logits=from_logits
    )
    seen = made.Scripted("x", [0] * 3)
    model = compiled_model(activation, units)
    with pytest.raises(ValueError, match=f"Before the first epoch.*{message}"):
        fit(model, (features, labels), wrong, seen)
    assert not seen.weights


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        (np.ones([5, 7], "float32"), np.arange(5) % 3, "7"),
        (np.ones([5, 3], "float32"), np.arange(5), "classes.*Received: 3"),
        (np.ones([5, 3], "float32"), np.eye(4)[[0, 1, 2, 3, 0]], "4"),
        (np.full([5, 3], np.nan, "float32"), np.arange(5) % 3, "finite"),
    ],
    ids=["features", "class", "one-hot", "nan"],
)
def test_data_that_do_not_fit_the_model_end_it_before_the_first_epoch(
    data, tmp_path, features, labels, message
):
    seen = made.Scripted("x", [0] * 3)
    with pytest.raises(ValueError, match=f"(?s)first epoch.*{message}"):
        fit(compiled_model(), data, logger((features, labels), tmp_path), seen)
    assert not seen.weights


def test_examples_of_weight_0_may_hold_anything(data, tmp_path):
    features, labels = data[0].copy(), data[1].copy()
    weights = np.ones(90)
    features[:40], labels[:40], weights[:40] = np.nan, -1, 0
    history = fit(
        compiled_model(), data, logger((features, labels, weights), tmp_path)
    )
    rest = logger((data[0][40:], data[1][40:]), tmp_path / "rest")
    expected = fit(compiled_model(), data, rest)
    np.testing.assert_allclose(
        history["val_ece"], expected["val_ece"], atol=1e-6
    )


def test_predictions_that_become_nan_are_refused_with_the_epoch(data, tmp_path):
    class Spoil(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.set_weights(
                    [w * np.nan for w in self.model.get_weights()]
                )

    with pytest.raises(ValueError, match="After epoch 1 .*must be finite"):
        fit(compiled_model(), data, Spoil(), logger(data, tmp_path))


def test_a_model_that_is_not_built_yet_trains_as_it_would(data, tmp_path):
    def unbuilt():
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.layers.Dropout(0.5), keras.layers.Dense(3)]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss)
        return model

    alone = fit(unbuilt(), data)
    watched = fit(unbuilt(), data, logger(data, tmp_path))
    assert watched["loss"] == alone["loss"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top_k": 0}, "`top_k`.*Received: top_k=0"),
        ({"top_k": 1.5}, "`top_k`.*Received: top_k=1.5"),
        ({"num_bins": 0}, "`num_bins`.*Received: num_bins=0"),
        ({"diagram_every": -1}, "`diagram_every`"),
    ],
    ids=str,
)
def test_wrong_numbers_are_refused_when_it_is_made(
    data, tmp_path, options, message
):
    with pytest.raises(ValueError, match=message):
        logger(data, tmp_path, **options)


def test_a_directory_that_cannot_be_written_to_is_refused_at_once(
    data, tmp_path
):
    (tmp_path / "file").write_text("")
    # /proc refuses directories even to root, who may run these tests.
    for path in (tmp_path / "file", "/proc/logs"):
        with pytest.raises(OSError, match="`log_dir` must be a directory"):
            logger(data, path)


def test_a_path_may_begin_at_home(data, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    fit(compiled_model(), data, logger(data, "~/logs"), epochs=1)
    assert sorted(os.listdir(tmp_path)) == ["logs"]
    assert sorted(os.listdir(tmp_path / "logs")) == [
        "bins.csv",
        "calibration",
        "history.csv",
    ]


def test_a_full_disk_ends_no_training_and_costs_no_row(
    data, tmp_path, monkeypatch
):
    class FullFor(keras.callbacks.Callback):
        """The disk is full in the second and third epoch."""

        def on_epoch_end(self, epoch, logs=None):
            def full(*_):
                raise OSError(28, "No space left on device")

            monkeypatch.undo()
            if epoch in (1, 2):
                monkeypatch.setattr(os, "fsync", full)

    watcher = logger(data, tmp_path, diagram_every=0)
    with pytest.warns(RuntimeWarning, match="history.csv cannot be written"):
        history = fit(compiled_model(), data, FullFor(), watcher, epochs=4)
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["epoch"].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(table["val_ece"], history["val_ece"])


def test_another_backend_is_refused_when_a_callback_is_made():
    code = (
        "from tests import catalogue\n"
        "import pathlib, tempfile\n"
        "for case in catalogue.CALLBACKS:\n"
        "    try:\n"
        "        case.build(pathlib.Path(tempfile.mkdtemp()))\n"
        "    except RuntimeError as error:\n"
        "        assert f'{case.cls.__name__} needs Keras on' in str(error)\n"
        "        print(case.cls.__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert len(done.stdout.split()) == 6, done.stderr
