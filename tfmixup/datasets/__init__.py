"""Where examples come from: data sets, splits, augmentation, batches."""

from tfmixup.datasets.augment import augmentation
from tfmixup.datasets.augment import pad_crop_flip
from tfmixup.datasets.catalog import load
from tfmixup.datasets.catalog import open_examples
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.examples import Examples
from tfmixup.datasets.finite import require_finite
from tfmixup.datasets.statistics import channel_statistics
from tfmixup.datasets.streams import evaluation_batches
from tfmixup.datasets.streams import steps_per_epoch
from tfmixup.datasets.streams import training_stream

__all__ = [
    "DatasetNotAvailable",
    "Examples",
    "augmentation",
    "channel_statistics",
    "evaluation_batches",
    "load",
    "open_examples",
    "pad_crop_flip",
    "require_finite",
    "steps_per_epoch",
    "training_stream",
]
