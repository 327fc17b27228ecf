"""Words, and the numbers that models know them by."""

import collections
import functools
import re
import sys
import unicodedata

import numpy as np

__all__ = ["PADDING", "UNKNOWN", "Vocabulary", "kim_words", "words_of"]

PADDING = 0
UNKNOWN = 1
_FIRST_WORD = 2

_KIM = re.compile(r"[a-z0-9'`]+|[(),!?]")
_BEFORE_SUFFIX = re.compile(r"(?=n't|'s|'ve|'re|'d|'ll)")
# Han, Hiragana and Katakana: written without spaces between words.
_SIGNS = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)


def words_of(text):
    """The words of a text in any language.

    Letters of every script with their accents and vowel signs, digits, `'`
    and the backtick make up words, in lower case; each of `( ) , ! ?` is a
    word; everything else ends a word. The English endings `n't`, `'s`, `'ve`,
    `'re`, `'d` and `'ll` are words of their own, as in GloVe's vectors. Of
    Chinese and Japanese each sign is a word. Of other scripts without spaces,
    such as Thai, words are found by a program for that language: pass it to
    `Vocabulary.count` as `words`.

    For a text in ASCII these are the words of `kim_words`.

    Args:
        text: str.

    Returns:
        list of str; empty for a text without words.

    Example:

    >>> words_of("Größe, l'été isn't ...")
    ['größe', ',', "l'été", 'is', "n't"]
    """
    if text.isascii():
        return kim_words(text)
    # A letter and its accent are one character, or two that look the same.
    text = text.replace("\u2019", "'").replace("\u00ad", "")
    text = unicodedata.normalize("NFC", text.lower())
    return _with_endings(_any_language().findall(text))


@functools.cache
def _any_language():
    r"""The pattern of `words_of`: `\w` is without the marks of letters."""
    marks = "".join(
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character).startswith("M")
    )
    return re.compile(
        rf"[{_SIGNS}][{marks}]*|(?:(?![{_SIGNS}_])[\w{marks}'`])+|[(),!?]"
    )


def kim_words(text):
    """The words of an English text, by the rules of Kim's code.

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

    >>> kim_words("It's Kim's rule, isn't it?")
    ['it', "'s", 'kim', "'s", 'rule', ',', 'is', "n't", 'it', '?']

    Reference: Kim, 2014, https://arxiv.org/abs/1408.5882; the rules are those
        of `process_data.py` in github.com/yoonkim/CNN_sentence.
    """
    return _with_endings(_KIM.findall(text.lower()))


def _with_endings(words):
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
        words_of: function from a text to its words, a list of str, that
            `encode` takes texts apart with.

    Attributes:
        words: tuple of strings.
        words_of: the function.

    Raises:
        TypeError: one string, or something else than strings.
        ValueError: no words, or a word that is there twice.

    Example:

    >>> vocabulary = Vocabulary.count(["a good film", "a bad film", "a hit"])
    >>> vocabulary.words
    ('a', 'film', 'bad', 'good', 'hit')
    >>> vocabulary.encode(["A bad, bad film"], length=6)
    array([[2, 4, 1, 4, 3, 0]], dtype=int32)
    """

    def __init__(self, words, words_of=words_of):
        self.words = tuple(_strings(words, "words"))
        self.words_of = words_of
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
    def count(cls, texts, min_count=1, words=words_of):
        """The words of texts, the most frequent first, ties in their order.

        Args:
            texts: strings, read once.
            min_count: int >= 1; rarer words are left out, and so unknown.
            words: function from a text to its words, a list of str: `words_of`
                for any language, `kim_words` as in the paper's experiments,
                or one of your own.

        Returns:
            A `Vocabulary`, whose `encode` uses the same function.

        Raises:
            TypeError: one string, or something else than strings.
            ValueError: a `min_count` below 1; no word is left.
        """
        if min_count < 1:
            raise ValueError(
                "`min_count` must be 1 or more. "
                f"Received: min_count={min_count}."
            )
        counts = collections.Counter()
        for text in _strings(texts, "texts"):
            counts.update(words(text))
        kept = [word for word, count in counts.items() if count >= min_count]
        kept.sort(key=lambda word: (-counts[word], word))
        return cls(kept, words)

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
            TypeError: one string, or something else than strings.
            ValueError: a length below 1.
        """
        if length < 1:
            raise ValueError(
                f"`length` must be 1 or more. Received: length={length}."
            )
        texts = list(_strings(texts, "texts"))
        ids = np.full([len(texts), length], PADDING, np.int32)
        for row, text in zip(ids, texts, strict=True):
            found = [self.id_of(word) for word in self.words_of(text)[:length]]
            row[: len(found)] = found
        return ids


def _strings(values, name):
    """The strings one by one; what is none, or only one, is refused."""
    if isinstance(values, (str, bytes)):
        raise TypeError(
            f"`{name}` must be several strings, such as a list. Received: "
            f"{values[:40]!r}, one of them. For a single one: [{name[:-1]}]."
        )
    for place, value in enumerate(values):
        if not isinstance(value, str):
            raise TypeError(
                f"`{name}` must be strings. Received: {value!r} of type "
                f"{type(value).__name__} at place {place} (from 0)."
            )
        yield value
