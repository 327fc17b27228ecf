"""Tests of tfmixup.datasets.statistics."""

import numpy as np
import pytest

from tests.datasets.files import pixels
from tfmixup.datasets.examples import Examples
from tfmixup.datasets.statistics import channel_statistics


def examples_of(images):
    labels = np.zeros(len(images), int)
    return Examples.from_arrays(images, labels, ["a", "b"])


@pytest.mark.parametrize("count", [1, 255, 256, 700])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_statistics_are_those_of_numpy(count, channels):
    images = pixels(0, count * 4, 5, channels).reshape(count, 4, 5, channels)
    images[..., 0] //= 2  # channels must differ
    actual = channel_statistics(examples_of(images))
    # Two float64 sums of at most 256 terms: 1e-12 is a thousand roundings.
    axes = (0, 1, 2)
    exact = images.astype(np.float64)
    np.testing.assert_allclose(actual.mean, exact.mean(axes), rtol=1e-12)
    np.testing.assert_allclose(actual.std, exact.std(axes), rtol=1e-12)


def test_a_constant_channel_has_standard_deviation_zero():
    images = np.full([10, 3, 3, 1], 200, np.uint8)
    actual = channel_statistics(examples_of(images))
    assert actual.mean.tolist() == [200.0]
    assert actual.std.tolist() == [0.0]
