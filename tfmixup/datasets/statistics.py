"""Channel statistics of a set of images, for a Normalization layer."""

import typing

import numpy as np

from tfmixup.datasets.streams import evaluation_batches

__all__ = ["ChannelStatistics", "channel_statistics"]


class ChannelStatistics(typing.NamedTuple):
    """Mean and standard deviation of each channel, over pixels 0..255."""

    mean: np.ndarray  # float64 [c]
    std: np.ndarray  # float64 [c], of the population (divided by n)


def channel_statistics(examples):
    """Mean and standard deviation of each channel over all pixels.

    Exact up to the last float64 operations: pixels are counted by value, in
    one pass. A channel that is constant has std 0.

    Args:
        examples: `Examples`, as a rule the training split.

    Returns:
        `ChannelStatistics`, in units of raw pixels (0..255).

    Example:

    >>> from tfmixup.datasets.examples import Examples
    >>> images = np.array([0, 10], np.uint8).reshape(1, 1, 2, 1)
    >>> statistics = channel_statistics(
    ...     Examples.from_arrays(images, [0], ["only"])
    ... )
    >>> statistics.mean.tolist(), statistics.std.tolist()
    ([5.0], [5.0])
    """
    channels = examples.image_shape[-1]
    counts = np.zeros([channels, 256], np.int64)
    for images, _ in evaluation_batches(examples, 256).as_numpy_iterator():
        for channel in range(channels):
            pixels = images[..., channel].ravel()
            counts[channel] += np.bincount(pixels, minlength=256)
    values = np.arange(256)
    total = counts.sum(axis=1)
    mean = (counts * values).sum(axis=1) / total
    deviation = values - mean[:, None]
    variance = (counts * deviation**2).sum(axis=1) / total
    return ChannelStatistics(mean, np.sqrt(variance))
