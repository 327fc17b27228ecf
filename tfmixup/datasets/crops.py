"""Windows of encoded images: drawn, decoded and resized in one go.

A training step sees one window of an image, so only that window is decoded.
Where the window is at least twice as large as what comes of it, the decoder
itself reduces it, by 2, 4 or 8; the rest is bilinear.
"""

import math

import tensorflow as tf

from tfmixup.datasets.image_files import decode_image
from tfmixup.keys import fold_in

__all__ = [
    "RandomCrops",
    "central_windows",
    "decode_windows",
    "image_sizes",
    "random_windows",
]

# The limit of TensorFlow's own decoders: bytes of an image of 3 channels.
_MAX_PIXELS = 2**29 // 3
_PNG = b"\x89PNG\r\n\x1a\n"
_ATTEMPTS = 10
_REDUCTIONS = (1, 2, 4, 8)


class RandomCrops:
    """Random windows of encoded images, of random size, half of them mirrored.

    A window has 8 to 100 percent of the image's area and an aspect ratio
    (width to height) of 3/4 to 4/3, log-uniform: the augmentation of Goyal et
    al. and of most ImageNet training since. Draws that do not fit in the image
    are repeated up to 10 times; then the largest central window of a permitted
    aspect ratio is taken.

    Args:
        examples: `EncodedExamples`.
        area: (least, most) part of the image's area.
        aspect_ratio: (least, most) width to height.
        flip: whether to mirror left and right with probability 1/2.

    Raises:
        ValueError: a range that is none.

    Example:

    >>> RandomCrops(None, area=(0.5, 0.4))
    Traceback (most recent call last):
    ValueError: `area` must be ... in (0, 1]. Received: area=(0.5, 0.4).

    Reference: Szegedy et al., 2014, Section 6,
    https://arxiv.org/abs/1409.4842; Goyal et al., 2017, Section 5.1,
    https://arxiv.org/abs/1706.02677.
    """

    def __init__(
        self,
        examples,
        area=(0.08, 1.0),
        aspect_ratio=(3 / 4, 4 / 3),
        flip=True,
    ):
        if not 0 < area[0] <= area[1] <= 1:
            raise ValueError(
                "`area` must be the least and the most, in (0, 1]. "
                f"Received: area={area}."
            )
        if not 0 < aspect_ratio[0] <= aspect_ratio[1] < math.inf:
            raise ValueError(
                "`aspect_ratio` must be the least and the most, above 0. "
                f"Received: aspect_ratio={aspect_ratio}."
            )
        self._examples = examples
        self._area = area
        self._aspect_ratio = aspect_ratio
        self._flip = flip

    def fetch(self, indices, key, shard=(0, 1)):
        """Random windows of the given examples.

        Args:
            indices: int64 `[b]`.
            key: int32 `[2]`; the result is a function of indices and key.
            shard: (index, count), as in `augment.draw_windows`.

        Returns:
            (uint8 `[b, height, width, 3]`, int64 `[b]`).

        Raises:
            tf.errors.InvalidArgumentError: an image at fault, with its name.
        """
        examples = self._examples

        def decode(contents):
            windows = random_windows(
                image_sizes(contents),
                fold_in(key, 0),
                shard,
                self._area,
                self._aspect_ratio,
            )
            return decode_windows(contents, windows, examples.image_shape[:2])

        images = examples.decode(indices, decode)
        if self._flip:
            size = tf.shape(images)[0]
            coins = tf.random.stateless_uniform(
                [size * shard[1]], fold_in(key, 1), 0, 2, tf.int32
            )
            coins = coins[size * shard[0] : size * (shard[0] + 1)]
            mirrored = tf.reverse(images, [2])
            images = tf.where(coins[:, None, None, None] > 0, mirrored, images)
        return images, examples.labels_of(indices)


