"""Inputs that are not like the training data.

Noise, unseen classes, and images that leave the convex hull of the training
set. Every draw is a function of the seed and of the number of the image, so
that neither batch size nor threads nor how many images are asked for changes
any of them.
"""

import csv
import functools
import importlib.resources
import math
import numbers
import re

import numpy as np
import tensorflow as tf

from tfmixup.datasets.catalog import open_examples
from tfmixup.datasets.splits import stratified_order
from tfmixup.keys import fold_in
from tfmixup.keys import seed_key

__all__ = [
    "gaussian_noise",
    "leave_convex_hull",
    "overlapping_wnids",
    "uniform_noise",
    "unseen_classes",
]

_GAUSSIAN, _UNIFORM, _HULL = 0x4741, 0x554E, 0x4855
_WNID = re.compile(r"n\d{8}")
_CLASSES = {
    "cifar10": ("airplane car bird cat deer dog frog horse ship truck".split()),
    "stl10": "airplane bird car cat deer dog horse monkey ship truck".split(),
}


def gaussian_noise(count, image_shape, mean, std, seed=0):
    """Images of Gaussian noise, with the moments of a training set.

    The pixels are floats, and neither rounded nor clipped to 0..255: either
    would change the variance.

    Args:
        count: int >= 1, how many images.
        image_shape: (height, width, channels).
        mean: float, or one for each channel, as of `channel_statistics`.
        std: float, or one for each channel, >= 0.
        seed: int.

    Returns:
        `tf.data.Dataset` of float32 `[h, w, c]`, `count` elements; batched by
        the caller.

    Raises:
        ValueError: if an argument is out of its range.

    Example:

    >>> noise = gaussian_noise(2, (8, 8, 3), mean=120.0, std=[60.0, 50.0, 9.0])
    >>> [image.shape for image in noise.as_numpy_iterator()]
    [(8, 8, 3), (8, 8, 3)]
    """
    image_shape = _checked_shape(count, image_shape)
    mean, std = (_channels(each, image_shape[-1]) for each in (mean, std))
    if np.any(std < 0):
        raise ValueError(f"`std` must be >= 0. Received: std={std.tolist()}.")

    def draw(key):
        return mean + std * tf.random.stateless_normal(image_shape, key)

    return _images(count, seed, _GAUSSIAN, draw)


def uniform_noise(count, image_shape, low=0.0, high=255.0, seed=0):
    """Images of uniform noise.

    Args:
        count: int >= 1, how many images.
        image_shape: (height, width, channels).
        low: float, the lowest pixel.
        high: float > low; pixels stay below it.
        seed: int.

    Returns:
        `tf.data.Dataset` of float32 `[h, w, c]`, `count` elements; batched by
        the caller.

    Raises:
        ValueError: if an argument is out of its range.

    Example:

    >>> noise = uniform_noise(3, (8, 8, 1))
    >>> len(noise)
    3
    """
    image_shape = _checked_shape(count, image_shape)
    if not -math.inf < low < high < math.inf:
        raise ValueError(
            "`low` must be less than `high`, both finite. "
            f"Received: low={low}, high={high}."
        )

    def draw(key):
        return tf.random.stateless_uniform(image_shape, key, low, high)

    return _images(count, seed, _UNIFORM, draw)


def leave_convex_hull(images, mu, seed=0, first=0):
    """Images that are moved by a distance in random directions.

    `x + mu * d / |d|` with d ~ U(-1, 1) for each pixel and the norm over the
    whole image: every image moves by the Euclidean distance `mu`, which is
    `mu / sqrt(h * w * c)` for a pixel in the mean square. With one seed an
    image moves along one ray as `mu` grows; other seeds give other rays.

    Args:
        images: `[b, h, w, c]`, any number dtype.
        mu: float >= 0, in the units of the pixels.
        seed: int.
        first: int, the number of the first of these images, so that the
            directions do not depend on how a set is cut into batches.

    Returns:
        float32 tensor `[b, h, w, c]`, not clipped.

    Raises:
        ValueError: if `images` are not 4-D, or `mu` is negative or not finite.

    Example:

    >>> moved = leave_convex_hull(np.zeros([2, 4, 4, 3]), mu=7.0)
    >>> np.linalg.norm(moved.numpy().reshape(2, -1), axis=1).round(4).tolist()
    [7.0, 7.0]

    Reference:
        Thulasidasan et al., 2019, appendix D, https://arxiv.org/abs/1905.11001
    """
    if not 0 <= mu < math.inf:
        raise ValueError(f"`mu` must be finite and >= 0. Received: mu={mu}.")
    images = tf.cast(images, tf.float32)
    if images.shape.rank != 4:
        raise ValueError(
            "`images` must have shape [b, h, w, c]. "
            f"Received: {tuple(images.shape)}."
        )
    root = fold_in(seed_key(seed), _HULL)
    shape = tf.shape(images)

    def direction(number):
        key = fold_in(root, number)
        drawn = tf.random.stateless_uniform(shape[1:], key, -1.0, 1.0)
        return drawn / tf.norm(drawn)

    # In order and not in parallel: the draws of a large batch fill the memory.
    directions = tf.map_fn(
        direction,
        first + tf.range(shape[0]),
        fn_output_signature=tf.float32,
    )
    return images + mu * directions


