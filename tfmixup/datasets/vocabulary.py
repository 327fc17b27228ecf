"""Words, and the numbers that models know them by."""

import collections
import re

import numpy as np

__all__ = ["PADDING", "UNKNOWN", "Vocabulary", "words_of"]

PADDING = 0
UNKNOWN = 1
_FIRST_WORD = 2

_RUNS = re.compile(r"[a-z0-9'`]+|[(),!?]")
_BEFORE_SUFFIX = re.compile(r"(?=n't|'s|'ve|'re|'d|'ll)")


def words_of(text):
    """The words of a text, by the rules of Kim's code.

    Letters, digits, `'` and the backtick make up words, in lower case; each
    of `( ) , ! ?` is a word; everything else, letters with accents too, ends
    a word. The endings `n't`, `'s`, `'ve`, `'re`, `'d` and `'ll` are words of
    their own. Kim keeps capitals in TREC; here all text is in lower case, as
    the GloVe vectors are.

    Args:
        text: str.

    Returns:
        list of str; empty for a text without words.

    Example:

    >>> words_of("It's Kim's rule, isn't it?")
    ['it', "'s", 'kim', "'s", 'rule', ',', 'is', "n't", 'it', '?']

    Reference: Kim, 2014, https://arxiv.org/abs/1408.5882; the rules are those
        of `process_data.py` in github.com/yoonkim/CNN_sentence.
    """
    words = _RUNS.findall(text.lower())
    if "'" not in text:
        return words
    found = []
    for word in words:
        if "'" in word:
            found += filter(None, _BEFORE_SUFFIX.split(word))
        else:
            found.append(word)
    return found


class Vocabulary:
    """The words that a model knows, each with an id.

    Id 0 is padding, id 1 every unknown word, and ids from 2 on are `words`
    in their order.

    Args:
        words: strings, each once.

    Attributes:
        words: tuple of strings.

    Raises:
        ValueError: no words, or a word that is there twice.

    Example:

    >>> vocabulary = Vocabulary.count(["a good film", "a bad film", "a hit"])
    >>> vocabulary.words
    ('a', 'film', 'bad', 'good', 'hit')
    >>> vocabulary.encode(["A bad, bad film"], length=6)
    array([[2, 4, 1, 4, 3, 0]], dtype=int32)
    """

    def __init__(self, words):
        self.words = tuple(words)
        self._ids = {
            word: number for number, word in enumerate(self.words, _FIRST_WORD)
        }
        if not self.words:
            raise ValueError(
                "A vocabulary needs words. Received: none. Are the texts "
                "empty, or is every word rarer than `min_count`?"
            )
        if len(self._ids) != len(self.words):
            counts = collections.Counter(self.words)
            twice = counts.most_common(1)[0][0]
            raise ValueError(
                "Each word of a vocabulary must be there once. "
                f"Received: {twice!r} {counts[twice]} times."
            )

    @classmethod
    def count(cls, texts, min_count=1):
        """The words of texts, the most frequent first, ties in their order.

        Args:
            texts: strings, read once.
            min_count: int >= 1; rarer words are left out, and so unknown.

        Returns:
            A `Vocabulary`.

        Raises:
            ValueError: a `min_count` below 1; no word is left.
        """
        if min_count < 1:
            raise ValueError(
                "`min_count` must be 1 or more. "
                f"Received: min_count={min_count}."
            )
        counts = collections.Counter()
        for text in texts:
            counts.update(words_of(text))
        kept = [word for word, count in counts.items() if count >= min_count]
        return cls(sorted(kept, key=lambda word: (-counts[word], word)))

    def __len__(self):
        """The number of ids: the words, padding and the unknown word."""
        return len(self.words) + _FIRST_WORD

    def __contains__(self, word):
        return word in self._ids

    def id_of(self, word):
        """The id of a word; `UNKNOWN` of any that is not in `words`."""
        return self._ids.get(word, UNKNOWN)

    def encode(self, texts, length):
        """The words of texts as rows of ids, all of one length.

        A shorter text is padded at its end, and a longer one cut there. A text
        without words is a row of padding.

        Args:
            texts: sequence of n strings.
            length: int >= 1.

        Returns:
            int32 array `[n, length]`.

        Raises:
            ValueError: a length below 1.
        """
        if length < 1:
            raise ValueError(
                f"`length` must be 1 or more. Received: length={length}."
            )
        ids = np.full([len(texts), length], PADDING, np.int32)
        for row, text in zip(ids, texts, strict=True):
            found = [self.id_of(word) for word in words_of(text)[:length]]
            row[: len(found)] = found
        return ids
