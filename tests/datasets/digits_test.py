"""Tests of tfmixup.datasets.digits."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tfmixup.datasets.digits import Digits


def test_all_digits_are_there_with_their_labels():
    examples = Digits().open(["train"])
    assert len(examples) == 1797
    assert examples.image_shape == (8, 8, 1)
    assert examples.class_names == tuple("0123456789")
    np.testing.assert_array_equal(examples.labels, load_digits().target)


def test_the_seventeen_grey_levels_are_spread_over_a_byte():
    images, _ = Digits().open(["train"]).fetch(range(1797))
    levels = load_digits().images[..., None]
    for level in range(17):
        values = np.unique(images.numpy()[levels == level])
        # Rounded half up; floor(x + 1/2) in exact binary fractions.
        assert values.tolist() == [np.floor(level * 255 / 16 + 0.5)]


def test_another_image_size_is_refused():
    with pytest.raises(ValueError, match=r"8x8.*image_size=\(32, 32\)"):
        Digits().open(["train"], image_size=(32, 32))