def image_sizes(contents):
    """Heights and widths of encoded images, as their headers claim.

    Args:
        contents: string `[b]`, JPEG or PNG files.

    Returns:
        int32 `[b, 2]`.

    Raises:
        tf.errors.InvalidArgumentError: no such image; or one of more pixels
            than the decoders take (2**29 bytes).

    Example:

    >>> png = tf.io.encode_png(tf.zeros([2, 3, 1], tf.uint8))
    >>> image_sizes([png]).numpy().tolist()
    [[2, 3]]
    """

    def png(content):
        signature = tf.strings.substr(content, 0, 8)
        check = tf.debugging.Assert(signature == _PNG, ["no JPEG or PNG file"])
        with tf.control_dependencies([] if check is None else [check]):
            header = tf.strings.substr(content, 16, 8)
        # Width and height.
        return tf.io.decode_raw(header, tf.int32, little_endian=False)[::-1]

    def size(content):
        found = tf.cond(
            tf.io.is_jpeg(content),
            lambda: tf.io.extract_jpeg_shape(content)[:2],
            lambda: png(content),
        )
        found = tf.ensure_shape(found, [2])
        pixels = tf.reduce_prod(tf.cast(found, tf.int64))
        check = tf.debugging.Assert(
            pixels <= _MAX_PIXELS, ["too large: height and width of", found]
        )
        with tf.control_dependencies([] if check is None else [check]):
            return tf.identity(found)

    signature = tf.TensorSpec([2], tf.int32)
    contents = tf.convert_to_tensor(contents)
    return tf.map_fn(size, contents, fn_output_signature=signature)


def random_windows(
    sizes, key, shard=(0, 1), area=(0.08, 1.0), aspect_ratio=(3 / 4, 4 / 3)
):
    """Draws a window for each image; see `RandomCrops`.

    Args:
        sizes: int32 `[b, 2]`, heights and widths.
        key: int32 `[2]`.
        shard: (index, count), as in `augment.draw_windows`.
        area: see `RandomCrops`.
        aspect_ratio: see `RandomCrops`.

    Returns:
        int32 `[b, 4]`: top, left, height, width.

    Example:

    >>> windows = random_windows([[30, 40]], [0, 1], area=(1.0, 1.0))
    >>> windows.numpy().tolist()
    [[0, 0, 30, 40]]
    """
    sizes = tf.convert_to_tensor(sizes, tf.int32)
    count = tf.shape(sizes)[0]
    # Of the whole batch, so that a shard of it gets the draws that it has
    # there. As many for each image whatever its size.
    draws = tf.random.stateless_uniform([count * shard[1], 2, _ATTEMPTS], key)
    places = tf.random.stateless_uniform([count * shard[1], 2], fold_in(key, 0))
    first = count * shard[0]
    draws = draws[first : first + count]
    places = places[first : first + count]

    pixels = tf.cast(tf.reduce_prod(sizes, axis=1), tf.float32)[:, None]
    areas = pixels * (area[0] + draws[:, 0] * (area[1] - area[0]))
    low, high = (math.log(each) for each in aspect_ratio)
    ratios = tf.exp(low + draws[:, 1] * (high - low))
    heights = tf.cast(tf.round(tf.sqrt(areas / ratios)), tf.int32)
    widths = tf.cast(tf.round(tf.sqrt(areas * ratios)), tf.int32)
    fits = (heights > 0) & (heights <= sizes[:, :1])
    fits &= (widths > 0) & (widths <= sizes[:, 1:])
    # The first that fits.
    chosen = tf.argmax(tf.cast(fits, tf.int32), axis=1)[:, None]
    drawn = tf.concat(
        [tf.gather(side, chosen, batch_dims=1) for side in (heights, widths)], 1
    )
    free = tf.cast(sizes - drawn + 1, tf.float32)
    # A product may be rounded up to the end of the range.
    corners = tf.minimum(tf.cast(places * free, tf.int32), sizes - drawn)
    return tf.where(
        tf.reduce_any(fits, axis=1)[:, None],
        tf.concat([corners, drawn], axis=1),
        _largest_windows(sizes, aspect_ratio),
    )


