"""Tests of tfmixup.layers.plan_scope; mixing_model_test.py has it in use."""

import threading

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.layers.plan_scope import current_scope
from tfmixup.layers.plan_scope import PlanScope
from tfmixup.mixing import Plan

DISTANCES = [2, 0, -2]


def plan(distances=DISTANCES, depths=(0, 3)):
    coefficients = {
        depth: tf.constant([0.1, 0.2, 0.3]) + depth for depth in depths
    }
    return Plan(tf.convert_to_tensor(distances), coefficients)


def test_a_layer_takes_what_is_for_its_depth():
    with PlanScope(plan()) as scope:
        assert current_scope() is scope
        assert scope.size == 3
        np.testing.assert_array_equal(scope.partners, [2, 1, 0])
        np.testing.assert_allclose(scope.take(3), [3.1, 3.2, 3.3])
        np.testing.assert_allclose(scope.take(0), [0.1, 0.2, 0.3])
        assert scope.take(1) is None
        assert [scope.mixes_at(depth) for depth in (0, 1, 3)] == [1, 0, 1]
        assert scope.is_mixed(0).numpy().tolist() == [True, True, True]
    assert current_scope() is None


def test_a_depth_that_is_taken_twice_is_refused():
    with pytest.raises(ValueError, match="Only one layer may mix at depth 3"):
        with PlanScope(plan()) as scope:
            scope.take(3)
            scope.take(3)
    assert current_scope() is None


def test_a_depth_that_is_left_over_is_refused():
    with pytest.raises(ValueError, match=r"depths \[0, 3\].*mixed at \[0\]"):
        with PlanScope(plan()) as scope:
            scope.take(3)
    assert current_scope() is None


def test_an_error_inside_is_not_covered_by_what_is_left_over():
    with pytest.raises(KeyError, match="inside"), PlanScope(plan()):
        raise KeyError("inside")
    assert current_scope() is None


def test_a_scope_inside_of_another_hides_it_for_its_time():
    with PlanScope(plan(depths=[0])) as outer:
        with PlanScope(plan(depths=[0])) as inner:
            assert current_scope() is inner
            inner.take(0)
        assert current_scope() is outer
        assert outer.take(0) is not None


def test_other_threads_have_scopes_of_their_own():
    seen = []
    with PlanScope(plan(depths=[])):
        thread = threading.Thread(target=lambda: seen.append(current_scope()))
        thread.start()
        thread.join()
    assert seen == [None]


@pytest.mark.parametrize("distances", [[3, 0, 0], [0, -2, 0]])
def test_a_partner_outside_of_the_batch_is_an_error_or_nan(distances):
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_groups"):
        PlanScope(plan(distances))

    @tf.function(jit_compile=True)
    def compiled(distances):
        with PlanScope(plan(distances, depths=[0])) as scope:
            return scope.take(0)

    assert np.isnan(compiled(tf.constant(distances))).all()
    assert not np.isnan(compiled(tf.constant(DISTANCES))).any()


def test_rows_of_coefficient_1_are_not_mixed():
    coefficients = {2: tf.constant([1.0, 0.5, 1 - 2**-24])}
    with PlanScope(Plan(tf.constant(DISTANCES), coefficients)) as scope:
        assert scope.is_mixed(2).numpy().tolist() == [False, True, True]
        scope.take(2)
