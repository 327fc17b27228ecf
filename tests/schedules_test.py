"""Tests of tfmixup.schedules."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.schedules import LargeBatchSchedule
from tfmixup.schedules import StepSchedule


def rates(schedule, steps):
    return np.array([float(schedule(step)) for step in steps])


def test_the_rate_is_halved_at_60_120_and_160_of_200_epochs():
    schedule = StepSchedule(steps_per_epoch=391)
    epochs = [0, 59, 60, 119, 120, 159, 160, 199]
    expected = [0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125]
    for first_step in (0, 390):
        actual = rates(schedule, [391 * e + first_step for e in epochs])
        np.testing.assert_array_equal(actual, np.float32(expected))


def test_factor_one_fifth_divides_by_5():
    schedule = StepSchedule(1.0, steps_per_epoch=1, factor=0.2)
    np.testing.assert_allclose(
        rates(schedule, [59, 60, 120, 160]), [1, 0.2, 0.04, 0.008], rtol=1e-6
    )


# 7 epochs of 10 steps: 30 % are 21 steps. 1 epoch of 7 steps: 2.1 steps, so
# that step 3 is the first behind it. 1,000 epochs: Section 6 of the paper.
@pytest.mark.parametrize(
    ("epochs", "steps_per_epoch", "boundaries"),
    [
        (7, 10, [21, 42, 56]),
        (1, 7, [3, 5, 6]),
        (1000, 40, [12000, 24000, 32000]),
        (200, 10**8, [60 * 10**8, 120 * 10**8, 160 * 10**8]),
    ],
)
def test_boundaries_move_with_the_number_of_epochs(
    epochs, steps_per_epoch, boundaries
):
    schedule = StepSchedule(steps_per_epoch=steps_per_epoch, epochs=epochs)
    for i, boundary in enumerate(boundaries):
        before, after = rates(schedule, [boundary - 1, boundary])
        assert before == np.float32(0.1 * 0.5**i)
        assert after == np.float32(0.1 * 0.5 ** (i + 1))


def test_warm_up_grows_by_the_same_amount_at_every_step():
    schedule = LargeBatchSchedule(1024, steps_per_epoch=20)
    actual = rates(schedule, range(101))
    # Rates up to 0.4 in float32: differences are off by at most 2 * 2**-26.
    np.testing.assert_allclose(np.diff(actual), 0.3 / 100, atol=6e-8)
    assert actual[0] == np.float32(0.1)
    assert actual[100] == np.float32(0.4)
    # And not beyond.
    assert set(rates(schedule, range(100, 600))) == {np.float32(0.4)}


def test_the_rate_of_a_large_batch_is_divided_by_10_at_30_60_and_80():
    schedule = LargeBatchSchedule(8192, steps_per_epoch=156)
    epochs = [5, 29.99, 30, 59.99, 60, 79.99, 80, 89]
    expected = [3.2, 3.2, 0.32, 0.32, 0.032, 0.032, 0.0032, 0.0032]
    steps = [int(156 * epoch) for epoch in epochs]
    np.testing.assert_allclose(rates(schedule, steps), expected, rtol=1e-6)


def test_the_warm_up_shrinks_with_the_number_of_epochs():
    schedule = LargeBatchSchedule(512, steps_per_epoch=10, epochs=18)
    np.testing.assert_allclose(
        rates(schedule, [0, 5, 10, 59, 60]),
        [0.1, 0.15, 0.2, 0.2, 0.02],
        rtol=1e-6,
    )


def test_a_small_batch_has_no_warm_up():
    schedule = LargeBatchSchedule(64, steps_per_epoch=10)
    assert set(rates(schedule, range(0, 300, 7))) == {np.float32(0.025)}


SCHEDULES = [
    StepSchedule(steps_per_epoch=5, epochs=6),
    LargeBatchSchedule(1024, steps_per_epoch=5, epochs=6),
]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_an_optimizer_that_resumes_at_any_step_has_the_same_rate(schedule):
    unbroken = []
    weight = keras.Variable([1.0])
    sgd = keras.optimizers.SGD(schedule)
    for _ in range(30):
        unbroken.append(float(sgd.learning_rate))
        sgd.apply([tf.constant([1.0])], [weight])
    for step in range(30):
        resumed = keras.optimizers.SGD(schedule)
        resumed.iterations.assign(step)
        assert float(resumed.learning_rate) == unbroken[step]
    assert len(set(unbroken)) > 3


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_integers_tensors_and_graphs_have_one_rate(schedule):
    compiled = tf.function(schedule, jit_compile=True)
    graph = tf.function(schedule)
    for step in (0, 1, 9, 29):
        expected = float(schedule(step))
        for other in (tf.constant(step), tf.constant(step, tf.int64)):
            assert float(schedule(other)) == expected
            assert float(graph(other)) == expected
            # The compiler may fuse the multiply and the add of the warm-up.
            assert float(compiled(other)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_an_optimizer_brings_its_schedule_back(schedule):
    config = keras.optimizers.serialize(keras.optimizers.SGD(schedule))
    loaded = keras.optimizers.deserialize(config)
    loaded.iterations.assign(20)
    assert float(loaded.learning_rate) == float(schedule(20))


@pytest.mark.parametrize("bad", [0, -1, -2, 2.5, None, True])
def test_steps_per_epoch_must_be_known(bad):
    with pytest.raises(ValueError, match="steps_per_epoch.*Received.*`fit`"):
        StepSchedule(steps_per_epoch=bad)
    with pytest.raises(ValueError, match="steps_per_epoch.*Received.*`fit`"):
        LargeBatchSchedule(256, steps_per_epoch=bad)


@pytest.mark.parametrize(
    "bad",
    [
        dict(learning_rate=0.0),
        dict(learning_rate=float("nan")),
        dict(learning_rate="0.1"),
        dict(epochs=0),
        dict(epochs=1.5),
        dict(factor=0.0),
        dict(factor=5),
    ],
)
def test_a_step_schedule_out_of_range_is_refused(bad):
    (name, _), *_ = bad.items()
    with pytest.raises(ValueError, match=f"`{name}` must be.*Received: {name}"):
        StepSchedule(steps_per_epoch=1, **bad)


@pytest.mark.parametrize(
    "bad",
    [
        dict(batch_size=0),
        dict(base_learning_rate=-1.0),
        dict(base_batch_size=2.0),
        dict(factor=10),
    ],
)
def test_a_large_batch_schedule_out_of_range_is_refused(bad):
    (name, _), *_ = bad.items()
    with pytest.raises(ValueError, match=f"`{name}` must be.*Received: {name}"):
        LargeBatchSchedule(**{"batch_size": 1, "steps_per_epoch": 1, **bad})
