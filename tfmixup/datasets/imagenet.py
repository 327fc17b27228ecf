"""ImageNet (ILSVRC-2012), or any set like it: images that stay encoded."""

import pathlib

import numpy as np

from tfmixup.datasets.catalog import cut_split
from tfmixup.datasets.catalog import SPLITS
from tfmixup.datasets.class_folders import ClassFolders
from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.prepared import default_folder
from tfmixup.datasets.prepared import newest_version
from tfmixup.datasets.record_index import RecordFields
from tfmixup.datasets.records import RecordShards
from tfmixup.datasets.splits import stratified_order
from tfmixup.datasets.statistics import ChannelStatistics

__all__ = ["IMAGENET_STATISTICS", "open_imagenet"]

_NAME = "imagenet2012"
# The numbers that networks for ImageNet have been normalized with since
# fb.resnet.torch, times 255.
IMAGENET_STATISTICS = ChannelStatistics(
    np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
)
# 51,247 of 1,281,167: as many as the official validation split has.
_VALIDATION_FRACTION = 0.04
_TFDS_FIELDS = RecordFields("image", "label", label_base=0, class_name="")
_EXPECTED = (
    "DIR/train/<wnid>/*.JPEG and DIR/val/<wnid>/*.JPEG, "
    "DIR/train-00000-of-01024 and DIR/validation-00000-of-00128 (TFRecord), "
    f"or DIR/{_NAME}/<version>/ as prepared by TFDS"
)


def open_imagenet(
    split,
    data_dir=None,
    image_size=(224, 224),
    validation_fraction=_VALIDATION_FRACTION,
    split_seed=0,
    limit=None,
    label_base=1,
    cache_dir=None,
):
    """A split of ImageNet whose images stay encoded.

    What `data_dir` holds decides how it is read, in this order: class folders
    (`DIR/train/<wnid>/`, or `DIR/<wnid>/` alone), sharded TFRecord files with
    the usual fields, `imagenet2012` as prepared by TFDS. Nothing is
    ever downloaded.

    The official validation split, which everybody reports, is `test` here;
    `validation` is a seeded, stratified part of the training split. A set
    without an official validation split is cut as `open_examples` cuts.

    Args:
        split: "train", "validation", "test" or "train+validation".
        data_dir: folder; None for the one of TFDS.
        image_size: (height, width) of the images.
        validation_fraction: float in (0, 1), the part of the training images
            that becomes the validation split.
        split_seed: int.
        limit: see `open_examples`.
        label_base: int, the label of the first class in TFRecord files; the
            usual conversions begin with 1, TFDS (for which this is ignored)
            with 0.
        cache_dir: where the index of TFRecord files is kept; see
            `index_records`.

    Returns:
        `EncodedExamples`.

    Raises:
        DatasetNotAvailable: no ImageNet there; the message says what is
            looked for, and how to get it.
        ValueError: an unknown split; damaged TFRecord files.

    Example:

    >>> open_imagenet("train", "/nowhere")
    Traceback (most recent call last):
    tfmixup.datasets.errors.DatasetNotAvailable: Data set 'imagenet2012' ...
    """
    if split not in SPLITS:
        raise ValueError(
            f"`split` must be one of {', '.join(SPLITS)}. "
            f"Received: split={split!r}."
        )
    source = _find(data_dir, label_base, cache_dir)
    examples = cut_split(
        source, split, image_size, validation_fraction, split_seed
    )
    if limit is not None and limit < len(examples):
        order = stratified_order(examples.labels, split_seed)
        examples = examples.subset(sorted(order[:limit]))
    return examples


def _find(data_dir, label_base, cache_dir):
    folder = default_folder()
    if data_dir is not None:
        folder = pathlib.Path(data_dir).expanduser()
    source = None
    if data_dir is not None and folder.is_dir():
        source = ClassFolders.find(folder, _NAME, EncodedExamples)
        if source is None:
            fields = RecordFields(label_base=label_base)
            source = RecordShards.find(folder, _NAME, fields, cache_dir)
    if source is None and newest_version(folder, _NAME):
        source = _prepared(newest_version(folder, _NAME), cache_dir)
    if source is None:
        missing = "" if folder.is_dir() else "no such folder; "
        raise DatasetNotAvailable(
            _NAME,
            [f"{folder} ({missing}for {_EXPECTED})"],
            "ImageNet is not to be downloaded without an account: get "
            "ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar from "
            "https://image-net.org. Unpack them into class folders, or put "
            f"them into {folder}/downloads/manual/ and run `tfds build "
            f"{_NAME} --data_dir={folder}`.",
        )
    return source


def _prepared(path, cache_dir):
    """What TFDS has prepared, as the TFRecord files that it is."""
    # Late: importing TFDS takes seconds, and only this reader needs it.
    import tensorflow_datasets as tfds  # noqa: PLC0415

    info = tfds.builder_from_directory(str(path)).info
    if info.file_format.value != "tfrecord":
        raise ValueError(
            "Only TFRecord files can be read by index. Received: "
            f"{str(path)!r} with {info.file_format.value!r} files. Prepare the "
            "data set again with `--file_format=tfrecord`."
        )
    # The official test images have no labels.
    shards = {
        split: info.splits[split].filepaths
        for split in ("train", "validation")
        if split in info.splits
    }
    return PreparedShards(shards, info, cache_dir)


class PreparedShards(RecordShards):
    """TFRecord files that TFDS has written, which knows their sizes.

    Args:
        shards: dict from split to paths.
        info: `tfds.core.DatasetInfo`.
        cache_dir: see `index_records`.
    """

    def __init__(self, shards, info, cache_dir=None):
        super().__init__(shards, _NAME, _TFDS_FIELDS, cache_dir)
        self._info = info

    def open(self, splits, image_size=None):
        """See `RecordShards.open`.

        Raises:
            ValueError: another number of records than TFDS has written.
        """
        examples = super().open(splits, image_size)
        expected = sum(self._info.splits[each].num_examples for each in splits)
        if len(examples) != expected:
            raise ValueError(
                f"Expected {expected} examples of {'+'.join(splits)} as "
                f"dataset_info.json says. Received: {len(examples)} in "
                f"{self._info.data_dir!r}. Prepare the data set again."
            )
        return examples

    def _classes(self):
        return self._info.features["label"].names
