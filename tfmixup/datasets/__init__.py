"""Where examples come from: data sets, splits, augmentation, batches."""

from tfmixup.datasets.augment import augmentation
from tfmixup.datasets.augment import pad_crop_flip
from tfmixup.datasets.catalog import load
from tfmixup.datasets.catalog import open_examples
from tfmixup.datasets.crops import RandomCrops
from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.examples import Examples
from tfmixup.datasets.faulty import faulty_images
from tfmixup.datasets.faulty import without_faulty
from tfmixup.datasets.finite import require_finite
from tfmixup.datasets.glove import glove_embeddings
from tfmixup.datasets.identity import digest_of
from tfmixup.datasets.identity import digest_of_file
from tfmixup.datasets.imagenet import IMAGENET_STATISTICS
from tfmixup.datasets.imagenet import open_imagenet
from tfmixup.datasets.shifts import gaussian_noise
from tfmixup.datasets.shifts import leave_convex_hull
from tfmixup.datasets.shifts import overlapping_wnids
from tfmixup.datasets.shifts import uniform_noise
from tfmixup.datasets.shifts import unseen_classes
from tfmixup.datasets.statistics import channel_statistics
from tfmixup.datasets.streams import evaluation_batches
from tfmixup.datasets.streams import steps_per_epoch
from tfmixup.datasets.streams import training_stream
from tfmixup.datasets.text_catalog import open_texts
from tfmixup.datasets.text_examples import TextExamples
from tfmixup.datasets.vocabulary import kim_words
from tfmixup.datasets.vocabulary import Vocabulary
from tfmixup.datasets.vocabulary import words_of

__all__ = [
    "DatasetNotAvailable",
    "EncodedExamples",
    "Examples",
    "IMAGENET_STATISTICS",
    "RandomCrops",
    "TextExamples",
    "Vocabulary",
    "augmentation",
    "channel_statistics",
    "digest_of",
    "digest_of_file",
    "evaluation_batches",
    "faulty_images",
    "gaussian_noise",
    "glove_embeddings",
    "kim_words",
    "leave_convex_hull",
    "load",
    "open_examples",
    "open_imagenet",
    "open_texts",
    "overlapping_wnids",
    "pad_crop_flip",
    "require_finite",
    "steps_per_epoch",
    "training_stream",
    "uniform_noise",
    "unseen_classes",
    "without_faulty",
    "words_of",
]


def __dir__():
    return __all__
