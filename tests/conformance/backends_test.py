"""Every public object beside another backend of Keras."""

import os
import pathlib
import subprocess
import sys

import pytest

# A process for each floatx and backend, in which models are fitted.
pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).parents[2]


def run(module, *arguments, **variables):
    """What a module prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.conformance.{module}", *arguments],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_beside_jax_arrays_and_stages_work_and_the_rest_says_why_not():
    printed = run("beside_jax", KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
    assert printed == "done\n"


@pytest.mark.parametrize("floatx", ["float16", "bfloat16"])
def test_half_precision_is_a_default_dtype_like_others(floatx):
    assert run("with_floatx", floatx) == "done\n"