def unseen_classes(
    data_dir,
    in_distribution,
    split="test",
    image_size=None,
    limit=None,
    exclude=None,
    seed=0,
):
    """Images of an ImageNet-like folder whose classes were not trained on.

    Args:
        data_dir: folder of class folders named by wnid; see `open_examples`.
        in_distribution: "cifar10" or "stl10", whose classes are left out: see
            `overlapping_wnids`; any other name where `exclude` is given.
        split: see `open_examples`; "train+validation" for all of a folder
            without splits but its test part.
        image_size: (height, width) to cut and resize to; None as they are.
        limit: int, at most so many images, evenly over the classes.
        exclude: names of the class folders to leave out, instead of the list
            for `in_distribution`.
        seed: int, of the choice that `limit` makes.

    Returns:
        `Examples` whose classes keep the numbers that they have in the folder.

    Raises:
        DatasetNotAvailable: see `open_examples`.
        ValueError: if there is no list for `in_distribution`, the folders are
            not named by wnid, or nothing is left.

    Example:

    >>> unseen_classes("/nowhere", "cifar10")
    Traceback (most recent call last):
    tfmixup.datasets.errors.DatasetNotAvailable: ...
    """
    if limit is not None and limit < 1:
        raise ValueError(f"`limit` must be 1 or more. Received: limit={limit}.")
    by_wnid = exclude is None
    excluded = set(overlapping_wnids(in_distribution) if by_wnid else exclude)
    examples = open_examples("folder", split, data_dir, image_size)
    names = examples.class_names
    strangers = [name for name in names if not _WNID.fullmatch(name)]
    if by_wnid and strangers:
        raise ValueError(
            "Class folders must be named by wnid (n01440764) to be compared "
            f"with those of {in_distribution}. Received: {strangers[0]!r} in "
            f"{str(data_dir)!r}. Name the folders to leave out by `exclude`, "
            "() for none."
        )
    if not by_wnid and excluded - set(names):
        raise ValueError(
            "`exclude` must name class folders. Received: "
            f"{sorted(excluded - set(names))[:5]}, not in {str(data_dir)!r}."
        )
    kept = np.flatnonzero(
        [names[label] not in excluded for label in examples.labels]
    )
    if not len(kept):
        raise ValueError(
            f"Every class of {str(data_dir)!r} is left out: none is unseen."
        )
    if limit is not None and limit < len(kept):
        order = stratified_order(examples.labels[kept], seed)
        kept = np.sort(kept[order[:limit]])
    return examples.subset(kept)


def overlapping_wnids(in_distribution):
    """The ImageNet classes that a data set has too, each with the reason.

    Of the 1,000 classes of ILSVRC-2012 (Tiny ImageNet's are among them),
    those that show what a class of the data set shows, and those that can
    hardly be told from it. In doubt a class is on the list.

    Args:
        in_distribution: "cifar10" or "stl10".

    Returns:
        dict from wnid to a sentence (str).

    Raises:
        ValueError: for any other data set.

    Example:

    >>> overlapping_wnids("cifar10")["n02391049"]
    "zebra (horse): a zebra: of the horse's genus and build"
    """
    if in_distribution not in _CLASSES:
        raise ValueError(
            "There are lists of overlapping ImageNet classes for "
            f"{', '.join(_CLASSES)}. Received: {in_distribution!r}. Name the "
            "class folders to leave out by `exclude`, () for none."
        )
    classes = set(_CLASSES[in_distribution])
    return {
        row["wnid"]: f"{row['name']} ({row['classes']}): {row['reason']}"
        for row in _overlaps()
        if classes & set(row["classes"].split())
    }


@functools.cache
def _overlaps():
    file = importlib.resources.files("tfmixup.datasets")
    text = (file / "overlapping_wnids.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _images(count, seed, purpose, draw):
    root = fold_in(seed_key(seed), purpose)
    return tf.data.Dataset.range(count).map(
        lambda number: draw(fold_in(root, number)),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )


def _checked_shape(count, image_shape):
    shape = tuple(image_shape)
    if len(shape) != 3 or not all(
        isinstance(size, numbers.Integral)
        and not isinstance(size, bool)
        and size >= 1
        for size in (count, *shape)
    ):
        raise ValueError(
            "`count` must be an integer >= 1 and `image_shape` (height, "
            f"width, channels). Received: count={count!r}, "
            f"image_shape={image_shape!r}."
        )
    return shape


def _channels(values, channels):
    values = np.asarray(values, np.float32)
    if values.shape not in ((), (channels,)) or not np.isfinite(values).all():
        raise ValueError(
            "`mean` and `std` must be finite, one number or one for each of "
            f"the {channels} channels. Received: {values.tolist()}."
        )
    return values
