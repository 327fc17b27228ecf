"""Tests of tfmixup.callbacks.stop_at_value."""

import pytest

from tests.callbacks import made
from tfmixup import callbacks


@pytest.mark.parametrize(
    ("name", "mode", "values", "epochs"),
    [
        ("val_top5", "auto", (0.1, 0.93, 0.99), 2),
        ("val_top5", "auto", (0.1, 0.9299, 0.2), 3),
        ("val_top5", "auto", (1.0, 0, 0), 1),
        ("val_loss", "auto", (2.0, 0.93, 2.0), 2),
        ("val_ece", "auto", (0.5, 2.0, 0.5), 1),
        ("val_loss", "max", (0.5, 2.0, 0.5), 2),
        ("kappa", "min", (2.0, 1.0, 0.9), 3),
        ("val_loss", "auto", (float("nan"), 2.0, 2.0), 3),
    ],
)
def test_training_stops_when_the_value_is_reached(name, mode, values, epochs):
    stop = callbacks.StopAtValue(name, 0.93, mode)
    script = made.Scripted(name, values)
    model = made.compiled_model()
    history = made.fit(model, made.held_out(), script, stop)
    assert len(history["loss"]) == epochs


def test_stopping_wants_a_value_that_is_logged():
    stop = callbacks.StopAtValue()
    with pytest.raises(KeyError, match="'val_top5', logged:.*before this one"):
        made.fit(made.compiled_model(), made.held_out(), stop)


def test_a_value_without_a_direction_is_refused_when_it_is_made():
    with pytest.raises(ValueError, match="Received: monitor='val_gap'"):
        callbacks.StopAtValue("val_gap", 0.0)
