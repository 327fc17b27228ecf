"""Tests of tfmixup.backup.seeds: dropout in each epoch and replica."""

import keras
import numpy as np
import tensorflow as tf

from tests.backup import runs
from tests.replicas import two_replicas
from tfmixup.backup import EpochSeeds


def test_dropout_differs_in_each_epoch_and_repeats_with_its_seed():
    model = runs.compiled_model()
    callback = EpochSeeds(7)
    callback.set_model(model)
    features, _ = runs.features_and_labels(4)
    seen = []
    for epoch in (0, 1, 0):
        callback.on_epoch_begin(epoch)
        seen.append(model(features, training=True).numpy())
    np.testing.assert_array_equal(seen[0], seen[2])
    assert np.any(seen[0] != seen[1])


def test_replicas_drop_other_units_and_the_first_those_of_one_device():
    def kept(strategy):
        with strategy.scope():
            layers = [keras.Input([64]), keras.layers.Dropout(0.5)]
            model = keras.Sequential(layers)
        callback = EpochSeeds(7)
        callback.set_model(model)
        callback.on_epoch_begin(2)

        @tf.function
        def forward():
            return strategy.run(model, (tf.ones([1, 64]),), {"training": True})

        return strategy.experimental_local_results(forward())

    (alone,) = kept(tf.distribute.get_strategy())
    first, second = kept(two_replicas())
    np.testing.assert_array_equal(first, alone)
    assert np.any(first.numpy() != second.numpy())
