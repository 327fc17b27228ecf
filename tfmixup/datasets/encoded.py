"""Images that stay encoded, as they lie in files, until they are fetched.

A set like ImageNet does not fit in memory when it is decoded, and a training
step needs no more than a window of each image.
"""

import os
from concurrent import futures

import tensorflow as tf

from tfmixup.datasets.crops import central_windows
from tfmixup.datasets.crops import decode_windows
from tfmixup.datasets.crops import image_sizes
from tfmixup.datasets.examples import Examples
from tfmixup.datasets.image_files import decode_image
from tfmixup.datasets.image_files import sizes_of

__all__ = ["EncodedExamples", "EncodedFiles", "reason_of"]


class EncodedExamples(Examples):
    """A labelled set of encoded images, of any sizes, with random access.

    `fetch` decodes the central window that evaluation sees. `RandomCrops`
    decodes windows for training.

    Args:
        source: where the bytes are: `EncodedFiles` or `EncodedRecords`.
        labels: see `Examples`.
        class_names: see `Examples`.
        name: see `Examples`.
        split: see `Examples`.
        image_size: (height, width) of the images that `fetch` gives.

    Raises:
        ValueError: see `Examples`.

    Example:

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "red.png")
    >>> red = tf.tile([[[200, 0, 0]]], [20, 30, 1])
    >>> _ = path.write_bytes(tf.io.encode_png(tf.cast(red, "uint8")).numpy())
    >>> examples = EncodedExamples(
    ...     EncodedFiles([path]), [0], ["red"], image_size=(8, 8))
    >>> images, labels = examples.fetch([0])
    >>> images.shape, images[0, 0, 0].numpy().tolist()
    (TensorShape([1, 8, 8, 3]), [200, 0, 0])
    """

    def __init__(
        self,
        source,
        labels,
        class_names,
        name="custom",
        split="all",
        image_size=(224, 224),
    ):
        images = _CentralWindows(source, image_size)
        super().__init__(images, labels, class_names, name, split)

    @classmethod
    def from_files(
        cls,
        paths,
        labels,
        class_names,
        name="custom",
        split="all",
        image_size=None,
    ):
        """As `Examples.from_files`, but 224x224 unless another size is given.

        No file is opened here; `faulty_images` looks at all of them.
        """
        source = EncodedFiles(paths)
        return cls(
            source, labels, class_names, name, split, image_size or (224, 224)
        )

    @property
    def source(self):
        """Where the bytes are."""
        return self._images.source

    @property
    def rows(self):
        """np.int64 `[n]`: the place of each example in `source`."""
        return self._rows

    def decode(self, indices, decode):
        """Images of the given examples, decoded in any way.

        Args:
            indices: int64 `[b]`, each in [0, n).
            decode: function from encoded images, string `[b]`, to a tensor
                `[b, ...]`, in a graph.

        Returns:
            What `decode` gives.

        Raises:
            tf.errors.InvalidArgumentError: an image that cannot be read or
                decoded; the message names it.
        """
        with tf.device("CPU:0"):
            indices = tf.convert_to_tensor(indices, tf.int64)
            rows = tf.gather(self._device_rows, indices)
            return _decode(self.source, rows, decode)

    def labels_of(self, indices):
        """Labels of the given examples, int64 `[b]`, in a graph."""
        with tf.device("CPU:0"):
            return tf.gather(self._device_labels, indices)


class EncodedFiles:
    """Encoded images in files of their own: a source of `EncodedExamples`.

    Args:
        paths: strings `[n]`.

    Example:

    >>> EncodedFiles(["a.jpg", "b.jpg"]).name_of(1)
    "'b.jpg'"
    """

    def __init__(self, paths):
        self._paths = [os.path.expanduser(path) for path in paths]
        with tf.device("CPU:0"):
            self._path_tensor = tf.constant(self._paths, tf.string)

    def __len__(self):
        return len(self._paths)

    def read(self, rows):
        """The bytes of int64 `[b]` rows, in a graph: string `[b]`."""
        paths = tf.gather(self._path_tensor, rows)
        return tf.map_fn(tf.io.read_file, paths)

    def name_of(self, row):
        """What a message calls a row."""
        return repr(self._paths[row])

    def files(self, rows):
        """See `Examples.files`."""
        return sizes_of([self._paths[row] for row in rows])

    def fingerprint(self, rows):
        """What changes when one of the files does: JSON values."""
        paths = [self._paths[row] for row in rows]
        # Most of the time of a stat is spent waiting.
        with futures.ThreadPoolExecutor(16) as threads:
            return list(threads.map(_file_state, paths))


def reason_of(source, row):
    """Why an image cannot be read or decoded; None if it can.

    Args:
        source: `EncodedFiles` or `EncodedRecords`.
        row: int.

    Returns:
        str or None.
    """
    try:
        _decode_whole(source.read(tf.constant([row], tf.int64)))
    except tf.errors.OpError as why:
        # After where in the graph it happened, before which operation it was.
        reason = (why.message or "").split("\n\t [[")[0].splitlines()[-1]
        return reason.split("[Op:")[0].strip()
    return None


@tf.function(input_signature=[tf.TensorSpec([1], tf.string)])
def _decode_whole(contents):
    # The header first: what claims to be huge is not decoded.
    with tf.control_dependencies([image_sizes(contents)]):
        return decode_image(contents[0])


def _decode(source, rows, decode):
    """As `EncodedExamples.decode`, by rows of the source."""

    def read(rows):
        return decode(source.read(rows))

    def read_again(rows):
        named = tf.numpy_function(explain, [rows], tf.int64, stateful=False)
        return read(tf.ensure_shape(named, rows.shape))

    def explain(rows):
        for row in rows:
            reason = reason_of(source, row)
            if reason is not None:
                raise ValueError(
                    "Each image must be a whole JPEG or PNG file. Received: "
                    f"{source.name_of(row)} ({reason}). Replace or remove it."
                )
        return rows

    # TensorFlow's decoders do not say which image was at fault; see
    # `ImageFiles.fetch`, which does the same.
    batch = tf.data.Dataset.from_tensors(rows)
    fast = batch.map(read).ignore_errors()
    return fast.concatenate(batch.map(read_again)).take(1).get_single_element()


class _CentralWindows:
    """The images of `Examples.fetch`."""

    def __init__(self, source, image_size):
        self.source = source
        self.shape = (*(int(side) for side in image_size), 3)

    def __len__(self):
        return len(self.source)

    def fetch(self, rows):
        size = self.shape[:2]

        def decode(contents):
            windows = central_windows(image_sizes(contents), size)
            return decode_windows(contents, windows, size)

        return _decode(self.source, rows, decode)

    def files(self, rows):
        return self.source.files(rows)

    def check(self, rows):
        """Raises for the first image at fault, as `fetch` in a graph does."""
        for row in rows:
            self.fetch(tf.constant([row], tf.int64))


def _file_state(path):
    try:
        found = os.stat(path)
    except OSError:
        return [path, None, None]
    return [path, found.st_size, found.st_mtime_ns]
