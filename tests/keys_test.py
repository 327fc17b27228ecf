"""Tests of tfmixup.keys."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup import keys


def uniform(key):
    return tf.random.stateless_uniform([], key).numpy()


def test_different_seeds_have_different_keys():
    seeds = [0, 1, -1, 2**31, 2**32, 2**32 + 1, 2**63 - 1, -(2**63)]
    words = {tuple(keys.seed_key(seed).numpy()) for seed in seeds}
    assert len(words) == len(seeds)


def test_numpy_integers_are_seeds_too():
    np.testing.assert_array_equal(keys.seed_key(np.int64(7)), keys.seed_key(7))


@pytest.mark.parametrize("seed", [1.0, "1", None, True])
def test_a_seed_that_is_no_integer_is_refused(seed):
    with pytest.raises(TypeError, match="`seed` must be an integer.*Received"):
        keys.seed_key(seed)


def test_a_seed_over_64_bits_is_refused():
    with pytest.raises(ValueError, match="64-bit"):
        keys.seed_key(2**63)


def test_epoch_and_step_do_not_commute():
    key = keys.seed_key(1)
    assert uniform(keys.fold_in(key, 2, 3)) != uniform(keys.fold_in(key, 3, 2))


def test_a_tensor_and_an_int_fold_in_alike_eagerly_and_in_a_dataset():
    key = keys.seed_key(1)
    eager = [keys.fold_in(key, 4, step).numpy() for step in range(3)]
    mapped = tf.data.Dataset.range(3).map(lambda s: keys.fold_in(key, 4, s))
    np.testing.assert_array_equal(eager, list(mapped.as_numpy_iterator()))


def test_draws_of_neighboring_steps_are_uncorrelated():
    key = keys.seed_key(0)
    draws = np.array([uniform(keys.fold_in(key, i)) for i in range(2000)])
    lagged = np.corrcoef(draws[:-1], draws[1:])[0, 1]
    # The correlation of independent draws has standard error 1/sqrt(n);
    # 5 of them fail once in two million seeds, and the seed is fixed.
    assert abs(lagged) < 5 / np.sqrt(2000)
