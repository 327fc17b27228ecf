"""Where examples come from: data sets, splits, augmentation, batches."""

from tfmixup.datasets.augment import augmentation
from tfmixup.datasets.augment import pad_crop_flip as pad_crop_flip
from tfmixup.datasets.catalog import load
from tfmixup.datasets.catalog import open_examples
from tfmixup.datasets.crops import RandomCrops as RandomCrops
from tfmixup.datasets.encoded import EncodedExamples as EncodedExamples
from tfmixup.datasets.errors import DatasetNotAvailable as DatasetNotAvailable
from tfmixup.datasets.examples import Examples as Examples
from tfmixup.datasets.faulty import faulty_images as faulty_images
from tfmixup.datasets.faulty import without_faulty as without_faulty
from tfmixup.datasets.finite import require_finite as require_finite
from tfmixup.datasets.glove import glove_embeddings
from tfmixup.datasets.identity import digest_of as digest_of
from tfmixup.datasets.identity import digest_of_file as digest_of_file
from tfmixup.datasets.imagenet import IMAGENET_STATISTICS as IMAGENET_STATISTICS
from tfmixup.datasets.imagenet import open_imagenet
from tfmixup.datasets.shifts import gaussian_noise as gaussian_noise
from tfmixup.datasets.shifts import leave_convex_hull as leave_convex_hull
from tfmixup.datasets.shifts import overlapping_wnids as overlapping_wnids
from tfmixup.datasets.shifts import uniform_noise as uniform_noise
from tfmixup.datasets.shifts import unseen_classes as unseen_classes
from tfmixup.datasets.statistics import channel_statistics as channel_statistics
from tfmixup.datasets.streams import evaluation_batches
from tfmixup.datasets.streams import steps_per_epoch as steps_per_epoch
from tfmixup.datasets.streams import training_stream
from tfmixup.datasets.text_catalog import open_texts
from tfmixup.datasets.text_examples import TextExamples as TextExamples
from tfmixup.datasets.vocabulary import kim_words as kim_words
from tfmixup.datasets.vocabulary import Vocabulary
from tfmixup.datasets.vocabulary import words_of as words_of

__all__ = [
    "Vocabulary",
    "augmentation",
    "evaluation_batches",
    "glove_embeddings",
    "load",
    "open_examples",
    "open_imagenet",
    "open_texts",
    "training_stream",
]


def __dir__():
    return __all__
