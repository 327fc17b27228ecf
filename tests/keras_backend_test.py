"""Tests of `tfmixup.keras_backend`."""

import keras
import pytest

from tfmixup import keras_backend


def test_tensorflow_passes():
    assert keras_backend.require_tensorflow("this") is None


def test_another_backend_is_named_with_the_way_out(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="Thing needs Keras on TensorFlow"):
        keras_backend.require_tensorflow("Thing")
    with pytest.raises(RuntimeError, match="'jax'.*KERAS_BACKEND=tensorflow"):
        keras_backend.require_tensorflow("Thing")
