"""Tests of `tfmixup.keras_backend`."""

import subprocess
import sys

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


def test_the_front_door_opens_every_package_and_imports_nothing_heavy():
    code = (
        "import sys, tfmixup\n"
        "assert not {'keras', 'tensorflow', 'scipy'} & set(sys.modules)\n"
        "assert 'mixing' in dir(tfmixup)\n"
        "print(tfmixup.mixing.Mixup.__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "Mixup\n", done.stderr
