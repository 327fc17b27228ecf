"""What every callback keeps."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import catalogue
from tests.replicas import two_replicas

each_callback = pytest.mark.parametrize(
    "case", catalogue.CALLBACKS, ids=lambda case: case.cls.__name__
)


def fitted(strategy, watchers, epochs=2):
    """The history of a short run."""
    with strategy.scope():
        model = catalogue.model()
        model.compile(
            "sgd",
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
    history = model.fit(
        catalogue.features(),
        catalogue.labels(),
        batch_size=8,
        shuffle=False,
        epochs=epochs,
        callbacks=watchers,
        verbose=0,
    )
    return history.history


@each_callback
def test_every_argument_is_given(case, tmp_path):
    names = set(inspect.signature(case.cls).parameters)
    assert set(case.arguments(tmp_path)) == names


@pytest.fixture(scope="module")
def unwatched():
    """The history of the run without any callback."""
    return fitted(tf.distribute.get_strategy(), [])


@each_callback
def test_a_callback_leaves_the_training_as_it_is_in_run_after_run(
    case, tmp_path, unwatched
):
    watcher = case.build(tmp_path)
    first = fitted(tf.distribute.get_strategy(), [watcher])
    again = fitted(tf.distribute.get_strategy(), [watcher])
    for name, values in unwatched.items():
        assert first[name] == values, name
    assert again == first


@each_callback
def test_two_replicas_log_what_one_logs(case, tmp_path):
    one = fitted(tf.distribute.get_strategy(), [case.build(tmp_path / "one")])
    two = fitted(two_replicas(), [case.build(tmp_path / "two")])
    assert sorted(one) == sorted(two)
    for name, values in one.items():
        # Four steps in float32 whose gradients are summed in two halves.
        np.testing.assert_allclose(two[name], values, rtol=1e-5, err_msg=name)
