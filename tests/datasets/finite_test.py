"""Tests of tfmixup.datasets.finite."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.datasets.finite import require_finite


def dataset(features, batch=4):
    labels = np.arange(10) % 2
    slices = tf.data.Dataset.from_tensor_slices((features, labels))
    return slices.batch(batch)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("index", [0, 5, 9])
def test_the_first_bad_value_is_named_by_batch_and_example(bad, index):
    features = np.ones([10, 3, 2], np.float32)
    features[index, 2, 1] = bad
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=f"batch {index // 4}, example {index % 4}",
    ):
        list(dataset(features).apply(require_finite))


def test_finite_data_pass_unchanged():
    features = {
        "pixels": np.arange(20, dtype=np.uint8).reshape(10, 2),
        "half": np.full([10], 65504, np.float16),
        "vector": np.full([10, 1], 1e-45, np.float32),
    }
    before = list(dataset(features).as_numpy_iterator())
    after = list(dataset(features).apply(require_finite).as_numpy_iterator())
    for a, b in zip(before, after, strict=True):
        tf.nest.map_structure(np.testing.assert_array_equal, a, b)
