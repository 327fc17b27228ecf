"""A labelled set of texts with random access."""

import numpy as np
import tensorflow as tf

from tfmixup.datasets.examples import Examples

__all__ = ["TextExamples"]


class TextExamples(Examples):
    """Texts as rows of word ids, and their labels, fetched by index.

    What holds for `Examples` of images holds for these: `fetch`, `subset`,
    `dataset`, and the streams of batches; in place of an image there is a row
    of word ids.

    Args:
        ids: int32 array `[n, length]` as of `Vocabulary.encode`.
        labels: int array `[n]`, one class index a text, from 0.
        class_names: the names of the classes, in the order of their indices.
        vocabulary: the `Vocabulary` that the ids are of.
        name: name of the data set, for messages and records.
        split: name of the split, for messages and records.

    Attributes:
        vocabulary: `Vocabulary`.
        length: int, the ids in a row.

    Raises:
        ValueError: ids of another shape or type, or that are not in the
            vocabulary; see `Examples`.

    Example:

    >>> from tfmixup.datasets import Vocabulary
    >>> vocabulary = Vocabulary(["film", "good", "bad"])
    >>> ids = vocabulary.encode(["good film", "bad"], length=3)
    >>> examples = TextExamples(ids, [1, 0], ["-", "+"], vocabulary)
    >>> batch, labels = examples.fetch([1, 0])
    >>> batch.numpy().tolist(), labels.numpy().tolist()
    ([[4, 0, 0], [3, 2, 0]], [0, 1])
    """

    def __init__(
        self,
        ids,
        labels,
        class_names,
        vocabulary,
        name="custom",
        split="all",
    ):
        rows = _IdRows(ids, len(vocabulary))
        super().__init__(rows, labels, class_names, name, split)
        self.vocabulary = vocabulary
        self.length = rows.shape[0]

    def __repr__(self):
        return (
            f"TextExamples({self.name}/{self.split}: {len(self)} texts of "
            f"{self.length} words, {self.num_classes} classes)"
        )

    @property
    def num_bytes(self):
        """Bytes that the ids take in memory."""
        return len(self) * self.length * 4

    def in_memory(self):
        """Itself: the ids lie in memory."""
        return self


class _IdRows:
    def __init__(self, ids, vocabulary_size):
        ids = np.asarray(ids)
        if ids.dtype != np.int32 or ids.ndim != 2:
            raise ValueError(
                "Word ids must be an int32 array [n, length]. "
                f"Received: dtype={ids.dtype}, shape={ids.shape}."
            )
        if ids.size and not 0 <= ids.min() <= ids.max() < vocabulary_size:
            raise ValueError(
                f"Word ids must lie in [0, {vocabulary_size}), the size of "
                f"the vocabulary. Received: {ids.min()} to {ids.max()}."
            )
        self.shape = ids.shape[1:]
        with tf.device("CPU:0"):
            self._ids = tf.constant(ids)

    def __len__(self):
        return self._ids.shape[0]

    def fetch(self, rows):
        return tf.gather(self._ids, rows)
