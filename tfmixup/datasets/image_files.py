"""Image files decoded on demand inside tf.data, with faults that name files."""

import os
from concurrent import futures

import tensorflow as tf

__all__ = ["ImageFiles", "decode_image", "fit_image", "sizes_of"]


def decode_image(contents, channels=3):
    """Decodes a JPEG or PNG image, told apart by their first bytes.

    JPEG is decoded with the accurate integer DCT: TensorFlow's default
    (`INTEGER_FAST`) shifts whole channels by about 1 of 255 in files with
    sub-sampled color. Grey and CMYK images become RGB; an alpha channel is
    dropped. Images over TensorFlow's own limit (2**29 bytes) are refused
    before memory is taken.

    Args:
        contents: string scalar tensor, the bytes of the file.
        channels: int, 1 or 3.

    Returns:
        uint8 `[h, w, channels]`.

    Raises:
        tf.errors.InvalidArgumentError: no such image.

    Example:

    >>> png = tf.io.encode_png(tf.zeros([2, 3, 1], tf.uint8))
    >>> decode_image(png).shape
    TensorShape([2, 3, 3])
    """

    def jpeg():
        return tf.io.decode_jpeg(
            contents, channels=channels, dct_method="INTEGER_ACCURATE"
        )

    def png():
        # The decoder would take other formats too: a palette BMP as if it
        # were grey, a GIF with frames as rank 4.
        signature = tf.strings.substr(contents, 0, 8)
        check = tf.debugging.Assert(
            signature == b"\x89PNG\r\n\x1a\n", ["no JPEG or PNG file"]
        )
        with tf.control_dependencies([] if check is None else [check]):
            return tf.io.decode_png(contents, channels=channels)

    return tf.cond(tf.io.is_jpeg(contents), jpeg, png)


def fit_image(image, image_size):
    """Cuts and resizes an image to a size without distorting it.

    The largest centred window of the wanted aspect ratio is resized to the
    wanted size: bilinear, antialiased, rounded. An image that has the size
    already comes back bit for bit.

    Args:
        image: uint8 `[h, w, c]`.
        image_size: (height, width), ints.

    Returns:
        uint8 `[height, width, c]`.

    Example:

    >>> fit_image(tf.ones([6, 9, 3], tf.uint8), (2, 2)).shape
    TensorShape([2, 2, 3])
    """
    wanted = tf.constant(image_size, tf.int32)
    size = tf.shape(image)[:2]
    scale = tf.reduce_min(size / wanted)
    window = tf.cast(tf.round(scale * tf.cast(wanted, scale.dtype)), tf.int32)
    window = tf.clip_by_value(window, 1, size)
    top, left = tf.unstack((size - window) // 2)
    image = image[top : top + window[0], left : left + window[1]]
    image = tf.image.resize(image, image_size, antialias=True)
    return tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8)


def sizes_of(paths):
    """What `Examples.files` tells of files that are an example each.

    Args:
        paths: strings `[n]`.

    Returns:
        list of (path, bytes, 0).

    Raises:
        OSError: a file that is not there.
    """
    # Most of the time of a stat is spent waiting.
    with futures.ThreadPoolExecutor(16) as threads:
        sizes = threads.map(os.path.getsize, paths)
        return [
            (path, size, 0) for path, size in zip(paths, sizes, strict=True)
        ]


class ImageFiles:
    """A source of images for `Examples`: files, read when fetched.

    Args:
        paths: strings `[n]`.
        image_size: (height, width): each image's largest centred part of that
            aspect ratio is resized to it (bilinear, antialiased). None: all
            images must have the size of the first one.
        channels: int, 1 or 3.

    Attributes:
        shape: (height, width, channels) of every fetched image.

    Raises:
        ValueError: the first file cannot be read, with its name.
    """

    def __init__(self, paths, image_size=None, channels=3):
        self._paths = [os.path.expanduser(path) for path in paths]
        self._channels = channels
        self._image_size = None
        if image_size is not None:
            self._image_size = tuple(int(side) for side in image_size)
            self.shape = (*self._image_size, channels)
        self._first = self._paths[0]
        self.shape = tuple(self._read_or_explain(self._first).shape)
        with tf.device("CPU:0"):
            self._path_tensor = tf.constant(self._paths)

    def __len__(self):
        return len(self._paths)

    def fetch(self, rows):
        """Reads and decodes the images of int64 `[b]` rows, in a graph."""
        # TensorFlow's decoders do not say which file was at fault. A batch
        # that fails is dropped by ignore_errors and read again, file by file,
        # in Python, which can. A batch that succeeds pays nothing for it.
        rows = tf.data.Dataset.from_tensors(rows)
        fast = rows.map(self._read_batch).ignore_errors()
        slow = rows.map(
            lambda rows: tf.numpy_function(
                self.check, [rows], tf.uint8, stateful=False
            )
        )
        return fast.concatenate(slow).take(1).get_single_element()

    def files(self, rows):
        """Path, bytes and number 0 of the file of each row."""
        return sizes_of([self._paths[row] for row in rows])

    def check(self, rows):
        """Reads the images of the given rows one by one.

        Args:
            rows: ints `[b]`.

        Returns:
            uint8 array `[b, h, w, c]`.

        Raises:
            ValueError: for the first file at fault, with its name.
        """
        images = [self._read_or_explain(self._paths[row]) for row in rows]
        return tf.stack(images).numpy()

    def _read_batch(self, rows):
        def read(row):
            image = self._read(self._path_tensor[row])
            return tf.ensure_shape(image, self.shape)

        signature = tf.TensorSpec(self.shape, tf.uint8)
        return tf.map_fn(read, rows, fn_output_signature=signature)

    def _read(self, path):
        image = decode_image(tf.io.read_file(path), self._channels)
        if self._image_size is None:
            return image
        return fit_image(image, self._image_size)

    def _read_or_explain(self, path):
        try:
            image = self._read(tf.constant(path))
        except (tf.errors.InvalidArgumentError, tf.errors.NotFoundError) as why:
            reason = (why.message or "").split("\n")[0].split("[Op:")[0]
            reason = reason.rsplit("}} ", 1)[-1].strip()
            raise ValueError(
                "Each file must be a whole JPEG or PNG image. "
                f"Received: {path!r} ({reason}). Replace or remove the file."
            ) from None
        expected = getattr(self, "shape", tuple(image.shape))
        if tuple(image.shape) != expected:
            height, width = image.shape[:2]
            raise ValueError(
                f"All images must have one size, {expected[0]}x{expected[1]} "
                f"as {self._first!r}. Received: {path!r} of {height}x{width}. "
                "Set `image_size=(height, width)` to cut and resize them all."
            )
        return image
