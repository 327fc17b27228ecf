"""Tests of tfmixup.mixing.mix."""

import hypothesis
import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.mixing.mix import mix
from tfmixup.mixing.mix import mix_pairs
from tfmixup.mixing.mix import nearest

PLAIN = mix_pairs
COMPILED = tf.function(mix_pairs, jit_compile=True)
paths = pytest.mark.parametrize("function", [PLAIN, COMPILED])


def bits(tensor):
    return np.asarray(tensor).view(np.uint32)


@paths
def test_coefficient_one_is_bitwise_identity(function):
    own = [[-0.0, 1e-45, np.nan], [np.inf, -np.inf, 3.0], [1.0, 2.0, 3.0]]
    own = np.array(own, np.float32)
    mixed = function(tf.constant(own), [1, 2, 0], tf.ones([3]))
    np.testing.assert_array_equal(bits(mixed), bits(own))


@paths
def test_coefficient_zero_is_the_partner(function):
    own = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(
        function(own, [1, 0], tf.zeros([2])), [[3, 4], [1, 2]]
    )


@paths
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_mixing_agrees_with_float64_arithmetic(function, dtype):
    generator = np.random.default_rng(0)
    own = tf.cast(generator.normal(size=[6, 2, 3]), dtype)
    partners = generator.permutation(6)
    coefficient = generator.uniform(size=6).astype(np.float32)
    mixed = function(own, tf.constant(partners), tf.constant(coefficient))
    assert mixed.dtype == own.dtype
    x = tf.cast(own, tf.float64).numpy()
    c = coefficient.astype(np.float64)[:, None, None]
    expected = c * x + (1 - c) * x[partners]
    # One rounding to the result's dtype, and for float32 and float64 four in
    # the arithmetic (1 - c, two products, one sum) on values below 4.
    eps = {"float16": 2**-10, "bfloat16": 2**-7, "float32": 2**-23}
    atol = 4 * 4 * eps.get(dtype, 2**-52)
    np.testing.assert_allclose(tf.cast(mixed, tf.float64), expected, 0, atol)


@paths
def test_uint8_pixels_are_cast_before_they_are_added(function):
    pixels = tf.constant([[250], [251]], tf.uint8)
    mixed = function(pixels, [1, 0], tf.constant([0.5, 0.5]))
    assert mixed.dtype == tf.float32
    np.testing.assert_array_equal(mixed, [[250.5], [250.5]])


@paths
def test_a_row_depends_on_itself_and_its_partner_only(function):
    values = np.ones([4, 3], np.float32)
    values[2] = np.nan
    mixed = function(tf.constant(values), [1, 0, 3, 2], tf.constant([0.3] * 4))
    assert np.isfinite(mixed[:2]).all() and np.isnan(mixed[2:]).all()


@hypothesis.given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4),
        elements=st.floats(-1e6, 1e6, width=32),
    ),
    st.data(),
)
@hypothesis.settings(deadline=None, max_examples=40)
def test_mixtures_stay_between_the_two_up_to_rounding(own, data):
    partners = data.draw(st.permutations(range(len(own))))
    coefficient = data.draw(
        hnp.arrays(np.float32, len(own), elements=st.floats(0, 1, width=32))
    )
    mixed = mix_pairs(
        tf.constant(own), tf.constant(partners), tf.constant(coefficient)
    ).numpy()
    low = np.minimum(own, own[partners])
    high = np.maximum(own, own[partners])
    # Three float32 roundings of numbers no larger than the larger of the
    # two; TensorFlow flushes what is below 1.2e-38 to zero.
    slack = 4 * 2**-23 * np.maximum(np.abs(low), np.abs(high)) + 3e-38
    assert np.all(mixed >= low - slack) and np.all(mixed <= high + slack)


def test_one_coefficient_serves_the_whole_batch():
    own = tf.constant([[0.0], [8.0]])
    scalar = mix(own, own[::-1], tf.constant(0.25))
    rows = mix(own, own[::-1], tf.constant([0.25, 0.25]))
    np.testing.assert_array_equal(scalar, rows)


def test_nearest_takes_whole_rows_and_keeps_its_own_on_a_tie():
    own = tf.constant([[1, 1], [2, 2], [3, 3]])
    partner = tf.constant([[4, 4], [5, 5], [6, 6]])
    chosen = nearest(own, partner, tf.constant([0.49, 0.5, 0.51]))
    np.testing.assert_array_equal(chosen, [[4, 4], [2, 2], [3, 3]])


def test_the_static_shape_survives_with_an_unknown_batch_size():
    @tf.function(input_signature=[tf.TensorSpec([None, 3, 2])])
    def graph(x):
        mixed = mix_pairs(x, tf.range(tf.shape(x)[0]), tf.constant(0.5))
        assert mixed.shape.as_list() == [None, 3, 2]
        return mixed

    graph(tf.zeros([5, 3, 2]))
