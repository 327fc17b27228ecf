"""Word vectors from text files as GloVe, word2vec and fastText write them."""

import codecs
import pathlib

import numpy as np

from tfmixup.datasets.vocabulary import PADDING

__all__ = ["glove_embeddings", "known_words"]


def glove_embeddings(path, vocabulary, seed=0):
    """The embeddings of a vocabulary, from a text file of word vectors.

    The file is read line by line, and nothing is kept but the vectors of the
    vocabulary. Words that it does not have, and the unknown word, are drawn
    from a uniform distribution around 0 with the variance of the vectors that
    were found, as Kim draws them. Padding is zero.

    A line is a word and its numbers, with single spaces between them. The
    first line may be a header, the count of the words and of their numbers,
    as word2vec and fastText write it; without one it says how many numbers
    there are in each line. A token may hold spaces, as some of glove.840B.300d
    do ("at name@domain.com"). A byte order mark, blank lines and spaces at the
    end of a line are passed over.

    Whether these are numbers, and whether the word is there twice, is looked
    at for words of the vocabulary alone.

    Args:
        path: text file in UTF-8.
        vocabulary: `Vocabulary`.
        seed: int, of the words that are drawn.

    Returns:
        float32 array `[len(vocabulary), dimension]`.

    Raises:
        ValueError: an empty file, or one that has no word of the vocabulary;
            a line that has another count of numbers than the first, something
            else than finite numbers, or a word for the second time (the
            message has the number of the line); another count of words than
            the header says.
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


def known_words(path, vocabulary):
    """Which words of a vocabulary a file of word vectors has.

    Args:
        path: see `glove_embeddings`.
        vocabulary: `Vocabulary`.

    Returns:
        bool array `[len(vocabulary)]`, by the ids of the words.

    Raises:
        ValueError, OSError: see `glove_embeddings`.

    Example:

    >>> import pathlib, tempfile
    >>> from tfmixup.datasets import Vocabulary
    >>> path = pathlib.Path(tempfile.mkdtemp(), "glove.txt")
    >>> _ = path.write_text("the 0.5 -1\\nfilm 0.25 2\\n")
    >>> known_words(path, Vocabulary(["film", "xyzzy"]))
    array([False, False,  True, False])
    """
    known = np.zeros(len(vocabulary), bool)
    known[list(_vectors(path, vocabulary))] = True
    return known


def _vectors(path, vocabulary):
    """{id: vector} of the words of a vocabulary that a file has."""
    found, lines = {}, {}
    count = dimension = word = None
    total = 0
    # In binary: a text file would end lines at a lone carriage return too.
    with open(pathlib.Path(path).expanduser(), "rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            # fastText writes a space behind the last number.
            line = line.rstrip(b"\r\n ")
            if not line:
                continue
            if dimension is None:
                count, dimension = _shape(line, number, path)
                if count is not None:
                    continue
            total += 1
            if line.count(b" ") == dimension:
                word, _, numbers = line.partition(b" ")
            else:
                word, numbers = _split(line, dimension, number, path)
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
    if word is None:
        raise ValueError(
            f"A file of vectors must have lines. Received: {path}, empty."
        )
    if count not in (None, total):
        raise ValueError(
            f"The first line of {path} says that {count} words follow. "
            f"Received: {total}. Fetch the file again, or correct that line."
        )
    if not found:
        raise ValueError(
            f"The vectors in {path} have no word of the vocabulary, such as "
            f"{', '.join(vocabulary.words[:5])}. Received: words like "
            f"{word!r}. Are they in lower case and of the same language?"
        )
    return found


def _shape(line, number, path):
    """(words, numbers a word) of the first line; no words if no header."""
    fields = line.split(b" ")
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        count, dimension = map(int, fields)
        if dimension:
            return count, dimension
    dimension = 0
    while dimension < len(fields) - 1 and _is_number(fields[-1 - dimension]):
        dimension += 1
    if dimension < 2:
        raise ValueError(
            "The first line must be a word and its numbers, with single "
            "spaces between them, or a header: two whole numbers. "
            f"Received: {_shown(line)} in line {number} of {path}."
        )
    return None, dimension


def _split(line, dimension, number, path):
    """(word, numbers) of a line whose token holds spaces."""
    *token, numbers = line.split(b" ", max(line.count(b" ") - dimension + 1, 0))
    # A number too many is no part of a word; nor is a line that lost its end
    # and goes on with the next one.
    too_many = max(1, dimension - 1)
    if (
        not token
        or b"" in token
        or _is_number(token[-1])
        or sum(map(_is_number, token[1:])) >= too_many
    ):
        raise ValueError(
            f"Each line must have a word and {dimension} numbers, as the first "
            f"says. Received: {line.count(b' ')} in line {number} of {path}: "
            f"{_shown(line)}."
        )
    return b" ".join(token), numbers


def _is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True


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
