"""A labelled set of images with random access, the unit of every loader."""

import numpy as np
import tensorflow as tf

from tfmixup.datasets.image_files import ImageFiles

__all__ = ["Examples"]

# Of a read in bulk: large enough to make a map call cheap, and 128 images of
# 224x224 are still only 19 MB.
_BULK = 128


class Examples:
    """Images and labels of one split, fetched by index.

    The images lie in memory (`from_arrays`) or in files that are read when
    they are fetched (`from_files`); everything else is the same for both.
    Pixels are raw: uint8, 0 to 255.

    Args:
        images: source of images, with `shape` (h, w, c), `len()` and
            `fetch(rows)` that maps int64 `[b]` to uint8 `[b, h, w, c]`
            inside a graph.
        labels: int array `[n]`, one class index an image, from 0.
        class_names: the names of the classes, in the order of their indices.
        name: name of the data set, for messages and records.
        split: name of the split, for messages and records.

    Attributes:
        labels: np.int64 `[n]`; do not write to it.
        class_names: tuple of strings.
        num_classes: int.
        image_shape: (height, width, channels), ints.
        name: string.
        split: string.

    Raises:
        ValueError: no examples; not one label for each image; a label that is
            no class index (the message names its position and value).

    Example:

    >>> images = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2, 1)
    >>> examples = Examples.from_arrays(images, [0, 1, 0], ["cat", "dog"])
    >>> len(examples), examples.num_classes, examples.image_shape
    (3, 2, (2, 2, 1))
    >>> batch, labels = examples.fetch([2, 1])
    >>> batch.shape, labels.numpy().tolist()
    (TensorShape([2, 2, 2, 1]), [0, 1])
    """

    def __init__(self, images, labels, class_names, name="custom", split="all"):
        self.name = name
        self.split = split
        self.class_names = tuple(str(each) for each in class_names)
        self.num_classes = len(self.class_names)
        self.image_shape = tuple(images.shape)
        self.labels = _checked_labels(
            labels, len(images), self.num_classes, f"{name}/{split}"
        )
        self._images = images
        self._rows = np.arange(len(images), dtype=np.int64)
        self._place()

    @classmethod
    def from_arrays(
        cls, images, labels, class_names, name="custom", split="all"
    ):
        """Examples in memory.

        Args:
            images: uint8 array `[n, h, w, c]`.
            labels: see `Examples`.
            class_names: see `Examples`.
            name: see `Examples`.
            split: see `Examples`.

        Returns:
            An `Examples`.

        Raises:
            ValueError: images of another shape or dtype; see `Examples`.
        """
        return cls(_ImageArray(images), labels, class_names, name, split)

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
        """Examples whose images are read from files when they are fetched.

        Args:
            paths: strings `[n]`, JPEG or PNG files.
            labels: see `Examples`.
            class_names: see `Examples`.
            name: see `Examples`.
            split: see `Examples`.
            image_size: (height, width) to cut and resize each image to; None
                takes the first image's and refuses any other size.

        Returns:
            An `Examples` with images of 3 channels.

        Raises:
            ValueError: the first file is no image; see `Examples`.
        """
        if not len(paths):
            raise ValueError(_empty(f"{name}/{split}"))
        images = ImageFiles(paths, image_size)
        return cls(images, labels, class_names, name, split)

    def __len__(self):
        return len(self._rows)

    def __repr__(self):
        return (
            f"Examples({self.name}/{self.split}: {len(self)} images "
            f"{self.image_shape}, {self.num_classes} classes)"
        )

    @property
    def num_bytes(self):
        """Bytes that the images take as uint8 in memory."""
        return len(self) * int(np.prod(self.image_shape))

    def fetch(self, indices):
        """The examples at the given positions, eagerly or inside a graph.

        Args:
            indices: int64 `[b]`, each in [0, n).

        Returns:
            (uint8 `[b, h, w, c]`, int64 `[b]`).

        Raises:
            tf.errors.InvalidArgumentError: an index out of range; a file that
                cannot be read, or an image of another size (the message names
                the file).
        """
        # Loading belongs on the host: without this, an eager call on a
        # machine with a GPU would first copy the whole set there.
        with tf.device("CPU:0"):
            indices = tf.convert_to_tensor(indices, tf.int64)
            images = self._images.fetch(tf.gather(self._device_rows, indices))
            images = tf.ensure_shape(images, [None, *self.image_shape])
            images.set_shape([indices.shape[0], *self.image_shape])
            return images, tf.gather(self._device_labels, indices)

    def files(self):
        """The files that the examples are read from, as they are now.

        Returns:
            A list of (path, bytes, number of the record in the file), one for
            each example; None for examples that lie in memory.

        Raises:
            OSError: a file that is not there any more.
        """
        find = getattr(self._images, "files", None)
        return None if find is None else find(self._rows)

    def dataset(self):
        """The examples one by one, in order.

        Returns:
            `tf.data.Dataset` of (uint8 `[h, w, c]`, int64 `[]`), unbatched.
        """
        batches = tf.data.Dataset.range(len(self)).batch(_BULK)
        batches = batches.map(self.fetch, num_parallel_calls=tf.data.AUTOTUNE)
        cardinality = tf.data.experimental.assert_cardinality(len(self))
        return batches.unbatch().apply(cardinality)

    def subset(self, indices, split=None):
        """The examples at the given positions, as `Examples`; no copy.

        Args:
            indices: ints `[m]`, each in [0, n).
            split: name of the new split; None keeps this one's.

        Returns:
            An `Examples` of m examples over the same images.

        Raises:
            ValueError: no indices, or one out of range.
        """
        indices = np.asarray(indices, np.int64).reshape(-1)
        split = self.split if split is None else split
        if not len(indices):
            raise ValueError(_empty(f"{self.name}/{split}"))
        if indices.min() < 0 or indices.max() >= len(self):
            raise ValueError(
                f"The indices of a subset must lie in [0, {len(self)}). "
                f"Received: {indices.min()} to {indices.max()}."
            )
        chosen = object.__new__(type(self))
        chosen.__dict__.update(self.__dict__)
        chosen.split = split
        chosen.labels = self.labels[indices]
        chosen._rows = self._rows[indices]
        chosen._place()
        return chosen

    def in_memory(self):
        """These examples with every image read and kept in memory.

        Faults of files show here, before any training, and every later epoch
        reads memory.

        Returns:
            An `Examples`; itself when it already lies in memory.

        Raises:
            ValueError: a file that cannot be read, or an image of another
                size (the message names the file).
        """
        if isinstance(self._images, _ImageArray):
            return self
        images = np.empty([len(self), *self.image_shape], np.uint8)
        batches = tf.data.Dataset.range(len(self)).batch(_BULK)
        batches = batches.map(self.fetch, num_parallel_calls=tf.data.AUTOTUNE)
        start = 0
        try:
            for batch, _ in batches.as_numpy_iterator():
                images[start : start + len(batch)] = batch
                start += len(batch)
        except tf.errors.InvalidArgumentError:
            self._images.check(self._rows)
            raise
        return Examples.from_arrays(
            images, self.labels, self.class_names, self.name, self.split
        )

    def _place(self):
        # Eager tensors are captured by the graphs of tf.data, not copied into
        # them, and stay on the host, where tf.data runs.
        with tf.device("CPU:0"):
            self._device_rows = tf.constant(self._rows)
            self._device_labels = tf.constant(self.labels)


