"""The data sets of an out-of-distribution evaluation."""

import math
import pathlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tfmixup import datasets
from tfmixup.datasets.splits import stratified_order

__all__ = ["Source", "open_inside", "open_outside"]

# Bytes of one array of a file, unpacked.
_LARGEST = 8 * 2**30


class Source(NamedTuple):
    """Examples that can be gone through again and again.

    Attributes:
        name: str.
        batches: function from a batch size to an iterable of arrays `[b, ...]`.
        labels: int `[n]`, or None.
        image_shape: tuple, of one example.
        note: str, what it is made of.
    """

    name: str
    batches: Callable
    labels: np.ndarray | None
    image_shape: tuple
    note: str


def open_inside(name, split, data_dir, image_size, limit):
    """In-distribution examples.

    Args:
        name: a data set of `tfmixup.datasets`, or a file NAME.npz with arrays
            `{split}_features` and `{split}_labels` (for validation and test).
        split: "train", "validation" or "test".
        data_dir: see `datasets.open_examples`.
        image_size: (height, width), or None.
        limit: int, at most so many, or None.

    Returns:
        `Source`.

    Raises:
        ValueError: if it cannot be opened.
    """
    if str(name).endswith(".npz"):
        arrays = _read(name, [f"{split}_features", f"{split}_labels"], limit)
        return _of_arrays(pathlib.Path(name).stem, *arrays, limit)
    return _of_examples(
        name,
        datasets.open_examples(name, split, data_dir, image_size, limit=limit),
    )


def open_outside(
    text, inside, in_data, moments, span, *, limit, seed, exclude=None
):
    """Out-of-distribution examples.

    Args:
        text: "gaussian", "uniform", a data set's name, or NAME=PATH of a
            folder of class folders or of a .npz file with an array `features`.
        inside: `Source`, the in-distribution test examples.
        in_data: str, the name of the in-distribution data set.
        moments: (mean, std) of the training pixels, for "gaussian".
        span: (low, high), for "uniform".
        limit: int, at most so many; None for all, and as much noise as there
            are in-distribution examples.
        seed: int.
        exclude: names of the class folders of a folder to leave out; None for
            those of `datasets.overlapping_wnids`.

    Returns:
        `Source`.

    Raises:
        ValueError: if it cannot be opened, or is of another shape.
    """
    name, given, path = text.partition("=")
    count = limit or len(inside.labels)
    if not given and name in ("gaussian", "uniform"):
        if len(inside.image_shape) != 3:
            raise ValueError(
                f"--out={name} makes images, and {in_data} has examples of "
                f"shape {inside.image_shape}."
            )
        if name == "gaussian":
            noise = datasets.gaussian_noise(
                count, inside.image_shape, *moments, seed=seed
            )
            note = "Gaussian noise, mean and variance of the training pixels"
        else:
            noise = datasets.uniform_noise(
                count, inside.image_shape, *span, seed=seed
            )
            note = f"uniform noise from {span[0]:g} to {span[1]:g}"
        return Source(
            name,
            lambda size: noise.batch(size).as_numpy_iterator(),
            None,
            inside.image_shape,
            f"{count} images of {note}",
        )
    if given and path.endswith(".npz"):
        [features] = _read(path, ["features"], limit)
        found = _of_arrays(name, features, None, limit)
    elif given:
        examples = _unseen(
            text, in_data, inside.image_shape[:2], limit, exclude, seed
        )
        left = len(set(examples.labels.tolist()))
        found = _of_examples(name, examples)
        found = found._replace(
            note=f"{len(examples)} images of {left} of "
            f"{examples.num_classes} classes, {_left_out(exclude, in_data)}"
        )
    else:
        examples = datasets.open_examples(
            name, "test", None, inside.image_shape[:2], limit=limit
        )
        found = _of_examples(name, examples)
    if tuple(found.image_shape) != tuple(inside.image_shape):
        raise ValueError(
            f"--out={text} has examples of shape {found.image_shape}, and "
            f"{in_data} of {inside.image_shape}."
        )
    return found._replace(labels=None)


def _unseen(text, in_data, image_size, limit, exclude, seed):
    name, _, path = text.partition("=")
    try:
        return datasets.unseen_classes(
            path,
            in_data,
            image_size=image_size,
            limit=limit,
            exclude=exclude,
            seed=seed,
        )
    except datasets.DatasetNotAvailable:
        raise
    except ValueError as error:
        raise ValueError(
            f"--out={text}: {error} (Here `exclude` is --exclude={name}="
            f"FOLDER,FOLDER, or --exclude={name}= for none.)"
        ) from error


def _left_out(exclude, in_data):
    if exclude is None:
        return f"without those that {in_data} has too"
    return f"without {', '.join(exclude)}" if exclude else "none left out"


def _of_examples(name, examples):
    def batches(size):
        for features, _ in datasets.evaluation_batches(examples, size):
            yield features.numpy()

    note = f"{len(examples)} images of the {examples.split} split"
    return Source(name, batches, examples.labels, examples.image_shape, note)


def _of_arrays(name, features, labels, limit):
    for array in (features, labels):
        if array is not None and array.ndim == 0:
            raise ValueError(
                f"{name} holds a single number, {array}, where an array with "
                "a row for each example is needed."
            )
    if labels is not None and len(labels) != len(features):
        raise ValueError(
            f"{name} has {len(features)} examples and {len(labels)} labels."
        )
    if limit is not None and limit < len(features):
        # The first ones may all be of one class.
        classes = np.zeros(len(features)) if labels is None else labels
        chosen = np.sort(stratified_order(classes)[:limit])
        features = features[chosen]
        labels = None if labels is None else labels[chosen]

    def batches(size):
        for start in range(0, len(features), size):
            yield features[start : start + size]

    if not len(features):
        raise ValueError(f"{name} has no examples.")
    note = f"{len(features)} examples of a file"
    return Source(name, batches, labels, features.shape[1:], note)


def _read(path, names, limit=None):
    """Arrays of a .npz file, none of which may hold Python objects.

    What they will take in memory is read from their heads before they are
    unpacked: a few bytes of a file can stand for terabytes of zeros.
    """
    path = pathlib.Path(path).expanduser()
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    try:
        with (
            open(path, "rb") as content,
            np.load(content, allow_pickle=False) as file,
        ):
            missing = [name for name in names if name not in file]
            if missing:
                raise ValueError(
                    f"it has no array {missing[0]}, only {sorted(file)}"
                )
            for name in names:
                _check_size(file, name, limit)
            return [file[name] for name in names]
    except Exception as error:  # zipfile, zlib, NumPy: each has its own.
        raise ValueError(f"{path} cannot be read: {error}.") from error


def _check_size(file, name, limit):
    with file.zip.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise ValueError(f"the array {name} has the format {version}")
        shape, _, dtype = read(member)
    size = math.prod(shape) * dtype.itemsize
    if size > _LARGEST:
        hint = ""
        if limit is not None:
            hint = (
                f"; --limit={limit} needs the whole array unpacked: save only "
                "the examples that are wanted"
            )
        raise ValueError(
            f"the array {name} of shape {shape} takes {size / 2**30:.1f} GB "
            f"unpacked, more than {_LARGEST // 2**30} GB{hint}"
        )
