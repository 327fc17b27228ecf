"""Inputs that hypothesis makes for the tests of metrics."""

import numpy as np
from hypothesis import strategies as st

from tests.metrics import cases


@st.composite
def confidences(draw, max_size=40):
    """(confidence float64 `[n]`, correct bool `[n]`), many of them equal."""
    size = draw(st.integers(1, max_size))
    steps = st.lists(st.integers(2, 32), min_size=size, max_size=size)
    hits = st.lists(st.booleans(), min_size=size, max_size=size)
    return np.array(draw(steps)) / 32, np.array(draw(hits))


@st.composite
def examples(draw, max_size=60):
    """(labels, float64 rows) of few or many classes, sure or unsure."""
    return cases.random_case(
        draw(st.integers(0, 10**6)),
        draw(st.integers(1, max_size)),
        num_classes=draw(st.integers(2, 8)),
        dtype="float64",
        sharpness=draw(st.sampled_from([0.1, 1.0, 5.0, 50.0])),
    )


def inputs_of(confidence, correct):
    """(labels, rows) whose winners are class 0 with these confidences."""
    return np.where(correct, 0, 1), cases.rows_of(confidence)
