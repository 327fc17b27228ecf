"""Labelled documents of one split, as strings."""

import numpy as np

from tfmixup.datasets.splits import stratified_order

__all__ = ["Documents"]


class Documents:
    """Texts and labels of one split, in a fixed order.

    A text without a word is allowed: it becomes a row of padding.

    Args:
        texts: sequence of str, `[n]`.
        labels: int array `[n]`, one class index a text, from 0.
        class_names: the names of the classes, in the order of their indices.
        name: name of the data set, for messages and records.
        split: name of the split, for messages and records.

    Attributes:
        texts: tuple of str.
        labels: np.int64 `[n]`; do not write to it.
        class_names: tuple of strings.
        num_classes: int.
        name: string.
        split: string.

    Raises:
        ValueError: no texts; not one label for each; a label that is no class
            index (the message names its position and value).
        TypeError: a text that is no str.

    Example:

    >>> documents = Documents(["so good", "so bad"], [1, 0], ["neg", "pos"])
    >>> documents
    Documents(custom/all: 2 texts, 2 classes)
    >>> documents.subset([1]).texts
    ('so bad',)
    """

    def __init__(self, texts, labels, class_names, name="custom", split="all"):
        self.name = name
        self.split = split
        self.class_names = tuple(str(each) for each in class_names)
        self.num_classes = len(self.class_names)
        self.texts = _checked_texts(texts, f"{name}/{split}")
        self.labels = _checked_labels(
            labels, len(self.texts), self.num_classes, f"{name}/{split}"
        )

    def __len__(self):
        return len(self.texts)

    def __repr__(self):
        return (
            f"Documents({self.name}/{self.split}: {len(self)} texts, "
            f"{self.num_classes} classes)"
        )

    def subset(self, indices, split=None):
        """The documents at the given positions.

        Args:
            indices: ints `[m]`, each in [0, n).
            split: name of the new split; None keeps this one's.

        Returns:
            `Documents`, m of them.

        Raises:
            ValueError: no indices, or one out of range.
        """
        indices = np.asarray(indices, np.int64).reshape(-1)
        split = self.split if split is None else split
        if len(indices) and not 0 <= indices.min() <= indices.max() < len(self):
            raise ValueError(
                f"The indices of a subset must lie in [0, {len(self)}). "
                f"Received: {indices.min()} to {indices.max()}."
            )
        return Documents(
            [self.texts[i] for i in indices],
            self.labels[indices],
            self.class_names,
            self.name,
            split,
        )

    def limited(self, limit, seed=0):
        """At most so many documents: a stratified part of them.

        Args:
            limit: int >= 1, or None for all.
            seed: int; of two limits the smaller gives a subset.

        Returns:
            `Documents`; itself where that is all.

        Raises:
            ValueError: a limit below 1.

        Example:

        >>> documents = Documents(list("abcd"), [0, 0, 1, 1], ["neg", "pos"])
        >>> sorted(documents.limited(2).labels.tolist())
        [0, 1]
        """
        if limit is not None and limit < 1:
            raise ValueError(
                f"`limit` must be 1 or more. Received: limit={limit}."
            )
        if limit is None or limit >= len(self):
            return self
        return self.subset(sorted(stratified_order(self.labels, seed)[:limit]))


def _checked_texts(texts, where):
    texts = tuple(texts)
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"The texts of {where} must be str. Received: texts["
                f"{position}] of type {type(text).__name__}. Decode bytes."
            )
    if not texts:
        raise ValueError(
            f"The split {where} has no texts. Check the data directory, or "
            "ask for a larger fraction or limit."
        )
    return texts


def _checked_labels(labels, num_texts, num_classes, where):
    labels = np.asarray(labels)
    if labels.shape != (num_texts,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"The {num_texts} texts of {where} need one integer label each. "
            f"Received: labels of dtype={labels.dtype}, shape={labels.shape}."
        )
    labels = labels.astype(np.int64)
    wrong = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if len(wrong):
        raise ValueError(
            f"Labels of {where} must lie in [0, {num_classes}), one for each "
            f"of the {num_classes} classes. Received: labels[{wrong[0]}]="
            f"{labels[wrong[0]]} ({len(wrong)} of {len(labels)} are wrong)."
        )
    labels.setflags(write=False)
    return labels
