"""Tests of tfmixup.mixing.pairing: groups that know nothing of each other."""

import numpy as np
import pytest
import tensorflow as tf

from tests.mixing.stages_test import batches
from tests.mixing.stages_test import draws
from tests.mixing.stages_test import probe
from tfmixup.keys import seed_key
from tfmixup.mixing import FeatureMixup
from tfmixup.mixing import Mixup
from tfmixup.mixing.pairing import draw_partners

both_draws = pytest.mark.parametrize("per_example", [False, True])


def parts_of(dataset, group, size):
    """The dataset that a machine sees which holds one group of each batch."""
    part = slice(group * size, (group + 1) * size)
    return dataset.map(lambda x, y: (x[part], y[part]))


def test_one_group_has_the_shuffle_of_the_whole_batch():
    # Runs from before there were groups must come out the same.
    key = seed_key(3)
    np.testing.assert_array_equal(
        draw_partners(key, tf.constant(9)),
        tf.random.experimental.stateless_shuffle(tf.range(9), seed=key),
    )


@both_draws
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("cls", [FeatureMixup, Mixup])
# 132 rows of a step are more than a chunk of draws holds.
@pytest.mark.parametrize(("batch", "groups"), [(12, 3), (132, 2)])
@pytest.mark.parametrize("static", [False, True])
def test_the_groups_of_a_batch_are_bitwise_its_parts(
    cls, per_example, jit_compile, batch, groups, static
):
    stage = cls(
        1,
        3,
        per_example=per_example,
        seed=4,
        jit_compile=jit_compile,
        num_groups=groups,
    )
    dataset = probe(batch, batch, drop_remainder=static, repeat=None)
    whole = batches(stage.stream(dataset, first_step=31).take(3))
    size = batch // groups
    for group in range(groups):
        stream = stage.stream(
            parts_of(dataset, group, size), first_step=31, group=group
        )
        part = slice(group * size, (group + 1) * size)
        for (x, y), (a, b) in zip(whole, batches(stream.take(3)), strict=True):
            np.testing.assert_array_equal(x[part], a)
            np.testing.assert_array_equal(y[part], b)


@both_draws
def test_no_pair_crosses_a_group_and_groups_pair_in_their_own_way(per_example):
    stage = Mixup(1, 3, per_example=per_example, seed=4, num_groups=3)
    alike = 0
    for x, _ in batches(probe(24, 24, repeat=20).apply(stage)):
        _, partners = draws(x)
        groups = partners.reshape([3, 8])
        for number, group in enumerate(groups):
            assert sorted(group) == list(range(8 * number, 8 * number + 8))
        alike += np.array_equal(groups[0], groups[1] - 8)
    # Two permutations of 8 are the same once in 40,320.
    assert alike == 0


def test_one_coefficient_serves_all_groups_of_a_batch():
    stage = Mixup(1, 3, seed=4, num_groups=2)
    own, partners = draws(batches(probe(32, 32).apply(stage))[0][0])
    assert len(set(own[partners != np.arange(32)])) == 1


def test_map_pairs_within_groups():
    stage = Mixup(1, 3, seed=4, num_groups=4)
    for x, _ in batches(probe(16, 16, repeat=5).map(stage.mix)):
        _, partners = draws(x)
        np.testing.assert_array_equal(partners // 4, np.arange(16) // 4)


def test_a_group_of_one_is_left_as_it_is():
    stage = Mixup(1, 3, seed=4, num_groups=8)
    for x, _ in batches(probe(8, 8).apply(stage)):
        np.testing.assert_array_equal(x, np.eye(8))


def test_a_batch_that_does_not_divide_is_refused():
    stage = Mixup(1, 3, num_groups=3)
    message = "must divide into num_groups=3"
    with pytest.raises(ValueError, match=message):
        probe(8, 8).apply(stage)
    with pytest.raises(ValueError, match=message):
        stage.mix(np.eye(8), np.arange(8) % 3)
    ragged = probe(16, 9, drop_remainder=False).apply(stage)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        batches(ragged)


@pytest.mark.parametrize("num_groups", [0, -1, 1.5, "two", True, None])
def test_a_bad_number_of_groups_is_refused(num_groups):
    with pytest.raises(ValueError, match="`num_groups` must be.*Received"):
        Mixup(1, 3, num_groups=num_groups)


@pytest.mark.parametrize("group", [-1, 2, 0.5])
def test_a_group_that_is_none_is_refused(group):
    stage = Mixup(1, 3, num_groups=2)
    with pytest.raises(ValueError, match="`group` must be.*Received"):
        stage.stream(probe(8, 4, repeat=None), group=group)
