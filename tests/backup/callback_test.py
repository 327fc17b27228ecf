"""Tests of tfmixup.backup.callback: what is saved, what is refused."""

import os

import keras
import numpy as np
import pytest

from tests.backup import runs
from tests.replicas import two_replicas
from tfmixup import backup
from tfmixup import callbacks
from tfmixup.backup import Position


def test_without_a_backup_training_starts_at_the_beginning(tmp_path):
    found = backup.Backup(tmp_path / "none").restore(runs.compiled_model())
    assert found == Position(0, 0)


def test_backups_come_at_every_so_many_steps_of_the_whole_run(tmp_path):
    names = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            names.extend(set(os.listdir(tmp_path)) - set(names))

    runs.run(tmp_path, callbacks=[Look()])
    # Epochs of 8 steps, a backup every 3: after the steps 3, 6, (8,) 9, ...
    assert names == [
        "epoch-000000-step-000000003",
        "epoch-000000-step-000000006",
        "epoch-000001",
        "epoch-000001-step-000000001",
        "epoch-000001-step-000000004",
        "epoch-000001-step-000000007",
        "epoch-000002",
        "epoch-000002-step-000000002",
        "epoch-000002-step-000000005",
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"optimizer": "adam"}, r"\(optimizer\): \"SGD\" there, \"Adam\" here"),
        ({"units": 9}, r"\(variables\)"),
    ],
    ids=["optimizer", "architecture"],
)
def test_a_backup_of_another_model_is_refused(tmp_path, other, expected):
    runs.run(tmp_path, 4)
    with pytest.raises(ValueError, match=expected):
        runs.run(tmp_path, model=runs.compiled_model(**other))


def test_a_backup_of_other_settings_is_refused_with_what_differs(tmp_path):
    model = runs.compiled_model()
    saved = backup.Backup(tmp_path, settings={"alpha": 0.3, "data": "mr"})
    saved.save(model, Position(1, 0))
    other = backup.Backup(tmp_path, settings={"alpha": 0.4, "data": "mr"})
    message = "another run. Received: alpha: 0.3 there, 0.4 here. Start"
    with pytest.raises(ValueError, match=message):
        other.restore(model)


def test_patience_and_best_value_survive(tmp_path):
    def stopping():
        # Nothing is ever better than the first epoch by 100.
        return keras.callbacks.EarlyStopping("loss", 100.0, patience=2)

    unbroken = tmp_path / "unbroken"
    _, expected = runs.run(unbroken, callbacks=[stopping()])
    assert list(expected) == [0, 1, 2]
    stopped = tmp_path / "stopped"
    # In the second epoch: the third must be the second without a better one.
    runs.run(stopped, 12, callbacks=[stopping()])
    again = stopping()
    _, logs = runs.run(stopped, callbacks=[again])
    assert {**logs} == {1: expected[1], 2: expected[2]}
    assert again.best == expected[0]["loss"] and again.wait == 2
    assert again.stopped_epoch == 2


class Tally(keras.callbacks.Callback):
    """Remembers the losses it saw, in a list and in an array."""

    def __init__(self):
        super().__init__()
        self.losses = []
        self.seen = np.zeros([3])

    def get_state(self):
        return {"losses": self.losses, "seen": self.seen}

    def set_state(self, state):
        self.losses, self.seen = state["losses"], state["seen"]

    def on_train_begin(self, logs=None):
        self.losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["loss"])
        self.seen[epoch] = logs["loss"]


def test_a_callback_with_a_state_goes_on_with_it(tmp_path):
    unbroken = Tally()
    runs.run(tmp_path / "unbroken", callbacks=[unbroken])
    assert len(unbroken.losses) == 3
    # In the second epoch and, from a backup after it, in the third.
    for stop_after in (12, 9):
        runs.run(tmp_path / "stopped", stop_after, callbacks=[Tally()])
    again = Tally()
    runs.run(tmp_path / "stopped", callbacks=[again])
    assert again.losses == unbroken.losses
    np.testing.assert_array_equal(again.seen, unbroken.seen)


def test_a_run_of_other_callbacks_is_another_run(tmp_path):
    runs.run(tmp_path, 4, callbacks=[Tally()])
    with pytest.raises(ValueError, match=r"\(callbacks\).*Tally"):
        runs.run(tmp_path)


def test_the_best_weights_and_the_tables_survive_without_their_files(
    tmp_path,
):
    held_out = runs.features_and_labels()[0], np.arange(64) % 2

    def watching(path):
        # Keras numbers its layers, and the weights file has their names.
        keras.backend.clear_session()
        return [
            callbacks.CalibrationLogger(
                held_out, path, from_logits=True, diagram_every=0
            ),
            callbacks.BestWeights(path, "val_nll", "max"),
        ]

    def content(path):
        names = ("history.csv", "bins.csv", "best.json", "best.weights.h5")
        return {name: (path / name).read_bytes() for name in names}

    unbroken, stopped = tmp_path / "unbroken", tmp_path / "stopped"
    model, _ = runs.run(unbroken / "backup", callbacks=watching(unbroken))
    runs.run(stopped / "backup", 20, callbacks=watching(stopped))
    for name in content(stopped):
        (stopped / name).unlink()
    again, _ = runs.run(stopped / "backup", callbacks=watching(stopped))
    runs.assert_same(again, model)
    assert content(stopped) == content(unbroken)


def test_weights_that_a_callback_keeps_in_memory_are_refused(tmp_path):
    keeping = keras.callbacks.EarlyStopping("loss", restore_best_weights=True)
    with pytest.raises(ValueError, match="Use `tfmixup.callbacks.BestWeights`"):
        runs.run(tmp_path, callbacks=[keeping])


def test_statistics_of_each_replica_are_restored(tmp_path):
    strategy = two_replicas()

    def model_and_backup(seed):
        with strategy.scope():
            model = runs.compiled_model(seed)
        return model, backup.Backup(tmp_path)

    model, saved = model_and_backup(0)
    model.fit(*runs.features_and_labels(), batch_size=16, verbose=0)
    mean = model.layers[1].moving_mean.value
    values = [v.numpy() for v in strategy.experimental_local_results(mean)]
    assert (values[0] != values[1]).any()
    saved.save(model, Position(1, 0))
    other, restored = model_and_backup(1)
    assert restored.restore(other) == Position(1, 0)
    mean = other.layers[1].moving_mean.value
    again = [v.numpy() for v in strategy.experimental_local_results(mean)]
    for one, two in zip(values, again, strict=True):
        assert (one == two).all()


def test_a_backup_every_zero_steps_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`every` must be 1 or more"):
        backup.Backup(tmp_path, every=0)
