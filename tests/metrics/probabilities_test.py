"""Tests of tfmixup.metrics.probabilities."""

import numpy as np
import pytest

from tests import reference
from tfmixup.metrics.inputs import read
from tfmixup.metrics.probabilities import probabilities_of


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_are_softmaxed_in_the_dtype_asked_for(dtype):
    logits = np.random.default_rng(0).normal(size=(20, 5)).astype("float32")
    rows, fault = probabilities_of(read(np.zeros(20), logits), True, dtype)
    assert rows.dtype == dtype and fault == 0
    np.testing.assert_allclose(
        rows, reference.softmax(logits), rtol=8 * np.finfo(dtype).eps
    )


def test_probabilities_are_handed_on():
    inputs = read([0], [[0.25, 0.75]])
    rows, fault = probabilities_of(inputs, False)
    assert rows is inputs.predictions and fault == 0


def test_wrong_rows_have_a_fault():
    logits = np.float32([[np.nan, 0], [np.inf, 0], [-np.inf, 0]])
    _, fault = probabilities_of(read([0, 0, 0], logits), True)
    assert (fault > 0).tolist() == [True, True, False]
