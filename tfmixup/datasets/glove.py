"""Word vectors from GloVe's text files."""

import numpy as np

from tfmixup.datasets.vocabulary import PADDING

__all__ = ["glove_embeddings"]


def glove_embeddings(path, vocabulary, seed=0):
    """The embeddings of a vocabulary, from a file of GloVe vectors.

    The file is read line by line, and nothing is kept but the vectors of the
    vocabulary. Words that it does not have, and the unknown word, are drawn
    from a uniform distribution around 0 with the variance of the vectors that
    were found, as Kim draws them. Padding is zero.

    Every line must have as many numbers as the first. Whether these are
    numbers, and whether the word is there twice, is looked at for words of the
    vocabulary alone.

    Args:
        path: text file in UTF-8, a word and its numbers a line, with single
            spaces between them and no header.
        vocabulary: `Vocabulary`.
        seed: int, of the words that are drawn.

    Returns:
        float32 array `[len(vocabulary), dimension]`.

    Raises:
        ValueError: an empty file, or one that has no word of the vocabulary;
            a line that has another number of fields than the first, something
            else than finite numbers, or a word for the second time (the
            message has the number of the line).
        OSError: a file that cannot be read.

    Example:

    >>> import pathlib, tempfile
    >>> from tfmixup.datasets import Vocabulary
    >>> path = pathlib.Path(tempfile.mkdtemp(), "glove.txt")
    >>> _ = path.write_text("the 0.5 -1\\nfilm 0.25 2\\n")
    >>> glove_embeddings(path, Vocabulary(["film", "xyzzy"]))[[0, 2]]
    array([[0.  , 0.  ],
           [0.25, 2.  ]], dtype=float32)

    Reference: Pennington et al., 2014,
        https://nlp.stanford.edu/pubs/glove.pdf; Kim, 2014, section 3.1,
        https://arxiv.org/abs/1408.5882
    """
    found = _vectors(path, vocabulary)
    known = np.array(list(found.values()), np.float32)
    # The variance of the uniform distribution in [-a, a] is a**2 / 3.
    limit = np.sqrt(3 * known.var(dtype=np.float64))
    rng = np.random.default_rng(seed)
    shape = (len(vocabulary), known.shape[1])
    embeddings = rng.uniform(-limit, limit, shape).astype(np.float32)
    embeddings[list(found)] = known
    embeddings[PADDING] = 0
    return embeddings


def _vectors(path, vocabulary):
    """{id: vector} of the words of a vocabulary that a file has."""
    found, lines, fields = {}, {}, None
    # In binary: a text file would end lines at a lone carriage return too.
    with open(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            line = line.rstrip(b"\r\n")
            if fields is None:
                fields = _checked_fields(line, path)
            if line.count(b" ") + 1 != fields:
                raise ValueError(
                    f"Each line must have a word and {fields - 1} numbers, as "
                    f"the first has. Received: {line.count(b' ')} in line "
                    f"{number} of {path}: {_shown(line)}."
                )
            word, _, numbers = line.partition(b" ")
            word = word.decode("utf-8", "replace")
            if word not in vocabulary:
                continue
            if word in lines:
                raise ValueError(
                    "Each word must have one vector. Received: "
                    f"{word!r} in lines {lines[word]} and {number} of {path}."
                )
            lines[word] = number
            found[vocabulary.id_of(word)] = _numbers(numbers, number, path)
    if fields is None:
        raise ValueError(
            f"A file of vectors must have lines. Received: {path}, empty."
        )
    if not found:
        raise ValueError(
            f"The vectors in {path} have no word of the vocabulary, such as "
            f"{', '.join(vocabulary.words[:5])}. Received: words like "
            f"{word!r}. Are they in lower case and of the same language?"
        )
    return found


def _checked_fields(line, path):
    fields = line.count(b" ") + 1
    if fields < 3:
        raise ValueError(
            "Each line must have a word and its numbers, and the file no "
            f"header. Received: {_shown(line)} in line 1 of {path}."
        )
    return fields


def _numbers(text, line, path):
    try:
        vector = np.array([float(each) for each in text.split(b" ")])
    except ValueError:
        vector = np.array([np.nan])
    if not np.isfinite(vector).all():
        raise ValueError(
            "A word must be followed by finite numbers. Received: "
            f"{_shown(text)} in line {line} of {path}."
        )
    return vector


def _shown(line):
    return repr(line[:40].decode("utf-8", "replace"))
