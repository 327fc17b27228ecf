"""Data sets that TFDS has prepared on this machine; never the network."""

import os
import pathlib

import numpy as np
import tensorflow as tf

from tfmixup.datasets.examples import Examples
from tfmixup.datasets.image_files import decode_image
from tfmixup.datasets.image_files import fit_image

__all__ = ["PreparedDataset", "default_folder", "newest_version"]

# Larger sets belong in class folders, which are read batch by batch.
_MEMORY_LIMIT = 8 * 2**30


def default_folder():
    """Where TFDS looks without being told: $TFDS_DATA_DIR or the home.

    Example:

    >>> default_folder().name != ""
    True
    """
    home = os.path.join("~", "tensorflow_datasets")
    folder = os.environ.get("TFDS_DATA_DIR", home)
    return pathlib.Path(folder).expanduser()


def newest_version(data_dir, name):
    """The folder of the newest prepared version of a set, or None.

    Args:
        data_dir: the TFDS data directory.
        name: the set's folder below it.

    Returns:
        `pathlib.Path` or None.

    Example:

    >>> newest_version("/no/such/folder", "trec") is None
    True
    """
    folder = pathlib.Path(data_dir, name).expanduser()
    infos = folder.glob("*/dataset_info.json")
    versions = [info.parent for info in infos if _version(info.parent)]
    return max(versions, key=_version, default=None)


class PreparedDataset:
    """An image classification set in a TFDS data directory, read to memory.

    Args:
        path: the folder of one version, which has `dataset_info.json`.
        name: name of the data set, for messages and records.

    Attributes:
        splits: those of "train", "validation" and "test" that are there.

    Raises:
        ValueError: no image classification set.

    Example:

    >>> PreparedDataset.find("/no/such/folder", "cifar10") is None
    True
    """

    def __init__(self, path, name):
        # Late: importing TFDS takes seconds, and only this reader needs it.
        import tensorflow_datasets as tfds  # noqa: PLC0415

        self._name = name
        self._path = str(path)
        self._builder = tfds.builder_from_directory(self._path)
        # The bytes as stored: TFDS itself decodes JPEG with the fast DCT.
        self._raw = tfds.decode.SkipDecoding()
        info = self._builder.info
        keys = info.supervised_keys or ("image", "label")
        features = info.features
        self._image, self._label = keys[:2]
        fits = (
            self._image in features
            and self._label in features
            and isinstance(features[self._image], tfds.features.Image)
            and isinstance(features[self._label], tfds.features.ClassLabel)
        )
        if not fits:
            raise ValueError(
                "Only image classification sets can be read: one image and "
                f"one class label an example. Received: {name!r} in "
                f"{self._path!r} with features {list(features)}."
            )
        self.splits = tuple(
            each
            for each in ("train", "validation", "test")
            if each in info.splits
        )

    @classmethod
    def find(cls, data_dir, name):
        """The newest prepared version of a set in a folder, or None.

        Args:
            data_dir: the TFDS data directory.
            name: TFDS name, "set" or "set/configuration", as the folders
                below `data_dir` are called.

        Returns:
            A `PreparedDataset`, or None.
        """
        path = newest_version(data_dir, name)
        return None if path is None else cls(path, name)

    def open(self, splits, image_size=None):
        """See `ClassFolders.open`.

        Raises:
            ValueError: images of several sizes without `image_size`; a set
                over 8 GiB; damaged files.
        """
        info = self._builder.info
        feature = info.features[self._image]
        channels = feature.shape[-1] or 3
        size = image_size or feature.shape[:2]
        if None in size:
            raise ValueError(
                f"The images of {self._name!r} have several sizes. Received: "
                "image_size=None. Set `image_size=(height, width)` to cut and "
                "resize them all."
            )
        count = sum(info.splits[split].num_examples for split in splits)
        shape = (count, *size, channels)
        if np.prod(shape, dtype=np.int64) > _MEMORY_LIMIT:
            raise ValueError(
                f"{self._name!r} is read to memory, at most 8 GiB. Received: "
                f"images of shape {shape}. Put the images in class folders, "
                "DIR/train/<class>/, which are read as they are needed."
            )

        def decode(contents):
            image = decode_image(contents, channels)
            if image_size is not None:
                image = fit_image(image, size)
            return tf.ensure_shape(image, shape[1:])

        def read(batch):
            signature = tf.TensorSpec(shape[1:], tf.uint8)
            images = tf.map_fn(
                decode, batch[self._image], fn_output_signature=signature
            )
            return images, batch[self._label]

        images = np.empty(shape, np.uint8)
        labels = np.empty([count], np.int64)
        dataset = self._builder.as_dataset(
            split="+".join(splits), decoders={self._image: self._raw}
        )
        batches = dataset.batch(128).map(read, tf.data.AUTOTUNE)
        start = 0
        try:
            for batch, batch_labels in batches.as_numpy_iterator():
                stop = start + len(batch)
                images[start:stop] = batch
                labels[start:stop] = batch_labels
                start = stop
        except tf.errors.OpError as why:
            raise ValueError(
                f"Expected whole files. Received: an error near example "
                f"{start} of {'+'.join(splits)} in {self._path!r}: "
                f"{str(why.message).splitlines()[0]}. Prepare the data set "
                "again."
            ) from None
        if start != count:
            raise ValueError(
                f"Expected {count} examples of {'+'.join(splits)} as "
                f"dataset_info.json says. Received: {start} in "
                f"{self._path!r}. Prepare the data set again."
            )
        names = info.features[self._label].names
        return Examples.from_arrays(
            images, labels, names, self._name, "+".join(splits)
        )


def _version(folder):
    parts = folder.name.split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return tuple(int(part) for part in parts)
    return None
