"""Tests of tfmixup.mixing.pipeline: what a stage is given to mix with.

The laws of the draws are tested through the stages, in `stages_test.py`.
"""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.mixing.pipeline import Stage


class Shown(Stage):
    """Gives the draw of each batch in place of its features."""

    def __init__(self, per_example=False, num_groups=1):
        super().__init__(
            0.5, 3, per_example=per_example, seed=7, num_groups=num_groups
        )

    def combine(self, features, labels, draw):
        return draw, labels


def dataset(size=6):
    rows = (tf.range(size), tf.range(size) % 3)
    return tf.data.Dataset.from_tensors(rows).repeat()


@pytest.mark.parametrize("per_example", [False, True])
def test_a_stage_is_given_its_draw_whatever_the_features_are(per_example):
    stage = Shown(per_example, num_groups=2)
    for draw, labels in stage.stream(dataset()).take(3):
        assert draw.coefficient.shape == ([6] if per_example else [1])
        assert sorted(draw.partners.numpy()[3:]) == [3, 4, 5]
        assert labels.shape == [6, 3]


def test_every_step_has_a_key_of_its_own_that_does_not_depend_on_the_rest():
    def keys(stage, first_step, **arguments):
        stream = stage.stream(dataset(), first_step, **arguments).take(4)
        return [tuple(draw.key.numpy()) for draw, _ in stream]

    expected = keys(Shown(), 5)
    assert len(set(expected)) == 4
    assert keys(Shown(), 7)[:2] == expected[2:]
    grouped = Shown(num_groups=2)
    assert keys(grouped, 5, group=1) == expected == keys(grouped, 5)


def test_a_group_has_the_coefficients_of_its_part():
    stage = Shown(per_example=True, num_groups=2)
    (whole, _), *_ = stage.stream(dataset(6)).take(1)
    (part, _), *_ = stage.stream(dataset(3), group=1).take(1)
    np.testing.assert_array_equal(part.coefficient, whole.coefficient[3:])
    np.testing.assert_array_equal(part.partners + 3, whole.partners[3:])


def test_a_stage_that_says_nothing_of_weights_refuses_them():
    x, y = tf.zeros([4, 2]), tf.constant([0, 1, 2, 0])
    with pytest.raises(ValueError, match="Shown does not say.*weights"):
        Shown().mix(x, y, tf.ones([4]))
    weighted = tf.data.Dataset.from_tensors((x, y, tf.ones([4])))
    with pytest.raises(ValueError, match="Shown does not say.*weights"):
        weighted.apply(Shown())
