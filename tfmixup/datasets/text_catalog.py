"""Finds a set of texts by its name and gives its splits."""

import pathlib

import numpy as np

from tfmixup.datasets import imdb
from tfmixup.datasets import mr
from tfmixup.datasets import trec
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.prepared import default_folder
from tfmixup.datasets.splits import stratified_order
from tfmixup.datasets.splits import stratified_parts
from tfmixup.datasets.text_examples import TextExamples
from tfmixup.datasets.text_prepared import PreparedTexts
from tfmixup.datasets.vocabulary import kim_words
from tfmixup.datasets.vocabulary import Vocabulary

__all__ = ["TEXTS", "open_texts"]

_FOLDS = 10
_TEST_FRACTION = 0.2
_VALIDATION_FRACTION = 0.1

# Of each set: its reader of official files, what these are, the words that
# its texts are cut at, and how often a word is there at least.
TEXTS = {
    "imdb_reviews": (
        imdb.ImdbReviews,
        imdb.LAYOUT,
        400,
        5,
    ),
    "mr": (mr.MovieReviews, " and ".join(mr.FILES), None, 1),
    "trec": (
        trec.Trec,
        " or ".join(" and ".join(names) for names in trec.FILES),
        None,
        1,
    ),
}


def open_texts(
    name,
    data_dir=None,
    *,
    fold=None,
    max_words=None,
    min_count=None,
    split_seed=0,
):
    """A set of texts by name: its splits, over one vocabulary.

    `data_dir` holds the official files of the set, or TFDS has prepared it
    there; None looks where TFDS looks, $TFDS_DATA_DIR or
    ~/tensorflow_datasets. Nothing is ever downloaded.

    - "mr", movie reviews of a sentence: `rt-polarity.neg`, `rt-polarity.pos`;
    - "trec", questions: `train_5500.label`, `TREC_10.label`;
    - "imdb_reviews", long reviews: the folder `aclImdb`.

    Splits are disjoint and stratified. `test` is the official test split. MR
    has none: with a `fold`, the test split is that tenth of the sentences, as
    in the ten-fold cross-validation of Kim; without, it is a fifth of them.
    `validation` is a tenth of the rest, `train` what is left then,
    `train+validation` both. All are a function of `split_seed`.

    The vocabulary is that of all splits, as in Kim's code: a word that only
    the test split has gets an id and a vector, as it would from a file of
    vectors for any word; no label of those splits is looked at. MR has 18,765
    words and TREC 8,764, all that there are; IMDB the 40,717 of 112,359 that
    are there five times or more.

    Every split has rows of one length, that of the longest text of the set or
    `max_words`.

    Args:
        name: "mr", "trec" or "imdb_reviews".
        data_dir: folder, or None.
        fold: int in 0..9, for "mr" alone; or None.
        max_words: int >= 1; texts are cut behind so many words. None: 400
            for IMDB, which is shorter than 14 % of its reviews, else all.
        min_count: int >= 1; rarer words are unknown. None: 5 for IMDB,
            else 1.
        split_seed: int.

    Returns:
        dict from "train", "validation", "test" and "train+validation" to
        `TextExamples`.

    Raises:
        DatasetNotAvailable: the set is not on this machine; the message lists
            the files that were looked for.
        ValueError: an unknown name; an argument out of its range; a `fold` of
            another set; damaged files.

    Reference: Kim, 2014, https://arxiv.org/abs/1408.5882
    """
    if name not in TEXTS:
        raise ValueError(
            f"`name` must be one of {', '.join(TEXTS)}. Received: {name!r}."
        )
    if fold is not None and (name != "mr" or fold not in range(_FOLDS)):
        raise ValueError(
            "`fold` must be one of 0 to 9, and goes with 'mr': the others "
            f"have an official test split. Received: fold={fold} and {name!r}."
        )
    for argument, value in (("max_words", max_words), ("min_count", min_count)):
        if value is not None and value < 1:
            raise ValueError(
                f"`{argument}` must be 1 or more. Received: {argument}={value}."
            )
    source = _find(name, data_dir)
    read = [source.read(split) for split in source.splits]
    texts = [text for part, _ in read for text in part]
    labels = np.concatenate([part for _, part in read])
    _, _, usual_words, usual_count = TEXTS[name]
    vocabulary = Vocabulary.count(texts, min_count or usual_count, kim_words)
    length = _length(texts, max_words or usual_words)
    everything = TextExamples(
        vocabulary.encode(texts, length),
        labels,
        source.class_names,
        vocabulary,
        name,
    )
    if len(read) > 1:
        train, test = np.split(np.arange(len(texts)), [len(read[0][0])])
    else:
        test, train = _held_out(labels, fold, split_seed)
    inner = stratified_parts(labels[train], [_VALIDATION_FRACTION], split_seed)
    parts = {
        "train": train[inner[1]],
        "validation": train[inner[0]],
        "test": test,
        "train+validation": train,
    }
    return {
        split: everything.subset(indices, split)
        for split, indices in parts.items()
    }


def _length(texts, limit):
    """The words of the longest text, or `limit` if that is less."""
    lengths = (len(kim_words(text)) for text in texts)
    # Looking stops at the first text that is cut.
    if limit and any(length > limit for length in lengths):
        return limit
    # A set of nothing but texts without words has no vocabulary.
    return max(len(kim_words(text)) for text in texts)


def _held_out(labels, fold, seed):
    """(test, rest) of a set without an official test split."""
    if fold is None:
        return stratified_parts(labels, [_TEST_FRACTION], seed)
    # Any ten equal stretches of a stratified order are stratified.
    tenths = np.array_split(stratified_order(labels, seed), _FOLDS)
    test = np.sort(tenths.pop(fold))
    return test, np.sort(np.concatenate(tenths))


def _find(name, data_dir):
    """The reader of a set, or DatasetNotAvailable."""
    reader, files, _, _ = TEXTS[name]
    where = default_folder() if data_dir is None else data_dir
    folder = pathlib.Path(where).expanduser()
    source = reader.find(folder)
    if source is None and name != "mr":
        source = PreparedTexts.find(folder, name)
    if source is None:
        expected = f"for {files}"
        remedy = "Set data_dir to the folder of these files"
        if name != "mr":
            expected += f", or {name}/ as prepared by TFDS"
            remedy += f", or, with network, `tfds build {name}`"
        looked_at = [f"{folder} ({expected})"]
        raise DatasetNotAvailable(name, looked_at, f"{remedy}.")
    return source
