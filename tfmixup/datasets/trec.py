"""TREC questions from their two files."""

import pathlib

import numpy as np

from tfmixup.datasets.text_files import read_lines

__all__ = ["FILES", "Trec"]

# Training and test file: the names that they have in collections for sentence
# classification, and the official ones.
FILES = (("TREC.train", "TREC.test"), ("train_5500.label", "TREC_10.label"))


class Trec:
    """5,452 training and 500 test questions in 6 coarse classes.

    A line is `COARSE:fine question`, in latin-1; the fine class is left out.
    71 questions are repeated, and 10 of the training questions are among the
    test questions: that is the published set, and it is left as it is.

    Args:
        path: the folder of the two files.
        names: names of the training and the test file.

    Attributes:
        splits: ("train", "test").
        class_names: the six, in alphabetical order.

    Example:

    >>> Trec.find("/no/such/folder") is None
    True

    Reference: Li and Roth, 2002, https://aclanthology.org/C02-1150/
    """

    splits = ("train", "test")
    class_names = ("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM")

    def __init__(self, path, names=FILES[0]):
        self._path = pathlib.Path(path)
        self._names = dict(zip(self.splits, names, strict=True))

    @classmethod
    def find(cls, path):
        """The set in a folder, or None where a file is missing."""
        path = pathlib.Path(path).expanduser()
        for names in FILES:
            if all((path / name).is_file() for name in names):
                return cls(path, names)
        return None

    def read(self, split):
        """The questions of a split.

        Args:
            split: "train" or "test".

        Returns:
            (list of str, int64 array of class indices).

        Raises:
            ValueError: an empty file; a line without one of the six classes
                (the message names the line).
        """
        path = self._path / self._names[split]
        texts, labels = [], []
        for number, line in read_lines(path, "latin-1"):
            label, _, text = line.partition(" ")
            coarse, _, fine = label.partition(":")
            if coarse not in self.class_names or not fine:
                raise ValueError(
                    "Expected lines `COARSE:fine question` with COARSE one of "
                    f"{', '.join(self.class_names)}. Received: {str(path)!r}, "
                    f"line {number}: {line[:60]!r}."
                )
            texts.append(text)
            labels.append(self.class_names.index(coarse))
        return texts, np.array(labels, np.int64)
