"""Finds a data set by its name and gives its train, validation, test split."""

import pathlib

from tfmixup.datasets import fashion_mnist
from tfmixup.datasets import prepared
from tfmixup.datasets import stl10
from tfmixup.datasets.class_folders import ClassFolders
from tfmixup.datasets.digits import Digits
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.splits import stratified_order
from tfmixup.datasets.splits import stratified_parts

__all__ = ["SPLITS", "cut_split", "load", "open_examples"]

SPLITS = ("train", "validation", "test", "train+validation")

# Of what, without official test split, becomes the test split.
_TEST_FRACTION = 0.2
# Of the training examples: of an official training split; and of what is left
# beside _TEST_FRACTION, so that the three parts are 60, 20 and 20 percent.
_VALIDATION_FRACTION = 0.1
_VALIDATION_FRACTION_OF_REST = 0.25
# Sets of image files up to this size are read once and kept.
_KEPT_IN_MEMORY = 2**30
# Names of nothing but class folders.
_FOLDERS = ("folder", "image_folder")
_FOLDER_LAYOUT = (
    "class folders of images (DIR/train/<class>/ and DIR/test/<class>/, or "
    "DIR/<class>/)"
)


def load(name, split, data_dir=None):
    """A data set by name, example by example.

    Args:
        name: see `open_examples`.
        split: see `open_examples`.
        data_dir: see `open_examples`.

    Returns:
        `tf.data.Dataset` of (uint8 `[h, w, c]`, int64 `[]`), unbatched, in a
        fixed order. For shuffled batches see `streams.training_stream`.

    Raises:
        DatasetNotAvailable: see `open_examples`.

    Example:

    >>> image, label = next(iter(load("digits", "test")))
    >>> image.shape, image.dtype.name, label.dtype.name
    (TensorShape([8, 8, 1]), 'uint8', 'int64')
    """
    return open_examples(name, split, data_dir).dataset()


def open_examples(
    name,
    split,
    data_dir=None,
    image_size=None,
    validation_fraction=None,
    split_seed=0,
    limit=None,
):
    """A data set by name, with random access.

    What `data_dir` holds decides how it is read, in this order:

    1. class folders of images, under any name ("image_folder", "flowers",
       "stl10", ...); see `ClassFolders` for what is read, and what is refused;
    2. the official files of `fashion_mnist` (four .gz files) or `stl10`
       (four .bin files);
    3. a data set of that name that TFDS has prepared.

    Without `data_dir`, "digits" comes from scikit-learn, "fashion_mnist" from
    Debian's package `dataset-fashion-mnist`, and any other name (and
    "fashion_mnist" where that package is missing) from TFDS' own folder,
    $TFDS_DATA_DIR or ~/tensorflow_datasets. Nothing is ever downloaded.

    Splits are disjoint. `test` is the official test split; a set whose only
    held-out split is called validation gives that one. `validation` is the
    official one where there is a test split too; else a seeded, stratified
    part of the training split. `train` is the rest, `train+validation` both.
    A set without any held-out split is cut into test, validation and train
    of 20, 20 and 60 percent. The parts are a function of `split_seed`, the
    fraction and the labels in their order, nothing else.

    Sets of image files of up to 1 GiB of pixels are read at once and kept in
    memory; larger ones are read batch by batch.

    Args:
        name: "digits", "fashion_mnist", the TFDS name of an image
            classification set, e.g. "stl10", "cifar10", "emnist/letters", or
            any name of your own, e.g. "image_folder", for class folders.
        split: "train", "validation", "test" or "train+validation".
        data_dir: folder, or None.
        image_size: (height, width) to cut and resize files to; None takes
            them as they are, and all must have one size.
        validation_fraction: float in (0, 1), the part of the training examples
            that becomes the validation split where there is no official one.
            None: 0.1, or 0.25 where the test split is cut off as well.
        split_seed: int.
        limit: int, at most so many examples of the split: a stratified part;
            of two limits the smaller gives a subset. None for all.

    Returns:
        `Examples`.

    Raises:
        DatasetNotAvailable: the set is not on this machine; the message says
            where it was looked for and what makes it available.
        ValueError: an unknown split; a fraction or limit out of range; damaged
            data; see `Examples`.

    Example:

    >>> open_examples("digits", "train")
    Examples(digits/train: 1078 images (8, 8, 1), 10 classes)
    >>> open_examples("digits", "test", limit=100)
    Examples(digits/test: 100 images (8, 8, 1), 10 classes)
    """
    if split not in SPLITS:
        raise ValueError(
            f"`split` must be one of {', '.join(SPLITS)}. "
            f"Received: split={split!r}."
        )
    if limit is not None and limit < 1:
        raise ValueError(f"`limit` must be 1 or more. Received: limit={limit}.")
    if validation_fraction is not None and not 0 < validation_fraction < 1:
        raise ValueError(
            "`validation_fraction` must be between 0 and 1. Received: "
            f"validation_fraction={validation_fraction}. To train on all of "
            "the training data, take the split 'train+validation'."
        )
    source = _find(name, data_dir)
    examples = cut_split(
        source, split, image_size, validation_fraction, split_seed
    )
    if limit is not None and limit < len(examples):
        order = stratified_order(examples.labels, split_seed)
        examples = examples.subset(sorted(order[:limit]))
    if examples.num_bytes <= _KEPT_IN_MEMORY:
        examples = examples.in_memory()
    return examples