def central_windows(sizes, image_size, fraction=0.875):
    """The window of each image that evaluation sees.

    The same as resizing the image so that it just covers the wanted size
    divided by the fraction, and cutting the wanted size out of its centre:
    for 224 of a square, the short side to 256.

    Args:
        sizes: int32 `[b, 2]`, heights and widths.
        image_size: (height, width) that is wanted.
        fraction: float in (0, 1].

    Returns:
        int32 `[b, 4]`: top, left, height, width.

    Example:

    >>> central_windows([[256, 512]], (224, 224)).numpy().tolist()
    [[16, 144, 224, 224]]
    """
    sizes = tf.convert_to_tensor(sizes, tf.int32)
    wanted = tf.constant([image_size], tf.float32)
    scale = tf.reduce_min(tf.cast(sizes, tf.float32) / wanted, axis=1)
    sides = tf.round(fraction * scale[:, None] * wanted)
    sides = tf.clip_by_value(tf.cast(sides, tf.int32), 1, sizes)
    return tf.concat([(sizes - sides) // 2, sides], axis=1)


def decode_windows(contents, windows, image_size):
    """Decodes one window of each image and resizes it.

    Args:
        contents: string `[b]`, JPEG or PNG files.
        windows: int32 `[b, 4]`: top, left, height, width, inside the image.
        image_size: (height, width) to resize to, ints.

    Returns:
        uint8 `[b, height, width, 3]`; grey and CMYK images as RGB.

    Example:

    >>> jpeg = tf.io.encode_jpeg(tf.fill([20, 20, 1], tf.constant(7, tf.uint8)))
    >>> images = decode_windows([jpeg], [[0, 0, 16, 16]], (4, 4))
    >>> images.shape, int(tf.reduce_max(images))
    (TensorShape([1, 4, 4, 3]), 7)
    """
    height, width = image_size

    def decode(inputs):
        content, window = inputs
        # The largest reduction that leaves what is wanted.
        enough = [
            (window[2] // each >= height) & (window[3] // each >= width)
            for each in _REDUCTIONS[1:]
        ]
        index = tf.reduce_sum(tf.cast(tf.stack(enough), tf.int32))
        image = tf.cond(
            tf.io.is_jpeg(content),
            lambda: tf.switch_case(index, _jpeg_branches(content, window)),
            lambda: _cut(decode_image(content), window),
        )
        image = tf.ensure_shape(image, [None, None, 3])
        image = tf.image.resize(image, image_size)
        # Truncation after adding a half rounds: nothing is negative.
        return tf.cast(image + 0.5, tf.uint8)

    signature = tf.TensorSpec([height, width, 3], tf.uint8)
    contents = tf.convert_to_tensor(contents)
    windows = tf.convert_to_tensor(windows, tf.int32)
    return tf.map_fn(decode, (contents, windows), fn_output_signature=signature)


def _jpeg_branches(content, window):
    def branch(reduction):
        return lambda: tf.io.decode_and_crop_jpeg(
            content,
            window // reduction,
            channels=3,
            ratio=reduction,
            dct_method="INTEGER_ACCURATE",
        )

    return [branch(each) for each in _REDUCTIONS]


def _cut(image, window):
    top, left, height, width = tf.unstack(window)
    return image[top : top + height, left : left + width]


def _largest_windows(sizes, aspect_ratio):
    """The largest central windows whose aspect ratio is permitted."""
    as_float = tf.cast(sizes, tf.float32)
    height, width = as_float[:, 0], as_float[:, 1]
    limits = tf.stack([width / aspect_ratio[0], height * aspect_ratio[1]], 1)
    sides = tf.minimum(as_float, tf.round(limits))
    sides = tf.maximum(tf.cast(sides, tf.int32), 1)
    return tf.concat([(sizes - sides) // 2, sides], axis=1)
