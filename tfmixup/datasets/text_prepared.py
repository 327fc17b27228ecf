"""Text classification sets that TFDS has prepared here; never the network."""

import numpy as np
import tensorflow as tf

from tfmixup.datasets import prepared
from tfmixup.datasets.imdb import without_line_breaks

__all__ = ["PreparedTexts"]

# Of the sets that are known here; others say it in their supervised keys.
_KEYS = {"trec": ("text", "label-coarse"), "imdb_reviews": ("text", "label")}


class PreparedTexts:
    """Texts and class labels in a TFDS data directory.

    Args:
        path: the folder of one version, which has `dataset_info.json`.
        name: "trec" or "imdb_reviews".

    Attributes:
        splits: those of "train" and "test" that are there.
        class_names: tuple of strings.

    Raises:
        ValueError: no texts with class labels.

    Example:

    >>> PreparedTexts.find("/no/such/folder", "trec") is None
    True
    """

    def __init__(self, path, name):
        # Late: importing TFDS takes seconds, and only this reader needs it.
        import tensorflow_datasets as tfds  # noqa: PLC0415

        self._path = str(path)
        self._builder = tfds.builder_from_directory(self._path)
        info = self._builder.info
        self._text, self._label = _KEYS[name]
        features = info.features
        fits = (
            self._text in features
            and self._label in features
            and isinstance(features[self._label], tfds.features.ClassLabel)
        )
        if not fits:
            raise ValueError(
                f"{name!r} must have {self._text!r} and a class label "
                f"{self._label!r}. Received: features {list(features)} in "
                f"{self._path!r}."
            )
        self.class_names = tuple(features[self._label].names)
        self.splits = tuple(
            each for each in ("train", "test") if each in info.splits
        )

    @classmethod
    def find(cls, data_dir, name):
        """The newest prepared version of a set in a folder, or None.

        Args:
            data_dir: the TFDS data directory.
            name: "trec" or "imdb_reviews", which TFDS prepares as the
                configuration `plain_text`.

        Returns:
            A `PreparedTexts`, or None.
        """
        folder = f"{name}/plain_text" if name == "imdb_reviews" else name
        path = prepared.newest_version(data_dir, folder)
        return None if path is None else cls(path, name)

    def read(self, split):
        """The texts of a split, in the order of TFDS' files.

        Args:
            split: one of `splits`.

        Returns:
            (list of str, int64 array of class indices).

        Raises:
            ValueError: damaged files.
        """
        texts, labels = [], []
        try:
            dataset = self._builder.as_dataset(split=split)
            for example in dataset.as_numpy_iterator():
                text = example[self._text].decode("utf-8")
                texts.append(without_line_breaks(text))
                labels.append(example[self._label])
        except tf.errors.OpError as why:
            raise ValueError(
                f"Expected whole files. Received: an error near example "
                f"{len(texts)} of {split} in {self._path!r}: "
                f"{str(why.message).splitlines()[0]}. Prepare the data set "
                "again."
            ) from None
        return texts, np.array(labels, np.int64)
