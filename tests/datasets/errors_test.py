"""Tests of tfmixup.datasets.errors."""

import pytest

from tfmixup.datasets.errors import DatasetNotAvailable


def test_the_message_is_one_line_with_name_places_and_remedy():
    error = DatasetNotAvailable("stl10", ["/a", "/b"], "Do this.")
    text = str(error)
    assert "\n" not in text
    assert "'stl10'" in text
    assert "Looked at: /a; /b. Do this." in text


def test_it_is_a_value_error():
    with pytest.raises(ValueError, match="not on this machine"):
        raise DatasetNotAvailable("stl10", ["/a"], "Do this.")
