"""Tests of experiments.tasks.mixed."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from experiments.run_flags import RunSettings
from experiments.tasks.mixed import made_stage
from experiments.tasks.mixed import mixed_stream
from tfmixup.mixing import Mixup

SETTINGS = RunSettings(alpha=1.0, per_example=True, seed=3, mixing_groups=2)
LABELS = np.arange(8) % 4
FEATURES = np.eye(4, dtype=np.float32)[LABELS]


def stream(rows=slice(None)):
    data = tf.data.Dataset.from_tensors((FEATURES[rows], LABELS[rows]))
    return data.repeat()


def first(settings, batches, first_step=0, shard=(0, 1)):
    stage = made_stage(Mixup, settings, 4)
    found = mixed_stream(stage, batches, first_step, shard)
    return [part.numpy() for part in next(iter(found))]


@pytest.mark.parametrize("step", [0, 5])
def test_each_part_is_that_part_of_the_whole_batch(step):
    whole = first(SETTINGS, stream(), step)
    for index, rows in enumerate([slice(0, 4), slice(4, 8)]):
        part = first(SETTINGS, stream(rows), step, (index, 2))
        for received, expected in zip(part, whole, strict=True):
            np.testing.assert_array_equal(received, expected[rows])


def test_features_that_are_their_labels_stay_so_and_are_mixed():
    features, labels = first(SETTINGS, stream())
    # Two products and a sum in float32.
    np.testing.assert_allclose(features, labels, atol=1e-6)
    assert (features != FEATURES).any()


def test_without_alpha_nothing_is_mixed():
    features, labels = first(replace(SETTINGS, alpha=None), stream())
    np.testing.assert_array_equal(features, FEATURES)
    np.testing.assert_array_equal(labels, FEATURES)
