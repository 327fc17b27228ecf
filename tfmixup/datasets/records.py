"""Images in sharded TFRecord files, read by index."""

import os
import pathlib
import re

import numpy as np
import tensorflow as tf

from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.record_index import features_of
from tfmixup.datasets.record_index import index_records
from tfmixup.datasets.record_index import RecordFields

__all__ = ["EncodedRecords", "RecordShards"]

_ALIASES = {
    "train": ("train",),
    "validation": ("validation", "val", "valid"),
    "test": ("test",),
}
_OF = re.compile(r"-(\d+)-of-(\d+)(\.tfrecords?)?$")
_BUFFER = 2**14
_STANDARD = RecordFields()


class RecordShards:
    """Images in `DIR/<split>-<i>-of-<n>` (or `DIR/<split>/...`), TFRecord.

    The fields are those of the usual ImageNet conversions: `image/encoded`,
    `image/class/label` (the label of the first class is 1 there) and, where
    there is one, `image/class/synset`. Names that end in `.tfrecord` need no
    `-<i>-of-<n>`. Splits are `train` (a must), `validation` (or `val`,
    `valid`) and `test`.

    Args:
        shards: dict from split to paths.
        name: name of the data set, for messages and records.
        fields: `RecordFields`.
        cache_dir: see `index_records`.

    Attributes:
        splits: names of the splits that are there.

    Raises:
        ValueError: shards that are missing.

    Example:

    >>> import tempfile
    >>> RecordShards.find(tempfile.mkdtemp()) is None
    True
    """

    def __init__(
        self, shards, name="records", fields=_STANDARD, cache_dir=None
    ):
        for paths in shards.values():
            _check_complete(paths)
        self.splits = tuple(shards)
        self._shards = {
            split: sorted(map(str, shards[split])) for split in shards
        }
        self._name = name
        self._fields = fields
        self._cache_dir = cache_dir
        self._class_names = None

    @classmethod
    def find(cls, path, name="records", fields=_STANDARD, cache_dir=None):
        """The shards in a folder, or None where there are none of training."""
        path = pathlib.Path(path).expanduser()
        shards = {split: _shards_in(path, split) for split in _ALIASES}
        if not shards["train"]:
            return None
        found = {split: paths for split, paths in shards.items() if paths}
        return cls(found, name, fields, cache_dir)

    def open(self, splits, image_size=None):
        """Opens the union of some splits.

        Args:
            splits: names from `self.splits`.
            image_size: (height, width) of the images; None for 224x224.

        Returns:
            `EncodedExamples` in the order of the files.

        Raises:
            ValueError: damaged files; labels that do not begin with the
                label base in the training split; see `index_records`.
        """
        class_names = self._classes()
        paths = [path for split in splits for path in self._shards[split]]
        index = index_records(paths, self._fields, self._cache_dir)
        return EncodedExamples(
            EncodedRecords(paths, index, self._fields),
            index.labels - self._fields.label_base,
            class_names,
            self._name,
            "+".join(splits),
            image_size or (224, 224),
        )

    def _classes(self):
        """The names of the classes, by label, from the training split."""
        if self._class_names is None:
            paths, base = self._shards["train"], self._fields.label_base
            index = index_records(paths, self._fields, self._cache_dir)
            if index.labels.min() != base:
                raise ValueError(
                    "The labels of the training split must begin with the "
                    f"label base. Received: label_base={base} and labels from "
                    f"{index.labels.min()} to {index.labels.max()}, the first "
                    f"in {paths[index.files[index.labels.argmin()]]!r}. State "
                    "the label of the first class."
                )
            names = [str(each) for each in range(index.labels.max() - base + 1)]
            for label, first in zip(
                *np.unique(index.labels, True), strict=True
            ):
                names[label - base] = (
                    index.class_names[first] or names[label - base]
                )
            self._class_names = names
        return self._class_names


class EncodedRecords:
    """Encoded images in TFRecord files: a source of `EncodedExamples`.

    Args:
        paths: strings, the files.
        index: `RecordIndex` of them.
        fields: `RecordFields`.
    """

    def __init__(self, paths, index, fields):
        self._paths = [str(path) for path in paths]
        self._index = index
        self._fields = fields
        with tf.device("CPU:0"):
            self._path_tensor = tf.constant(self._paths)
            self._files = tf.constant(index.files)
            self._offsets = tf.constant(index.offsets)

    def __len__(self):
        return len(self._index.files)

    def read(self, rows):
        """The bytes of int64 `[b]` rows, in a graph: string `[b]`.

        Checksums are verified at each reading.
        """
        records = tf.map_fn(self._read, rows, fn_output_signature=tf.string)
        features = features_of(self._fields)
        return tf.io.parse_example(records, features)[self._fields.image]

    def name_of(self, row):
        """What a message calls a row: file and record."""
        path = self._paths[self._index.files[row]]
        return f"{path!r}, record {self._index.numbers[row]} (counted from 0)"

    def files(self, rows):
        """See `Examples.files`."""
        sizes = [os.path.getsize(path) for path in self._paths]
        return [
            (self._paths[file], sizes[file], int(number))
            for file, number in zip(
                self._index.files[rows], self._index.numbers[rows], strict=True
            )
        ]

    def fingerprint(self, rows):
        """What changes when one of the files does: JSON values."""
        states = [os.stat(path) for path in self._paths]
        files = [
            [path, state.st_size, state.st_mtime_ns]
            for path, state in zip(self._paths, states, strict=True)
        ]
        return [files, np.asarray(rows).tolist()]

    def _read(self, row):
        # The public `TFRecordDataset` begins at the beginning; the operation
        # under it begins anywhere.
        records = tf.raw_ops.TFRecordDatasetV2(
            filenames=tf.gather(self._path_tensor, self._files[row])[None],
            compression_type="",
            buffer_size=tf.constant(_BUFFER, tf.int64),
            byte_offsets=self._offsets[row][None],
        )
        types = dict(output_types=[tf.string], output_shapes=[[]])
        first = tf.raw_ops.TakeDataset(
            input_dataset=records, count=tf.constant(1, tf.int64), **types
        )
        return tf.raw_ops.DatasetToSingleElement(dataset=first, **types)[0]


def _shards_in(path, split):
    """The TFRecord files of a split, in a folder or one folder below."""
    for alias in _ALIASES[split]:
        for folder in (path, path / alias):
            names = sorted(os.listdir(folder)) if folder.is_dir() else []
            found = [
                folder / name
                for name in names
                if re.match(rf"{alias}[^a-z]", name)
                and (_OF.search(name) or ".tfrecord" in name)
                and (folder / name).is_file()
            ]
            if found:
                return found
    return []


def _check_complete(paths):
    """Of files that say which of how many they are, none may be missing."""
    numbered = [_OF.search(str(path)) for path in paths]
    if not paths or None in numbered:
        return
    there = {int(match[1]) for match in numbered}
    count = max(int(match[2]) for match in numbered)
    missing = sorted(set(range(count)) - there)
    if missing:
        raise ValueError(
            f"All shards must be there. Received: {len(there)} of {count} like "
            f"{str(paths[0])!r}; missing: "
            f"{', '.join(map(str, missing[:5]))}"
            f"{' ...' if len(missing) > 5 else ''}."
        )
