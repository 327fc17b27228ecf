"""Backups of a training run: whole, checked, and enough to go on exactly.

Keras' own `BackupAndRestore` writes weights and epoch in place, one after the
other; a crash between the two restarts at epoch 0 with trained weights, and a
torn file fails or passes unnoticed. Here a backup is a directory that appears
at once, and carries a checksum of what it holds.
"""

import hashlib
import json
import logging
import pathlib
import shutil

import keras

from tfmixup.files import new_directory
from tfmixup.keys import fold_in
from tfmixup.keys import seed_key

__all__ = ["Backup", "EpochSeeds"]

_WEIGHTS = "model.weights.h5"
_MANIFEST = "manifest.json"


class Backup(keras.callbacks.Callback):
    """Saves weights and optimizer at the end of each epoch; restores them.

    With an input pipeline that is a function of (seed, epoch, step), such as
    `tfmixup.datasets.training_stream`, and `EpochSeeds` for dropout, a run
    that was killed and restored ends in the weights of an unbroken one.

    Args:
        directory: str or path. The last two backups are kept in it, so that
            a damaged one has a predecessor.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> backup = Backup(tempfile.mkdtemp())
    >>> backup.restore(model)
    0
    >>> backup.save(model, epoch=3)
    >>> backup.restore(model)
    3
    """

    def __init__(self, directory):
        super().__init__()
        self.directory = pathlib.Path(directory)

    def on_epoch_end(self, epoch, logs=None):
        self.save(self.model, epoch + 1)

    def save(self, model, epoch):
        """Writes a backup.

        Args:
            model: compiled `keras.Model`.
            epoch: int, the epoch that comes next.
        """
        final = self.directory / f"epoch-{epoch:06d}"
        if final.exists():
            # Left by a run that was restored from an earlier backup, because
            # this one was damaged.
            shutil.rmtree(final)
        with new_directory(final) as temporary:
            model.save_weights(temporary / _WEIGHTS)
            manifest = {
                "epoch": epoch,
                "sha256": _checksum(temporary / _WEIGHTS),
            }
            (temporary / _MANIFEST).write_text(json.dumps(manifest))
        for old in self._backups()[:-2]:
            shutil.rmtree(old)

    def restore(self, model):
        """Loads the newest backup that is whole.

        Args:
            model: compiled `keras.Model` of the same architecture.

        Returns:
            int, the epoch to start with: `fit(initial_epoch=...)`; 0 if there
            is no backup.

        Raises:
            ValueError: if there are backups and all of them are damaged:
                starting again from scratch is for the caller to decide.
        """
        backups = self._backups()
        for path in reversed(backups):
            epoch = _read_epoch(path)
            if epoch is None:
                logging.warning(
                    "The backup %s is damaged; trying the one before it.", path
                )
                continue
            if not model.optimizer.built:
                model.optimizer.build(model.trainable_variables)
            model.load_weights(path / _WEIGHTS)
            return epoch
        if backups:
            raise ValueError(
                f"All backups in {self.directory} are damaged: "
                f"{', '.join(path.name for path in backups)}. "
                "To start from the beginning, remove that directory."
            )
        return 0

    def _backups(self):
        return sorted(self.directory.glob("epoch-*"))


class EpochSeeds(keras.callbacks.Callback):
    """Seeds dropout and other random layers from (seed, epoch).

    Keras keeps the state of random layers out of its weight files, so that a
    restored run would repeat the draws of the first epoch.

    Args:
        seed: int.
    """

    def __init__(self, seed):
        super().__init__()
        self._key = seed_key(seed)

    def on_epoch_begin(self, epoch, logs=None):
        states = [
            variable
            for variable in self.model.variables
            if variable.path.endswith("seed_generator_state")
        ]
        for number, state in enumerate(states):
            # Threefry keys are unsigned; the bits of the key are kept.
            key = fold_in(self._key, epoch, number)
            state.assign(keras.ops.cast(key, "int64") & 0xFFFFFFFF)


def _checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_epoch(path):
    """The epoch of a backup, or None if the backup is damaged."""
    try:
        manifest = json.loads((path / _MANIFEST).read_text())
        whole = manifest["sha256"] == _checksum(path / _WEIGHTS)
        return manifest["epoch"] if whole else None
    except (OSError, ValueError, KeyError):
        return None
