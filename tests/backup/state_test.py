"""Tests of tfmixup.backup.state."""

import numpy as np
import pytest

from tfmixup.backup.state import join_state
from tfmixup.backup.state import split_state


def test_what_is_split_is_joined_again():
    state = {
        "best": 0.1 + 0.2,
        "none": None,
        "rows": [{"epoch": 0, "loss": float("inf"), "text": "ä"}],
        "weights": np.arange(3, dtype=np.uint8),
        "more": [np.ones([2, 2]), {"deep": np.zeros([0])}],
    }
    values, arrays = split_state(state)
    assert len(arrays) == 3
    found = join_state(values, arrays)
    np.testing.assert_array_equal(found.pop("weights"), state.pop("weights"))
    for one, other in ((found.pop("more"), state.pop("more")),):
        np.testing.assert_array_equal(one[0], other[0])
        assert one[1]["deep"].shape == (0,)
    assert found == state


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([None])])
def test_what_is_neither_json_nor_array_is_refused(value):
    with pytest.raises(TypeError, match="JSON values and NumPy arrays"):
        split_state({"value": value})
