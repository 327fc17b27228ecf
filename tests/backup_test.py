"""Tests of tfmixup.backup: what a crash may leave behind."""

import json
import os

import keras
import numpy as np
import pytest

from tfmixup.backup import Backup
from tfmixup.backup import EpochSeeds


def compiled_model(seed=0, dropout=0.5):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input([3]),
            keras.layers.Dense(4),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(2),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    return model


def train(model, epochs, initial_epoch=0, callbacks=()):
    generator = np.random.default_rng(0)
    data = generator.normal(size=[8, 3]), generator.normal(size=[8, 2])
    model.fit(
        *data,
        epochs=epochs,
        initial_epoch=initial_epoch,
        shuffle=False,
        verbose=0,
        callbacks=[EpochSeeds(7), *callbacks],
    )


def state(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [v.numpy() for v in variables if "seed" not in v.path]


def assert_same(first, second):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_restored_run_ends_in_the_weights_of_an_unbroken_one(tmp_path):
    unbroken = compiled_model()
    train(unbroken, epochs=5)
    interrupted = compiled_model()
    train(interrupted, epochs=3, callbacks=[Backup(tmp_path)])
    resumed = compiled_model(seed=99)
    epoch = Backup(tmp_path).restore(resumed)
    assert epoch == 3
    train(resumed, epochs=5, initial_epoch=epoch)
    assert_same(state(unbroken), state(resumed))


def test_dropout_differs_in_each_epoch_and_repeats_with_its_seed():
    model = compiled_model()
    callback = EpochSeeds(7)
    callback.set_model(model)
    features = np.random.default_rng(1).normal(size=[4, 3])
    seen = []
    for epoch in (0, 1, 0):
        callback.on_epoch_begin(epoch)
        seen.append(model(features, training=True).numpy())
    np.testing.assert_array_equal(seen[0], seen[2])
    assert np.any(seen[0] != seen[1])


def test_without_a_backup_training_starts_at_epoch_0(tmp_path):
    assert Backup(tmp_path / "none").restore(compiled_model()) == 0


def test_two_backups_are_kept(tmp_path):
    train(compiled_model(), epochs=4, callbacks=[Backup(tmp_path)])
    assert sorted(os.listdir(tmp_path)) == ["epoch-000003", "epoch-000004"]


@pytest.mark.parametrize("damage", ["truncate", "flip", "manifest", "missing"])
def test_a_damaged_backup_falls_back_to_the_one_before(
    tmp_path, damage, caplog
):
    train(compiled_model(), epochs=4, callbacks=[Backup(tmp_path)])
    weights = tmp_path / "epoch-000004" / "model.weights.h5"
    manifest = tmp_path / "epoch-000004" / "manifest.json"
    content = weights.read_bytes()
    if damage == "truncate":
        weights.write_bytes(content[: len(content) // 2])
    elif damage == "flip":
        middle = len(content) // 2
        flipped = bytes([content[middle] ^ 1])
        weights.write_bytes(content[:middle] + flipped + content[middle + 1 :])
    elif damage == "manifest":
        manifest.write_text(manifest.read_text()[:10])
    else:
        weights.unlink()
    model = compiled_model()
    assert Backup(tmp_path).restore(model) == 3
    assert "epoch-000004 is damaged" in caplog.text
    train(model, epochs=4, initial_epoch=3, callbacks=[Backup(tmp_path)])
    assert Backup(tmp_path).restore(compiled_model()) == 4


def test_only_damaged_backups_are_an_error_not_a_fresh_start(tmp_path):
    train(compiled_model(), epochs=2, callbacks=[Backup(tmp_path)])
    for path in tmp_path.iterdir():
        (path / "manifest.json").write_text(json.dumps({"epoch": 1}))
    with pytest.raises(ValueError, match="All backups .* are damaged"):
        Backup(tmp_path).restore(compiled_model())


def test_a_crash_while_writing_leaves_the_previous_backup(
    tmp_path, monkeypatch
):
    train(compiled_model(), epochs=2, callbacks=[Backup(tmp_path)])

    def crash(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="no space"):
        Backup(tmp_path).save(compiled_model(), epoch=3)
    assert sorted(os.listdir(tmp_path)) == ["epoch-000001", "epoch-000002"]
