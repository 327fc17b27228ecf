"""Tests of tfmixup.callbacks.best_weights."""

import json
import os

import numpy as np
import pytest

from tests.callbacks import made
from tests.callbacks.made import compiled_model
from tests.callbacks.made import fit
from tfmixup import callbacks


def logged(best, epoch, **logs):
    """What the callback does at the end of an epoch of a new model."""
    best.set_model(compiled_model())
    best.on_epoch_end(epoch, logs)


@pytest.mark.parametrize(
    ("monitor", "mode", "values", "expected"),
    [
        ("val_accuracy", "auto", [0.2, 0.9, 0.9, 0.5], 1),  # First of equals.
        ("val_loss", "auto", [1.0, 0.2, 0.2, 0.5], 1),
        ("val_ece", "auto", [0.1, 0.2, 0.05, 0.3], 2),
        ("val_loss", "max", [1.0, 0.2, 1.5, 0.5], 2),
        ("kappa", "min", [1.0, -2.0, 1.5, 0.5], 1),
        ("val_nll", "auto", [np.inf, np.inf, 3.0, 4.0], 2),
    ],
)
def test_the_best_epoch_is_restored_at_the_end(
    tmp_path, monitor, mode, values, expected
):
    model, script = compiled_model(), made.Scripted(monitor, values)
    best = callbacks.BestWeights(tmp_path, monitor, mode)
    fit(model, made.held_out(), script, best, epochs=4)
    assert best.best_epoch == expected and best.best == values[expected]
    for a, b in zip(model.get_weights(), script.weights[expected], strict=True):
        np.testing.assert_array_equal(a, b)
    other = compiled_model()
    other.load_weights(tmp_path / "best.weights.h5")
    np.testing.assert_array_equal(
        other.get_weights()[0], model.get_weights()[0]
    )
    saved = json.loads((tmp_path / "best.json").read_text())
    assert saved["epoch"] == expected and saved["value"] == values[expected]
    assert saved["monitor"] == monitor and saved["mode"] == best.mode


def test_a_value_without_a_direction_is_refused_when_it_is_made(tmp_path):
    with pytest.raises(ValueError, match="Received: monitor='val_gap'"):
        callbacks.BestWeights(tmp_path, "val_gap")


def test_files_lost_during_the_training_are_there_at_its_end(tmp_path):
    class Lose(made.Scripted):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 2:
                (tmp_path / "best.json").unlink()
                (tmp_path / "best.weights.h5").write_bytes(b"")

    model, script = compiled_model(), Lose("val_accuracy", [0.2, 0.9, 0.5])
    fit(model, made.held_out(), script, callbacks.BestWeights(tmp_path))
    np.testing.assert_array_equal(model.get_weights()[0], script.weights[1][0])
    resumed = callbacks.BestWeights(tmp_path)
    resumed.resume()
    assert resumed.best_epoch == 1


def test_the_best_value_survives_a_restart(tmp_path):
    logged(callbacks.BestWeights(tmp_path), 0, val_accuracy=0.8)
    resumed = callbacks.BestWeights(tmp_path)
    resumed.resume()
    logged(resumed, 1, val_accuracy=0.7)
    assert (resumed.best, resumed.best_epoch) == (0.8, 0)


def test_without_files_there_is_nothing_to_resume(tmp_path):
    best = callbacks.BestWeights(tmp_path)
    best.resume()
    assert best.best_epoch is None


@pytest.mark.parametrize("name", ["best.json", "best.weights.h5"])
@pytest.mark.parametrize("kind", ["missing", "empty", "cut", "flipped"])
def test_damaged_files_are_not_gone_on_from(tmp_path, name, kind):
    logged(callbacks.BestWeights(tmp_path), 3, val_accuracy=0.8)
    path = tmp_path / name
    content = path.read_bytes()
    middle = len(content) // 2
    if kind == "missing":
        path.unlink()
    else:
        flipped = content[:middle] + bytes([content[middle] ^ 1])
        path.write_bytes(
            {
                "empty": b"",
                "cut": content[:middle],
                "flipped": flipped + content[middle + 1 :],
            }[kind]
        )
    with pytest.raises(ValueError, match=r"best\.(json|weights).* Remove both"):
        callbacks.BestWeights(tmp_path).resume()


def test_the_files_of_another_value_are_not_gone_on_from(tmp_path):
    logged(callbacks.BestWeights(tmp_path), 0, val_accuracy=0.8)
    with pytest.raises(ValueError, match="another monitored value.*val_loss"):
        callbacks.BestWeights(tmp_path, "val_loss").resume()


def test_what_it_remembers_goes_into_its_successor(tmp_path):
    first = callbacks.BestWeights(tmp_path / "a")
    script = made.Scripted("val_accuracy", [0.2, 0.9, 0.5])
    fit(compiled_model(), made.held_out(), script, first)
    second = callbacks.BestWeights(tmp_path / "b")
    second.set_state(first.get_state())
    # No epoch of its own is better: the files are those of the first.
    model = compiled_model()
    worse = made.Scripted("val_accuracy", [0.1] * 4)
    fit(model, made.held_out(), worse, second, initial_epoch=3, epochs=4)
    np.testing.assert_array_equal(model.get_weights()[0], script.weights[1][0])
    for name in ("best.json", "best.weights.h5"):
        one, two = ((tmp_path / each / name) for each in "ab")
        assert one.read_bytes() == two.read_bytes()


def test_a_monitored_value_that_is_missing_or_nan_is_refused(tmp_path):
    best = callbacks.BestWeights(tmp_path)
    with pytest.raises(KeyError, match="`monitor` must be a logged value"):
        logged(best, 0, loss=1.0)
    with pytest.raises(ValueError, match="NaN at epoch 0"):
        logged(best, 0, val_accuracy=float("nan"))


def test_a_full_disk_leaves_the_previous_best_weights(tmp_path, monkeypatch):
    best = callbacks.BestWeights(tmp_path)
    logged(best, 0, val_accuracy=0.5)
    before = (tmp_path / "best.weights.h5").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        logged(best, 1, val_accuracy=0.6)
    assert (tmp_path / "best.weights.h5").read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["best.json", "best.weights.h5"]


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    logged(callbacks.BestWeights("~/best"), 0, val_accuracy=0.8)
    assert os.listdir(tmp_path) == ["best"]
