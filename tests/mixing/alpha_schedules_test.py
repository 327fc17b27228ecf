"""Tests of tfmixup.mixing.alpha_schedules."""

import json
import math

import keras
import pytest

from tfmixup.mixing import CosineAlpha
from tfmixup.mixing import LinearAlpha
from tfmixup.mixing import OffAfter

SCHEDULES = [
    LinearAlpha(1.0, 0.2, epochs=7),
    CosineAlpha(0.4, 0.0, epochs=7),
    OffAfter(0.3, epochs=2),
]


@pytest.mark.parametrize("cls", [LinearAlpha, CosineAlpha])
@pytest.mark.parametrize(("start", "end"), [(1.0, 0.0), (0.0, 0.7)])
def test_the_ends_are_exact_and_the_middle_is_between(cls, start, end):
    schedule = cls(start, end, epochs=9)
    values = [schedule(epoch) for epoch in range(12)]
    assert values[0] == start and set(values[8:]) == {end}
    steps = [
        after - before
        for before, after in zip(values[:8], values[1:9], strict=True)
    ]
    assert all((step > 0) == (end > start) for step in steps)
    assert math.isclose(values[4], (start + end) / 2)


def test_a_straight_line_and_half_a_cosine():
    linear, cosine = LinearAlpha(2, 1, epochs=5), CosineAlpha(2, 1, epochs=5)
    assert [linear(epoch) for epoch in range(5)] == [2, 1.75, 1.5, 1.25, 1]
    expected = [1.5 + 0.5 * math.cos(math.pi * n / 4) for n in range(5)]
    assert [cosine(n) for n in range(5)] == pytest.approx(expected)


def test_one_epoch_is_the_last_one():
    assert LinearAlpha(1.0, 0.0, epochs=1)(0) == 0.0


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_survives_its_json(schedule):
    saved = json.dumps(keras.saving.serialize_keras_object(schedule))
    again = keras.saving.deserialize_keras_object(json.loads(saved))
    assert type(again) is type(schedule)
    for epoch in range(9):
        assert again(epoch) == schedule(epoch)


@pytest.mark.parametrize("cls", [LinearAlpha, CosineAlpha])
def test_bad_arguments_are_refused(cls):
    with pytest.raises(ValueError, match="`alpha` must be"):
        cls(-1, 0, epochs=3)
    for epochs in (0, -1, 2.5, None):
        with pytest.raises(ValueError, match="`epochs` must be"):
            cls(1, 0, epochs=epochs)
        with pytest.raises(ValueError, match="`epochs` must be"):
            OffAfter(1, epochs=epochs)