def cut_split(source, split, image_size, validation_fraction, seed):
    """One of `SPLITS` from the official splits of a source.

    Args:
        source: reader of a data set, such as `ClassFolders`.
        split: see `open_examples`.
        image_size: see `open_examples`.
        validation_fraction: see `open_examples`.
        seed: int, `split_seed` of `open_examples`.

    Returns:
        `Examples`.
    """
    if source.splits == ("train",):
        everything = source.open(["train"], image_size)
        rest_fraction = 1 - _TEST_FRACTION
        fraction = validation_fraction or _VALIDATION_FRACTION_OF_REST
        test, validation, train = stratified_parts(
            everything.labels, [_TEST_FRACTION, rest_fraction * fraction], seed
        )
        parts = {
            "test": test,
            "validation": validation,
            "train": train,
            "train+validation": sorted([*train, *validation]),
        }
        return everything.subset(parts[split], split)
    if "train" not in source.splits:
        raise ValueError(
            "A data set needs a training split. "
            f"Received: splits {source.splits}."
        )
    held_out = "test" if "test" in source.splits else "validation"
    if split == "test":
        return _named(source.open([held_out], image_size), split)
    if source.splits == ("train", "validation", "test"):
        return _named(source.open(split.split("+"), image_size), split)
    train = source.open(["train"], image_size)
    if split == "train+validation":
        return _named(train, split)
    fraction = validation_fraction or _VALIDATION_FRACTION
    validation, rest = stratified_parts(train.labels, [fraction], seed)
    return train.subset(validation if split == "validation" else rest, split)


def _named(examples, split):
    return examples.subset(range(len(examples)), split)


def _find(name, data_dir):
    """The reader of a data set, or DatasetNotAvailable."""
    if data_dir is None:
        return _find_without_folder(name)
    folder = pathlib.Path(data_dir).expanduser()
    if not folder.is_dir():
        looked_at = [f"{folder} (no such folder; for {_expected(name)})"]
        raise DatasetNotAvailable(name, looked_at, _remedy(name, data_dir))
    source = ClassFolders.find(folder, name)
    if source is None and name == "fashion_mnist":
        source = fashion_mnist.FashionMnist.find(folder)
    if source is None and name == "stl10":
        source = stl10.Stl10.find(folder)
    if source is None and name not in ("digits", *_FOLDERS):
        source = prepared.PreparedDataset.find(folder, name)
    if source is None:
        looked_at = [f"{folder} (for {_expected(name)})"]
        raise DatasetNotAvailable(name, looked_at, _remedy(name, data_dir))
    return source


def _find_without_folder(name):
    if name == "digits":
        return Digits()
    looked_at = []
    if name in _FOLDERS:
        remedy = f"Pass data_dir, a folder of {_FOLDER_LAYOUT}."
        raise DatasetNotAvailable(name, ["nowhere: no data_dir"], remedy)
    if name == "fashion_mnist":
        source = fashion_mnist.FashionMnist.find(fashion_mnist.DEBIAN_FOLDER)
        if source is not None:
            return source
        looked_at.append(fashion_mnist.DEBIAN_FOLDER)
    folder = prepared.default_folder()
    source = prepared.PreparedDataset.find(folder, name)
    if source is not None:
        return source
    looked_at.append(f"{folder} (for {name} as prepared by TFDS)")
    raise DatasetNotAvailable(name, looked_at, _remedy(name, None))


def _expected(name):
    expected = [_FOLDER_LAYOUT]
    if name == "fashion_mnist":
        expected.append(f"the files {', '.join(fashion_mnist.FILES)}")
    if name == "stl10":
        expected.append(f"the files {', '.join(stl10.FILES)}")
    if name not in ("digits", *_FOLDERS):
        expected.append(f"{name}/<version>/ as prepared by TFDS")
    return ", or ".join(expected)


def _remedy(name, data_dir):
    if name == "digits":
        return "The digits are embedded in scikit-learn: omit data_dir."
    if name in _FOLDERS:
        return "Point data_dir at a folder with that layout."
    where = "" if data_dir is None else f" --data_dir={data_dir}"
    remedy = (
        f"With network: `tfds build {name}{where}`. With the official files "
        f"in a folder DIR: `tools/stage_dataset {name} --source=DIR{where}`. "
        "Images of your own, under any name: set data_dir to a folder of "
        "class folders."
    )
    if name == "fashion_mnist":
        remedy = f"On Debian: `apt install dataset-fashion-mnist`. {remedy}"
    return remedy
