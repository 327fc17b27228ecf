"""IMDB reviews from the folders of the official archive."""

import pathlib

import numpy as np

from tfmixup.datasets.class_trees import TEXTS
from tfmixup.datasets.folder_scan import scan
from tfmixup.datasets.text_files import read_text

__all__ = ["LAYOUT", "ImdbReviews", "without_line_breaks"]

LAYOUT = "aclImdb/{train,test}/{neg,pos}/*.txt"
_FOLDER = "aclImdb"


class ImdbReviews:
    """25,000 training and 25,000 test reviews, 12,500 of each class.

    Files `{train,test}/{neg,pos}/<id>_<rating>.txt` in UTF-8, read in
    alphabetical order; hidden files are passed over. Some reviews occur
    twice; that is the published set.

    Args:
        path: the folder of `train` and `test`.

    Attributes:
        splits: ("train", "test").
        class_names: ("neg", "pos").

    Example:

    >>> ImdbReviews.find("/no/such/folder") is None
    True

    Reference: Maas et al., 2011, https://aclanthology.org/P11-1015/
    """

    splits = ("train", "test")
    class_names = ("neg", "pos")

    def __init__(self, path):
        self._path = pathlib.Path(path)

    @classmethod
    def find(cls, path):
        """The set in a folder, or in `aclImdb/` there, or None."""
        path = pathlib.Path(path).expanduser()
        for folder in (path, path / _FOLDER):
            folders = (
                folder / split / name
                for split in cls.splits
                for name in cls.class_names
            )
            if all(each.is_dir() for each in folders):
                return cls(folder)
        return None

    def read(self, split):
        """The reviews of a split, the negative ones first.

        Args:
            split: "train" or "test".

        Returns:
            (list of str without marks of line breaks, int64 array of class
            indices).

        Raises:
            ValueError: a class without files; a file that cannot be read, or
                is not UTF-8.
        """
        branch = scan(self._path / split, TEXTS, self.class_names)
        branch.check(TEXTS.noun)
        branch.warn(TEXTS.noun)
        texts, labels = [], []
        for label, name in enumerate(self.class_names):
            paths = branch.classes[name]
            texts += [
                without_line_breaks(read_text(path, "utf-8")) for path in paths
            ]
            labels += [label] * len(paths)
        return texts, np.array(labels, np.int64)


def without_line_breaks(text):
    """The text without `<br />`, which is no word of the review.

    Example:

    >>> without_line_breaks("Good.<br /><br />Very.")
    'Good.  Very.'
    """
    return text.replace("<br />", " ")
