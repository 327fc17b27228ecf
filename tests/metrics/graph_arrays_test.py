"""Tests of tfmixup.metrics.graph_arrays; arrays_test.py compares them all."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.metrics import graph_arrays


def test_a_known_tensor_becomes_an_array_and_a_symbolic_one_stays():
    for value in (tf.constant([1.0]), tf.Variable([1.0])):
        found = graph_arrays.known_or_symbolic(value)
        assert isinstance(found, np.ndarray)
    kinds = []
    tf.function(
        lambda x: kinds.append(type(graph_arrays.known_or_symbolic(x)))
    )(tf.constant(1.0))
    assert kinds and not issubclass(kinds[0], np.ndarray)


def test_a_graph_beside_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(RuntimeError, match="needs Keras on TensorFlow"):
        graph_arrays.namespace()


def test_the_worst_fault_is_raised_with_its_message():
    @tf.function
    def check(fault):
        graph_arrays.raise_for(fault, {1: "first", 2: "second"})

    check(tf.constant([0, 0]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="second"):
        check(tf.constant([0, 2]))