class _ImageArray:
    def __init__(self, images):
        images = np.asarray(images)
        if images.dtype != np.uint8 or images.ndim != 4:
            raise ValueError(
                "Images must be a uint8 array [n, height, width, channels]. "
                f"Received: dtype={images.dtype}, shape={images.shape}. "
                "Grey images: add a last axis of 1. Scale floats to 0..255."
            )
        self.shape = images.shape[1:]
        with tf.device("CPU:0"):
            self._images = tf.constant(images)

    def __len__(self):
        return self._images.shape[0]

    def fetch(self, rows):
        return tf.gather(self._images, rows)


def _checked_labels(labels, num_images, num_classes, where):
    labels = np.asarray(labels)
    if labels.ndim != 1 or (len(labels) and labels.dtype.kind not in "iu"):
        raise ValueError(
            f"Labels of {where} must be integers of shape [n]. "
            f"Received: dtype={labels.dtype}, shape={labels.shape}."
        )
    if len(labels) != num_images:
        raise ValueError(
            f"Each image needs one label. Received: {num_images} images and "
            f"{len(labels)} labels in {where}."
        )
    if not num_images:
        raise ValueError(_empty(where))
    labels = labels.astype(np.int64)
    wrong = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if len(wrong):
        raise ValueError(
            f"Labels of {where} must lie in [0, {num_classes}), one for each "
            f"of the {num_classes} classes. Received: labels[{wrong[0]}]="
            f"{labels[wrong[0]]} ({len(wrong)} of {len(labels)} are wrong)."
        )
    labels.setflags(write=False)
    return labels


def _empty(where):
    return (
        f"The split {where} has no examples. Check the data directory, or "
        "ask for a larger fraction or limit."
    )
