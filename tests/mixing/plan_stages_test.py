"""Tests of tfmixup.mixing.plan_stages: what a plan holds, and its labels."""

import json

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tfmixup import mixing
from tfmixup.mixing import EmbeddingMixupPlan
from tfmixup.mixing import ManifoldMixupPlan
from tfmixup.mixing import Mixup

both_draws = pytest.mark.parametrize("per_example", [False, True])


def rows(batch, steps=None, parts=1, part=0):
    """Endless batches of (ids, labels), or the same part of each."""
    ids = np.arange(batch * 3)
    own = slice(part * batch // parts, (part + 1) * batch // parts)
    batches = [ids[i * batch :][:batch][own] for i in range(3)]
    dataset = tf.data.Dataset.from_tensor_slices(batches)
    return dataset.repeat(steps).map(lambda x: (x, x % 4))


def coefficient_of(planned):
    """(coefficient of each row, depth) of a plan; depth None: no mixing."""
    active = {
        depth: values.numpy()
        for depth, values in planned.plan.coefficients.items()
        if np.any(values.numpy() != 1)
    }
    assert len(active) <= 1, "mixed at two depths in one step"
    for depth, values in active.items():
        return values, depth
    return np.ones(len(planned.plan.distances)), None


def partners_of(planned):
    distances = planned.plan.distances.numpy()
    return np.arange(len(distances)) + distances


@both_draws
def test_the_labels_are_mixed_by_the_plan_and_the_features_are_not(per_example):
    stage = ManifoldMixupPlan(2.0, 4, per_example=per_example, seed=5)
    steps = 0
    for planned, labels in stage.stream(rows(12)).take(9):
        first = steps % 3 * 12
        np.testing.assert_array_equal(
            planned.features, np.arange(first, first + 12)
        )
        one_hot = np.eye(4)[planned.features.numpy() % 4]
        coefficient, _ = coefficient_of(planned)
        weight = coefficient[:, None].astype(np.float64)
        partners = partners_of(planned)
        assert sorted(partners) == list(range(12))
        expected = weight * one_hot + (1 - weight) * one_hot[partners]
        # Two products and a sum in float32.
        np.testing.assert_allclose(labels, expected, atol=2**-22)
        assert (len(set(coefficient)) == 1) != per_example
        steps += 1
    assert steps == 9


@both_draws
def test_the_draws_are_those_of_mixup(per_example):
    arguments = dict(per_example=per_example, seed=5, num_groups=2)
    plans = ManifoldMixupPlan(2.0, 4, **arguments).stream(rows(12), 1000)
    mixed = Mixup(2.0, 4, **arguments).stream(
        rows(12).map(lambda x, y: (tf.cast(x, tf.float32), y)), 1000
    )
    for (_, labels), (_, expected) in zip(
        plans.take(40), mixed.take(40), strict=True
    ):
        np.testing.assert_array_equal(labels, expected)


def test_the_depth_is_uniform_and_drawn_anew_at_each_step():
    stage = ManifoldMixupPlan(8.0, 4, depths=(5, 0, 2), seed=1)
    depths = [
        coefficient_of(planned)[1]
        for planned, _ in stage.stream(rows(8)).take(900)
    ]
    counts = {depth: depths.count(depth) for depth in (0, 2, 5)}
    assert sum(counts.values()) == 900
    # Uniform p-values: below 1e-4 once in ten thousand seeds.
    assert scipy.stats.chisquare(list(counts.values())).pvalue > 1e-4
    # One depth follows another as often as any.
    follows = np.zeros([3, 3])
    order = {0: 0, 2: 1, 5: 2}
    for one, next_one in zip(depths, depths[1:], strict=False):
        follows[order[one], order[next_one]] += 1
    assert scipy.stats.chi2_contingency(follows).pvalue > 1e-4


def test_depth_and_coefficient_are_drawn_apart():
    stage = ManifoldMixupPlan(1.0, 4, depths=(0, 1), seed=2)
    seen = {0: [], 1: []}
    for planned, _ in stage.stream(rows(4)).take(1200):
        values, depth = coefficient_of(planned)
        seen[depth].append(values[0])
    for values in seen.values():
        assert scipy.stats.kstest(values, "uniform").pvalue > 1e-4


@settings(max_examples=12, deadline=None)
@given(
    parts=st.integers(1, 4),
    size=st.integers(1, 40),
    per_example=st.booleans(),
    first_step=st.integers(0, 2000),
)
def test_the_plan_of_a_group_is_that_part_of_the_plan(
    parts, size, per_example, first_step
):
    batch = parts * size
    stage = ManifoldMixupPlan(
        1.0, 4, per_example=per_example, seed=6, num_groups=parts
    )
    whole = list(stage.stream(rows(batch), first_step).take(2))
    for part in range(parts):
        own = slice(part * size, (part + 1) * size)
        dataset = rows(batch, parts=parts, part=part)
        stream = stage.stream(dataset, first_step, group=part)
        for actual, expected in zip(stream.take(2), whole, strict=True):
            tf.nest.map_structure(
                lambda a, b, own=own: np.testing.assert_array_equal(a, b[own]),
                actual,
                expected,
            )


@both_draws
def test_another_epoch_has_another_plan_and_a_rerun_the_same(per_example):
    def plans():
        stage = ManifoldMixupPlan(1.0, 4, per_example=per_example, seed=4)
        dataset = rows(16, steps=1).apply(stage)
        return [
            np.stack([partners_of(planned) for planned, _ in dataset])
            for _ in range(2)
        ]

    first, second = plans()
    assert np.any(first != second)
    np.testing.assert_array_equal(plans(), [first, second])


def test_a_plan_can_be_drawn_for_one_batch_by_map():
    stage = ManifoldMixupPlan(1.0, 4, seed=4)
    seen = [planned for planned, _ in rows(16, steps=1).map(stage.mix)]
    assert np.any(partners_of(seen[0]) != partners_of(seen[1]))


def test_every_tensor_of_a_plan_has_a_row_for_each_example():
    stage = ManifoldMixupPlan(1.0, 4, depths=(0, 7), seed=4)
    for batch_size, drop in ((5, True), (None, False)):
        dataset = tf.data.Dataset.range(12).batch(5, drop_remainder=drop)
        spec = dataset.map(lambda x: (x, x % 4)).apply(stage).element_spec
        for leaf in tf.nest.flatten(spec):
            assert leaf.shape[0] == batch_size
    sizes = [
        {len(leaf) for leaf in tf.nest.flatten(element)}
        for element in dataset.map(lambda x: (x, x % 4)).apply(stage)
    ]
    assert sizes == [{5}, {5}, {2}]


def test_alpha_zero_plans_no_mixing():
    stage = ManifoldMixupPlan(0, 4, seed=4)
    for planned, labels in stage.stream(rows(8)).take(3):
        for coefficient in planned.plan.coefficients.values():
            np.testing.assert_array_equal(coefficient, np.ones(8))
        np.testing.assert_array_equal(
            labels, np.eye(4)[planned.features.numpy() % 4]
        )


def test_embedding_mixup_plans_depth_zero_and_nothing_else():
    one = EmbeddingMixupPlan(0.4, 4, per_example=True, seed=3)
    other = ManifoldMixupPlan(0.4, 4, depths=[0], per_example=True, seed=3)
    for a, b in zip(
        one.stream(rows(8)).take(2), other.stream(rows(8)).take(2), strict=True
    ):
        assert list(a[0].plan.coefficients) == [0]
        assert a[0].features.dtype == tf.int64
        tf.nest.map_structure(np.testing.assert_array_equal, a, b)


@pytest.mark.parametrize("cls", [EmbeddingMixupPlan, ManifoldMixupPlan])
def test_a_config_rebuilds_the_stage(cls):
    stage = cls(0.3, 4, per_example=True, seed=2, num_groups=2)
    again = cls.from_config(json.loads(json.dumps(stage.get_config())))
    for a, b in zip(
        stage.stream(rows(8)).take(2),
        again.stream(rows(8)).take(2),
        strict=True,
    ):
        tf.nest.map_structure(np.testing.assert_array_equal, a, b)


@pytest.mark.parametrize(
    "depths", [(), (-1,), (0, 0), (1.5,), ("0",), (True,), (None,)]
)
def test_bad_depths_are_refused(depths):
    with pytest.raises(ValueError, match="`depths` must be.*Received"):
        ManifoldMixupPlan(1.0, 4, depths=depths)


def test_bad_labels_are_refused_for_plans_as_for_mixup():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0, 2\)"):
        list(rows(8, steps=1).apply(ManifoldMixupPlan(1.0, 2)))
    with pytest.raises(ValueError, match="`num_classes`"):
        rows(8).apply(EmbeddingMixupPlan(1.0))


@pytest.mark.parametrize("name", ["EmbeddingMixup", "ManifoldMixup"])
def test_a_stage_is_found_by_its_old_name(name):
    with pytest.warns(DeprecationWarning, match=f"is called {name}Plan now"):
        cls = getattr(mixing, name)
    assert cls is getattr(mixing, f"{name}Plan")
    assert name not in dir(mixing)
