"""Where the records of TFRecord files begin, and their labels.

A TFRecord file has no table of contents. It is read once, with all its
checksums, and what was found is kept: from then on any record can be read by
itself, so that a shuffle is exact and can be resumed anywhere.
"""

import hashlib
import json
import os
import pathlib
import zipfile
from concurrent import futures
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfmixup.files import write_cache

__all__ = ["RecordFields", "RecordIndex", "default_cache", "index_records"]

_BATCH = 256
_FRAME = 16  # Bytes around each record: its length and two checksums.


class RecordFields(NamedTuple):
    """What the features of a record are called.

    Attributes:
        image: str, the encoded image.
        label: str, the label.
        label_base: int, the label of the first class.
        class_name: str, the name of the class; "" if records have none.
    """

    image: str = "image/encoded"
    label: str = "image/class/label"
    label_base: int = 1
    class_name: str = "image/class/synset"


class RecordIndex(NamedTuple):
    """A row for each record, file after file.

    Attributes:
        files: int32 `[n]`, which file.
        offsets: int64 `[n]`, where in the file it begins, in bytes.
        numbers: int64 `[n]`, the how manieth of its file it is, from 0.
        labels: int64 `[n]`, as stored.
        class_names: str `[n]`; "" where the record does not say.
    """

    files: np.ndarray
    offsets: np.ndarray
    numbers: np.ndarray
    labels: np.ndarray
    class_names: np.ndarray


def default_cache():
    """Where tables are kept that take long to make: ~/.cache/tfmixup.

    Example:

    >>> default_cache().name
    'tfmixup'
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
    return pathlib.Path(home, "tfmixup").expanduser()


def index_records(paths, fields, cache_dir=None):
    """Reads TFRecord files once, and remembers where their records are.

    The files are not read again while their names, sizes and times stay.

    Args:
        paths: strings, TFRecord files, not compressed.
        fields: `RecordFields`.
        cache_dir: where the table is kept; None for `default_cache()`.

    Returns:
        `RecordIndex`.

    Raises:
        ValueError: no files; an empty file; a truncated or damaged record, or
            one without a field; the message names file and record.
    """
    paths = [str(pathlib.Path(path).expanduser()) for path in paths]
    if not paths:
        raise ValueError("At least one TFRecord file is needed. Received: [].")
    states = [os.stat(path) for path in paths]
    for path, state in zip(paths, states, strict=True):
        if not state.st_size:
            raise ValueError(
                f"Each TFRecord file must hold records. Received: {path!r}, "
                "which is empty. Make the file again, or remove it."
            )
    key = json.dumps([paths, [[s.st_size, s.st_mtime_ns] for s in states]])
    key = hashlib.sha256(f"{key}{[*fields]}".encode()).hexdigest()[:32]
    cache = pathlib.Path(cache_dir or default_cache()).expanduser()
    cache /= f"records-{key}.npz"
    known = _read_cache(cache)
    if known is not None:
        return known
    with futures.ThreadPoolExecutor(8) as threads:
        tables = list(threads.map(lambda path: _table(path, fields), paths))
    counts = [len(table[0]) for table in tables]
    lengths, labels, names = (
        np.concatenate(column) for column in zip(*tables, strict=True)
    )
    index = RecordIndex(
        np.repeat(np.arange(len(paths), dtype=np.int32), counts),
        np.concatenate([_starts(table[0] + _FRAME) for table in tables]),
        np.concatenate([np.arange(count) for count in counts]),
        labels,
        names,
    )
    write_cache(cache, lambda file: np.savez(file, **index._asdict()))
    return index


def features_of(fields):
    """What `tf.io.parse_example` needs to know of the fields."""
    features = {
        fields.image: tf.io.FixedLenFeature([], tf.string),
        fields.label: tf.io.FixedLenFeature([], tf.int64),
    }
    if fields.class_name:
        features[fields.class_name] = tf.io.FixedLenFeature([], tf.string, "")
    return features


def _table(path, fields):
    """Lengths, labels and class names of the records of one file."""
    features = features_of(fields)

    def parse(records):
        parsed = tf.io.parse_example(records, features)
        names = tf.zeros_like(records)
        if fields.class_name:
            names = parsed[fields.class_name]
        # Labels are parsed with the images, so that both are known to exist.
        return tf.strings.length(records), parsed[fields.label], names

    batches = tf.data.TFRecordDataset(path).batch(_BATCH).map(parse)
    try:
        found = list(batches.as_numpy_iterator())
    except tf.errors.OpError:
        raise ValueError(_fault(path, features)) from None
    if not found:
        raise ValueError(
            f"Each TFRecord file must hold records. Received: {path!r}, which "
            "ends within the header of the first. Make the file again."
        )
    lengths, labels, names = (
        np.concatenate(column) for column in zip(*found, strict=True)
    )
    lengths = lengths.astype(np.int64)
    # TensorFlow takes a header that is cut short for the end of the file.
    read = np.sum(lengths + _FRAME)
    if read != os.path.getsize(path):
        raise ValueError(
            "Each record must be whole. Received: "
            f"{path!r} with {os.path.getsize(path) - read} bytes behind record "
            f"{len(lengths) - 1} (counted from 0), less than a record's "
            "header: the file was cut. Make it again."
        )
    names = np.array([name.decode() for name in names], dtype=str)
    return lengths, labels, names


def _fault(path, features):
    """What is wrong with a file, record by record."""
    number = 0
    try:
        for record in tf.data.TFRecordDataset(path):
            tf.io.parse_single_example(record, features)
            number += 1
    except tf.errors.OpError as why:
        reason = (why.message or "").split("\n")[0].split("[Op:")[0]
        reason = reason.rsplit("}} ", 1)[-1].strip()
    else:
        reason = "an error that did not come again"
    return (
        "Each record must be whole and have the fields "
        f"{', '.join(features)}. Received: {path!r}, record {number} (counted "
        f"from 0): {reason}. Make the file again; compressed files must be "
        "unpacked."
    )


def _starts(sizes):
    return np.cumsum(sizes) - sizes


def _read_cache(path):
    try:
        with open(path, "rb") as file:
            table = np.load(file, allow_pickle=False)
            return RecordIndex(*(table[name] for name in RecordIndex._fields))
    except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile):
        # A table that cannot be read is made again.
        return None
