"""Dropout that is a function of (seed, epoch, step)."""

import keras

from tfmixup.distribution import ReplicaValues
from tfmixup.keras_backend import require_tensorflow
from tfmixup.keys import fold_in
from tfmixup.keys import seed_key

__all__ = ["EpochSeeds"]


class EpochSeeds(keras.callbacks.Callback):
    """Seeds dropout and other random layers from (seed, epoch, replica).

    Keras keeps the state of random layers out of its weight files, so that a
    restored run would repeat the draws of the first epoch; and it gives all
    replicas of a strategy the same state, so that they would drop the same
    units of their parts of a batch.

    Args:
        seed: int.

    Example:

    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input([8]), keras.layers.Dropout(0.5)])
    >>> callback = EpochSeeds(7)
    >>> callback.set_model(model)
    >>> def drawn():
    ...     callback.on_epoch_begin(3)
    ...     return model(np.ones([1, 8]), training=True).numpy().tolist()
    >>> drawn() == drawn()
    True
    """

    def __init__(self, seed):
        require_tensorflow("EpochSeeds")
        super().__init__()
        self._key = seed_key(seed)
        self._states = None

    def set_model(self, model):
        super().set_model(model)
        self._states = None

    def on_epoch_begin(self, epoch, logs=None):
        strategy = self.model.distribute_strategy
        if self._states is None:
            self._states = ReplicaValues(strategy, seed_states(self.model))
        values = []
        for number, state in enumerate(self._states.variables):
            key = fold_in(self._key, epoch, number)
            keys = [key]
            for replica in range(1, strategy.num_replicas_in_sync):
                keys.append(fold_in(key, replica))
            # Threefry keys are unsigned; the bits of the key are kept.
            rows = keras.ops.cast(keras.ops.stack(keys), "int64") & 0xFFFFFFFF
            values.append(keras.ops.cast(rows, state.dtype))
        if values:
            self._states.write(values)


def seed_states(model):
    """The states of the random layers of a model: list of variables."""
    return [
        variable
        for variable in model.variables
        if variable.path.endswith("seed_generator_state")
    ]
