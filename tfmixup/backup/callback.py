"""The callback that makes backups, and goes on from them."""

import json

import keras

from tfmixup.backup.files import BackupFiles
from tfmixup.backup.files import Position
from tfmixup.backup.seeds import seed_states
from tfmixup.backup.state import join_state
from tfmixup.backup.state import split_state
from tfmixup.distribution import check_agreement
from tfmixup.distribution import moving_statistics
from tfmixup.distribution import ReplicaValues
from tfmixup.distribution import worker_of
from tfmixup.keras_backend import require_tensorflow

__all__ = ["Backup"]

# What the callbacks of Keras remember from epoch to epoch.
_REMEMBERED = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.ModelCheckpoint: ("best",),
}


class Backup(keras.callbacks.Callback):
    """Saves the whole state of a training run; goes on from it exactly.

    Saved are the weights, the state of the optimizer, of the metrics and of
    random layers, the position in the epoch, and what other callbacks
    remember. With an input pipeline that is a function of (seed, epoch,
    step), such as `tfmixup.datasets.training_stream`, `EpochSeeds`, and
    `tfmixup.backup.fit`, a run that was killed at any moment ends in the
    weights, and with the history, of one that was not, bit for bit.

    What a callback remembers is saved if it is one of Keras' (EarlyStopping,
    ReduceLROnPlateau, ModelCheckpoint) or has two methods: `get_state()`
    returns a dict of JSON values and NumPy arrays, nested as wanted, and
    `set_state(state)`, called when training begins, after all
    `on_train_begin`, takes it back. `BestWeights` keeps its best weights that
    way, and `CalibrationLogger` its tables.

    Why not `keras.callbacks.BackupAndRestore`: it writes weights and epoch in
    place one after the other, so that a crash between the two starts again at
    epoch 0 with trained weights, and a torn file fails or passes unnoticed;
    it goes back to the start of the epoch, and forgets random states, metrics
    and other callbacks; each worker has a backup of its own, and goes on from
    another epoch than its peers without noticing. Here a backup is a
    directory that appears at once and carries checksums; the chief
    writes the only one, and all workers compare what they read.

    Args:
        directory: str or path, which all workers share. The last two backups
            are kept in it, so that a damaged one has a predecessor.
        every: int, a backup after every so many steps, counted from the
            start of the run, and after each epoch; None for epochs only.
        settings: dict of JSON values that a run must have in common with its
            backup.

    Raises:
        ValueError: `every` below 1.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> backup = Backup(tempfile.mkdtemp())
    >>> backup.restore(model)
    Position(epoch=0, step=0)
    >>> backup.save(model, Position(3, 0))
    >>> backup.restore(model)
    Position(epoch=3, step=0)
    """

    def __init__(self, directory, every=None, settings=None):
        require_tensorflow("Backup")
        super().__init__()
        if every is not None and every < 1:
            raise ValueError(
                f"`every` must be 1 or more, or None. Received: every={every}."
            )
        self._files = BackupFiles(directory)
        self.directory = self._files.directory
        self.every = every
        self.settings = settings or {}
        self.steps_per_epoch = None
        self.callbacks = ()
        self._position = Position(0, 0)
        self._first_step = 0
        self._restored = None
        self._own = None
        self._states = None

    def set_model(self, model):
        super().set_model(model)
        self._own = ReplicaValues(*_own(model))
        # Those of the metrics are there only when training has begun.
        self._states = None

    def on_train_begin(self, logs=None):
        # The other callbacks have forgotten what they knew.
        if self._restored is not None:
            self._restore_callbacks(self._restored)

    def on_epoch_begin(self, epoch, logs=None):
        # `fit` has just reset the metrics, and the other callbacks have
        # seeded the random layers.
        self._first_step = 0
        if self._restored is not None:
            saved, self._restored = self._restored, None
            if saved.position.step:
                self._first_step = saved.position.step
                states = ReplicaValues(*_states(self.model))
                states.write(saved.arrays["states"])
        self._position = Position(epoch, self._first_step)

    def on_train_batch_end(self, batch, logs=None):
        epoch = self._position.epoch
        self._position = Position(epoch, self._first_step + batch + 1)
        if self.every is None or self.steps_per_epoch is None:
            return
        done = epoch * self.steps_per_epoch + self._position.step
        # The end of an epoch has a backup anyhow, with its validation.
        at_end = self._position.step == self.steps_per_epoch
        if done % self.every == 0 and not at_end:
            self.save(self.model, self._position)

    def on_epoch_end(self, epoch, logs=None):
        self.save(self.model, Position(epoch + 1, 0))

    def exist(self):
        """Whether there is a backup, whole or not."""
        return self._files.exist()

    def save(self, model, position):
        """Writes a backup; every worker must call it, the chief writes.

        Args:
            model: compiled `keras.Model`.
            position: `Position` of the step that comes next.
        """
        if self._own is None or self.model is not model:
            self.set_model(model)
        remembered, kept = split_state(
            [_remembered(each) for each in self._remembering()]
        )
        arrays = {
            "weights": [each.numpy() for each in _weights(model)],
            "own": self._own.read(),
            "states": [],
            "callbacks": kept,
        }
        if position.step:
            if self._states is None:
                self._states = ReplicaValues(*_states(model))
            arrays["states"] = self._states.read()
        facts = {
            "run": self._description(model),
            "callbacks": remembered,
            "stopped": bool(getattr(model, "stop_training", False)),
        }
        if worker_of(model.distribute_strategy).is_chief:
            self._files.write(position, arrays, facts)

    def restore(self, model):
        """Loads the newest backup that is whole.

        Args:
            model: compiled `keras.Model`, built as the one that was saved.

        Returns:
            `Position` of the next step; (0, 0) if there is no backup.

        Raises:
            ValueError: a backup of another run, naming what differs; or
                backups that are all damaged.
            WorkersDisagree: not all workers read the same backup.
        """
        strategy = model.distribute_strategy
        if worker_of(strategy).is_chief:
            self._files.remove_unfinished()
        saved = self._files.read_newest()
        check_agreement(
            strategy, {"backup": saved and [*saved.position, saved.checksum]}
        )
        if saved is None:
            return Position(0, 0)
        self._check_description(saved.facts["run"], self._description(model))
        pairs = zip(_weights(model), saved.arrays["weights"], strict=True)
        for variable, value in pairs:
            variable.assign(value)
        ReplicaValues(*_own(model)).write(saved.arrays["own"])
        model.stop_training = saved.facts["stopped"]
        self._restored = saved
        return saved.position

    def _remembering(self):
        kinds = tuple(_REMEMBERED)
        return [
            each
            for each in self.callbacks
            if isinstance(each, kinds) or _has_state(each)
        ]

    def _restore_callbacks(self, saved):
        remembered = join_state(
            saved.facts["callbacks"], saved.arrays["callbacks"]
        )
        pairs = zip(self._remembering(), remembered, strict=True)
        for callback, state in pairs:
            if _has_state(callback):
                callback.set_state(state)
                continue
            for name, value in state.items():
                setattr(callback, name, value)

    def _description(self, model):
        """What a backup and the run that goes on from it have in common."""
        replicas = model.distribute_strategy.num_replicas_in_sync
        description = {
            **self.settings,
            "(steps per epoch)": self.steps_per_epoch,
            "(replicas)": replicas,
            "(optimizer)": type(model.optimizer).__name__,
            "(callbacks)": [
                type(each).__name__ for each in self._remembering()
            ],
            "(variables)": [
                [each.dtype, *each.shape] for each in _weights(model)
            ],
        }
        # As it will be read: tuples become lists.
        return json.loads(json.dumps(description))

    def _check_description(self, there, here):
        different = [
            f"{name}: {_short(there.get(name))} there, "
            f"{_short(here.get(name))} here"
            for name in sorted(there.keys() | here.keys())
            if there.get(name) != here.get(name)
        ]
        if different:
            raise ValueError(
                f"The backup in {self.directory} is of another run. Received: "
                f"{'; '.join(different)}. Start this run in another "
                "directory, or remove that one."
            )


