"""What every schedule keeps."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import catalogue
from tests.conformance import modes
from tests.replicas import two_replicas

each_schedule = pytest.mark.parametrize(
    "case", catalogue.SCHEDULES, ids=lambda case: case.cls.__name__
)
STEPS = range(0, 180, 7)


def rates(schedule):
    return [float(schedule(tf.constant(step, tf.int64))) for step in STEPS]


@each_schedule
def test_config_brings_the_schedule_back(case):
    schedule = case.build()
    config = keras.optimizers.schedules.serialize(schedule)
    loaded = keras.optimizers.schedules.deserialize(
        json.loads(json.dumps(config))
    )
    assert type(loaded) is case.cls
    assert loaded.get_config() == schedule.get_config() == case.arguments
    assert rates(loaded) == rates(schedule)
    assert len(set(rates(schedule))) > 3


@each_schedule
def test_a_saved_model_brings_the_schedule_back(case, tmp_path):
    model = catalogue.model()
    schedule = case.build()
    model.compile(keras.optimizers.SGD(schedule), "mse")
    model.fit(catalogue.features(), catalogue.one_hot(), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").optimizer
    # One batch was trained on: the step goes on from there.
    assert float(loaded.learning_rate) == float(schedule(1))
    loaded.iterations.assign(98)
    assert float(loaded.learning_rate) == float(schedule(98))


@each_schedule
@pytest.mark.parametrize("mode", [modes.graph, modes.compiled])
def test_every_mode_gives_the_same_rate(case, mode):
    schedule = case.build()
    # A compiler may fuse a product and a sum, which are then rounded once.
    np.testing.assert_allclose(
        rates(mode(schedule)), rates(schedule), rtol=1e-6
    )


@each_schedule
def test_a_second_step_does_not_retrace(case):
    function = modes.graph(case.build())
    for step in (0, 1):
        function(tf.constant(step, tf.int64))
    assert function.experimental_get_tracing_count() == 1


@each_schedule
def test_two_replicas_have_one_rate(case):
    strategy = two_replicas()
    schedule = case.build()
    with strategy.scope():
        step = tf.Variable(98, dtype=tf.int64)
    values = strategy.run(tf.function(lambda: schedule(step)))
    for rate in strategy.experimental_local_results(values):
        assert float(rate) == float(schedule(98))
