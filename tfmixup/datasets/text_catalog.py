"""Finds a set of texts by its name and gives its splits."""

import pathlib
import warnings

import numpy as np

from tfmixup.datasets import imdb
from tfmixup.datasets import mr
from tfmixup.datasets import trec
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.own_texts import LAYOUTS
from tfmixup.datasets.own_texts import OwnTexts
from tfmixup.datasets.prepared import default_folder
from tfmixup.datasets.splits import stratified_order
from tfmixup.datasets.splits import stratified_parts
from tfmixup.datasets.text_examples import TextExamples
from tfmixup.datasets.text_prepared import PreparedTexts
from tfmixup.datasets.vocabulary import kim_words
from tfmixup.datasets.vocabulary import Vocabulary
from tfmixup.datasets.vocabulary import words_of

__all__ = ["TEXTS", "open_texts"]

_FOLDS = 10
_TEST_FRACTION = 0.2
_VALIDATION_FRACTION = 0.1

# Of each set: its reader of official files, what these are, the words that
# its texts are cut at, how often a word is there at least, and what finds its
# words: the paper's experiments are those of Kim.
TEXTS = {
    "imdb_reviews": (
        imdb.ImdbReviews,
        imdb.LAYOUT,
        400,
        5,
        kim_words,
    ),
    "mr": (mr.MovieReviews, " and ".join(mr.FILES), None, 1, kim_words),
    "trec": (
        trec.Trec,
        " or ".join(" and ".join(names) for names in trec.FILES),
        None,
        1,
        kim_words,
    ),
}
# The last three of these for any other set.
_OWN = (400, 1, words_of)