def _weights(model):
    """What all replicas have in common."""
    if not model.optimizer.built:
        with model.distribute_strategy.scope():
            model.optimizer.build(model.trainable_variables)
    own = {id(variable) for variable in moving_statistics(model)}
    weights = [each for each in model.weights if id(each) not in own]
    return [*weights, *model.optimizer.variables]


def _own(model):
    """What each replica has for itself."""
    variables = [*moving_statistics(model), *seed_states(model)]
    return model.distribute_strategy, variables


def _states(model):
    """What each replica has for itself, and an epoch begins anew."""
    variables = [*seed_states(model), *model.metrics_variables]
    return model.distribute_strategy, variables


def _has_state(callback):
    return hasattr(callback, "get_state") and hasattr(callback, "set_state")


def _remembered(callback):
    """What a callback must not forget: JSON values and arrays."""
    if _has_state(callback):
        return callback.get_state()
    if getattr(callback, "restore_best_weights", False):
        raise ValueError(
            "Weights that a callback keeps in memory are in no backup. "
            f"Received: {type(callback).__name__}(restore_best_weights=True). "
            "Use `tfmixup.callbacks.BestWeights`."
        )
    names = next(
        names for cls, names in _REMEMBERED.items() if isinstance(callback, cls)
    )
    values = {name: getattr(callback, name) for name in names}
    return {
        name: value if value is None else float(value)
        for name, value in values.items()
    }


def _short(value):
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:40]} ... {text[-15:]}"
