"""Tests of tfmixup.callbacks.divergence."""

import numpy as np
import pytest

from tests.callbacks import made
from tfmixup import callbacks


def test_a_diverging_loss_stops_training_at_once():
    features, labels = made.held_out()
    features[60] = np.nan  # In the second batch of 32.
    stop = callbacks.StopOnDivergence()
    model = made.compiled_model()
    with pytest.raises(callbacks.TrainingDiverged, match="nan after batch 1"):
        made.fit(model, (features, labels), stop, shuffle=False)
    assert issubclass(callbacks.TrainingDiverged, FloatingPointError)
