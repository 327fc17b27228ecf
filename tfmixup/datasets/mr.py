"""Movie-review sentences (MR) from their two files."""

import pathlib

import numpy as np

from tfmixup.datasets.text_files import read_lines

__all__ = ["FILES", "MovieReviews"]

FILES = ("rt-polarity.neg", "rt-polarity.pos")
# What the official archive unpacks to.
_FOLDER = "rt-polaritydata"


class MovieReviews:
    """5,331 negative and 5,331 positive sentences, one a line, cp1252.

    Blank lines are no sentences.

    There is no official split: `splits` is ("train",), all of it.

    Args:
        path: the folder of the two files.

    Attributes:
        splits: ("train",).
        class_names: ("neg", "pos").

    Example:

    >>> MovieReviews.find("/no/such/folder") is None
    True

    Reference: Pang and Lee, 2005, https://arxiv.org/abs/cs/0506075
    """

    splits = ("train",)
    class_names = ("neg", "pos")

    def __init__(self, path):
        self._path = pathlib.Path(path)

    @classmethod
    def find(cls, path):
        """The set in a folder, or in `rt-polaritydata/` there, or None."""
        path = pathlib.Path(path).expanduser()
        for folder in (path, path / _FOLDER):
            if all((folder / name).is_file() for name in FILES):
                return cls(folder)
        return None

    def read(self, split):
        """All sentences, the negative ones first.

        Args:
            split: "train".

        Returns:
            (list of str, int64 array of class indices).

        Raises:
            ValueError: a file that is empty or not in cp1252.
        """
        del split  # There is only one.
        texts, labels = [], []
        for label, name in enumerate(FILES):
            lines = read_lines(self._path / name, "cp1252")
            texts += [line for _, line in lines]
            labels += [label] * len(lines)
        return texts, np.array(labels, np.int64)