def open_texts(
    name,
    data_dir=None,
    *,
    fold=None,
    max_words=None,
    min_count=None,
    split_seed=0,
    words=None,
):
    """A set of texts by name: its splits, over one vocabulary.

    Three sets are known by name:

    - "mr", movie reviews of a sentence: `rt-polarity.neg`, `rt-polarity.pos`;
    - "trec", questions: `train_5500.label`, `TREC_10.label`;
    - "imdb_reviews", long reviews: the folder `aclImdb`.

    `data_dir` holds the official files of the set, or TFDS has prepared it
    there; None looks where TFDS looks, $TFDS_DATA_DIR or
    ~/tensorflow_datasets. Nothing is ever downloaded.

    Any other name is one of your own, for texts of your own: `data_dir` is a
    folder of class folders, of a file for each class, or of tables, or is a
    table itself; see `OwnTexts`.

    Splits are disjoint and stratified. `test` is the official test split; a
    set whose only held-out split is called validation gives that one. MR has
    none: with a `fold`, the test split is that tenth of the sentences, as in
    the ten-fold cross-validation of Kim; without, and for any other set
    without one, it is a fifth of them. `validation` is the official one where
    there is a test split too, else a tenth of the rest, `train` what is left
    then, `train+validation` both. All are a function of `split_seed`.

    The vocabulary is that of all splits, as in Kim's code: a word that only
    the test split has gets an id and a vector, as it would from a file of
    vectors for any word; no label of those splits is looked at. MR has 18,765
    words and TREC 8,764, all that there are; IMDB the 40,717 of 112,359 that
    are there five times or more.

    Every split has rows of one length, that of the longest text of the set or
    `max_words`.

    Args:
        name: "mr", "trec", "imdb_reviews", or a name of your own.
        data_dir: folder (of texts of your own, or a table), or None.
        fold: int in 0..9, for "mr" alone; or None.
        max_words: int >= 1; texts are cut behind so many words. None: 400
            for IMDB, which is shorter than 14 % of its reviews, and for texts
            of your own, of which a warning says how many are cut; else all.
        min_count: int >= 1; rarer words are unknown. None: 5 for IMDB,
            else 1.
        split_seed: int.
        words: function from a text to its words, a list of str. None:
            `kim_words` for the three known sets, as in the paper, and
            `words_of`, which keeps words of all languages, for your own.

    Returns:
        dict from "train", "validation", "test" and "train+validation" to
        `TextExamples`.

    Raises:
        DatasetNotAvailable: the set is not on this machine; the message lists
            the files that were looked for.
        ValueError: an argument out of its range; a `fold` of another set;
            damaged files; texts of your own that are refused, see `OwnTexts`.

    Reference: Kim, 2014, https://arxiv.org/abs/1408.5882
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"`name` must be a string. Received: {name!r}.")
    if fold is not None and (name != "mr" or fold not in range(_FOLDS)):
        raise ValueError(
            "`fold` must be one of 0 to 9, and goes with 'mr'. "
            f"Received: fold={fold} and {name!r}."
        )
    for argument, value in (("max_words", max_words), ("min_count", min_count)):
        if value is not None and value < 1:
            raise ValueError(
                f"`{argument}` must be 1 or more. Received: {argument}={value}."
            )
    source = _find(name, data_dir)
    usual_words, usual_count, usual_function = _OWN
    if name in TEXTS:
        _, _, usual_words, usual_count, usual_function = TEXTS[name]
    words = words or usual_function
    read = [source.read(split) for split in source.splits]
    texts = [text for part, _ in read for text in part]
    labels = np.concatenate([part for _, part in read])
    vocabulary = Vocabulary.count(texts, min_count or usual_count, words)
    everything = TextExamples(
        vocabulary.encode(
            texts, _length(texts, words, max_words or usual_words)
        ),
        labels,
        source.class_names,
        vocabulary,
        name,
    )
    if name not in TEXTS and max_words is None:
        _say_what_is_cut(texts, words, everything)
    sizes = [len(part) for part, _ in read]
    rows = np.split(np.arange(len(texts)), np.cumsum(sizes)[:-1])
    parts = _parts(
        dict(zip(source.splits, rows, strict=True)), labels, fold, split_seed
    )
    return {
        split: everything.subset(indices, split)
        for split, indices in parts.items()
    }


def _parts(rows, labels, fold, seed):
    """The rows of each split, from those of the official splits."""
    if rows.keys() == {"train", "validation", "test"}:
        both = np.concatenate([rows["train"], rows["validation"]])
        return {**rows, "train+validation": both}
    if len(rows) == 1:
        test, train = _held_out(labels, fold, seed)
    else:
        train = rows["train"]
        test = rows["test"] if "test" in rows else rows["validation"]
    inner = stratified_parts(labels[train], [_VALIDATION_FRACTION], seed)
    return {
        "train": train[inner[1]],
        "validation": train[inner[0]],
        "test": test,
        "train+validation": train,
    }


def _length(texts, words, limit):
    """The words of the longest text, or `limit` if that is less."""
    lengths = (len(words(text)) for text in texts)
    # Looking stops at the first text that is cut.
    if limit and any(length > limit for length in lengths):
        return limit
    # A set of nothing but texts without words has no vocabulary.
    return max(len(words(text)) for text in texts)


def _say_what_is_cut(texts, words, examples):
    cut = sum(len(words(text)) > examples.length for text in texts)
    if cut:
        warnings.warn(
            f"{cut} of {len(texts)} texts of {examples.name} are longer than "
            f"{examples.length} words, and are cut there. Another limit: "
            "max_words.",
            stacklevel=3,
        )


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
    where = default_folder() if data_dir is None else data_dir
    folder = pathlib.Path(where).expanduser()
    if name not in TEXTS:
        return _find_own(name, data_dir and folder)
    reader, files, *_ = TEXTS[name]
    source = reader.find(folder)
    if source is None and name != "mr":
        source = PreparedTexts.find(folder, name)
    if source is None:
        expected = f"for {files}"
        remedy = "Set data_dir to the folder of these files"
        if name != "mr":
            expected += f", or {name}/ as prepared by TFDS"
            remedy += f", or, with network, `tfds build {name}`"
        remedy += ". Texts of your own take a name of their own"
        looked_at = [f"{folder} ({expected})"]
        raise DatasetNotAvailable(name, looked_at, f"{remedy}.")
    return source


def _find_own(name, path):
    source = OwnTexts.find(path) if path else None
    if source is None:
        looked_at = "nowhere: no data_dir"
        if path:
            missing = "" if path.exists() else "no such folder; "
            looked_at = f"{path} ({missing}for {LAYOUTS})"
        raise DatasetNotAvailable(
            name,
            [looked_at],
            f"Texts are known by the names {', '.join(TEXTS)}; for any other "
            "name set data_dir to a folder of texts, or to a table.",
        )
    return source
