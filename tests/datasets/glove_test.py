"""Tests of tfmixup.datasets.glove."""

import gzip

import numpy as np
import pytest

from tests.real_data import real
from tfmixup.datasets.glove import glove_embeddings
from tfmixup.datasets.glove import known_words
from tfmixup.datasets.vocabulary import Vocabulary

FILE = b'the 0.5 -1 2\n, 1 1e-3 -.5\n" 3 4 5\nfilm 0.25 2 -0.75\n'
VOCABULARY = Vocabulary(["film", "xyzzy", "the"])


@pytest.fixture
def write(tmp_path):
    def write(data):
        path = tmp_path / "glove.txt"
        path.write_bytes(data)
        return path

    return write


def test_words_get_their_vectors(write):
    embeddings = glove_embeddings(write(FILE), VOCABULARY)
    assert embeddings.dtype == np.float32
    assert embeddings.shape == (5, 3)
    np.testing.assert_array_equal(embeddings[0], [0, 0, 0])
    np.testing.assert_array_equal(embeddings[2], [0.25, 2, -0.75])
    np.testing.assert_array_equal(embeddings[4], [0.5, -1, 2])


def test_a_quotation_mark_is_a_word_like_others(write):
    # Readers of tables take it for the start of a field of several lines.
    embeddings = glove_embeddings(write(FILE), Vocabulary(['"', ",", "film"]))
    np.testing.assert_array_equal(
        embeddings[2:],
        np.array([[3, 4, 5], [1, 1e-3, -0.5], [0.25, 2, -0.75]], np.float32),
    )


@pytest.mark.parametrize(
    "word", ["\u0085", "\u00a0", "\u2028", "\x1c", "a\x0bb", "caf\u00e9"]
)
def test_only_spaces_and_line_feeds_separate(write, word):
    path = write(FILE + f"{word} 1 2 3\n".encode())
    embeddings = glove_embeddings(path, Vocabulary([word, "film"]))
    np.testing.assert_array_equal(embeddings[2], [1, 2, 3])


def test_windows_line_ends_and_a_missing_last_one_change_nothing(write):
    expected = glove_embeddings(write(FILE), VOCABULARY)
    for data in (FILE.replace(b"\n", b"\r\n"), FILE[:-1]):
        again = glove_embeddings(write(data), VOCABULARY)
        np.testing.assert_array_equal(again, expected)


def test_other_words_are_drawn_with_the_variance_of_the_known_ones(write):
    number = 2000
    rng = np.random.default_rng(0)
    known = 3 * rng.normal(size=(50, 10))
    lines = [
        f"known{i} {' '.join(repr(float(v)) for v in row)}\n"
        for i, row in enumerate(known)
    ]
    path = write("".join(lines).encode())
    words = [f"known{i}" for i in range(50)]
    vocabulary = Vocabulary([*words, *(f"new{i}" for i in range(number))])
    drawn = glove_embeddings(path, vocabulary, seed=3)[[1, *range(52, 2052)]]
    # Uniform in [-a, a]: variance a**2 / 3. The mean of n draws is off by
    # sqrt(var / n), their variance by sqrt(4 / 5 * var**2 / n); 5 of each.
    variance, n = known.var(), drawn.size
    limit = np.sqrt(3 * variance)
    assert abs(drawn).max() <= limit * (1 + 1e-6)
    assert abs(drawn).max() > 0.999 * limit
    assert abs(drawn.mean()) < 5 * np.sqrt(variance / n)
    assert abs(drawn.var() - variance) < 5 * variance * np.sqrt(0.8 / n)
    assert len(np.unique(drawn)) > 0.99 * n


def test_the_seed_decides_what_is_drawn(write):
    path = write(FILE)
    first, again, other = (
        glove_embeddings(path, VOCABULARY, seed) for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first, again)
    known = [0, 2, 4]
    np.testing.assert_array_equal(first[known], other[known])
    assert (first[[1, 3]] != other[[1, 3]]).all()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "must have lines. Received: .*empty"),
        (b"\n\n", "must have lines. Received: .*empty"),
        (b"4 3\n", "must have lines. Received: .*empty"),
        (b"4 50\n" + FILE, "50 numbers.* Received: 3 in line 2"),
        (b"5 3\n" + FILE, "says that 5 words follow. Received: 4"),
        (b"3 3\n" + FILE, "says that 3 words follow. Received: 4"),
        (b"film 1\n" + FILE, "first line .*Received: 'film 1' in line 1"),
        (b"film\t1\t2\n", "with single spaces.* in line 1"),
        ("\ufefffilm 1 2 3\n".encode("utf-16"), "single spaces.* in line 1"),
        (FILE + b"bad 1 2\n", "3 numbers.* Received: 2 in line 5"),
        (FILE + b"bad 1 2 3 4\n", "3 numbers.* Received: 4 in line 5"),
        # The line end was lost, and two lines are one.
        (FILE[:-1] + b"cat 1 2 3\n", "3 numbers.* Received: 6 in line 4"),
        (FILE + b"film  1 2 3\n", "3 numbers.* Received: 4 in line 5"),
        (FILE + b"xyzzy 1 2  3\n", "3 numbers.* Received: 4 in line 5"),
        (FILE + b"xyzzy 1 two 3\n", "finite numbers. .*'1 two 3' in line 5"),
        (FILE + b"xyzzy 1 nan 3\n", "finite numbers. .*'1 nan 3' in line 5"),
        (FILE + b"xyzzy 1 1e999 3\n", "finite numbers. .* in line 5"),
        (FILE + b"film 1 2 3\n", "'film' in lines 4 and 5"),
        (b"cat 1 2 3\ndog 1 2 3\n", "no word of the vocabulary, such as film"),
        (b"\x1f\x8b\x08\x00", "must be a word and its numbers"),
    ],
)
def test_bad_files_are_refused_by_their_line(write, data, message):
    path = write(data)
    with pytest.raises(ValueError, match=message) as why:
        glove_embeddings(path, VOCABULARY)
    assert str(path) in str(why.value)


# Of glove.840B.300d: each is the token of a line of 300 numbers.
@pytest.mark.parametrize(
    "token", [". . .", "at name@domain.com", ". . . . .", "\u2022 a@b.c"]
)
def test_a_token_may_hold_spaces(write, token):
    path = write(FILE + f"{token} 4 5 6\nxyzzy 7 8 9\n".encode())
    embeddings = glove_embeddings(path, VOCABULARY)
    np.testing.assert_array_equal(embeddings[2:4, 0], [0.25, 7])
    known = glove_embeddings(path, Vocabulary([token]))
    np.testing.assert_array_equal(known[2], [4, 5, 6])
    first = write(f"{token} 4 5 6\n".encode() + FILE)
    known = glove_embeddings(first, Vocabulary([token, "the"]))
    np.testing.assert_array_equal(known[2:, 2], [6, 2])


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"4 3\n" + data,
        lambda data: b"\xef\xbb\xbf4 3\r\n" + data,
        # As fastText writes it.
        lambda data: b"4 3\n" + data.replace(b"\n", b" \n"),
        lambda data: data + b"\n\n",
        lambda data: b"\n" + data.replace(b"\n", b"\n\n"),
    ],
)
def test_marks_headers_blank_lines_and_last_spaces_change_nothing(
    write, change
):
    expected = glove_embeddings(write(FILE), VOCABULARY)
    again = glove_embeddings(write(change(FILE)), VOCABULARY)
    np.testing.assert_array_equal(again, expected)


def test_a_number_may_be_the_first_word(write):
    path = write(b"1 0.5 0.25\n2 3 4\n")
    found = glove_embeddings(path, Vocabulary(["1", "2"]))
    np.testing.assert_array_equal(found[2:], [[0.5, 0.25], [3, 4]])


def test_a_path_may_begin_at_home(write, monkeypatch):
    monkeypatch.setenv("HOME", str(write(FILE).parent))
    embeddings = glove_embeddings("~/glove.txt", VOCABULARY)
    np.testing.assert_array_equal(embeddings[2], [0.25, 2, -0.75])


def test_bytes_that_are_no_text_are_no_word_of_the_vocabulary(write):
    path = write(FILE + b"\xff\xfe 1 2 3\n")
    embeddings = glove_embeddings(path, VOCABULARY)
    np.testing.assert_array_equal(embeddings[2], [0.25, 2, -0.75])


def test_the_words_that_a_file_has_are_told_from_those_it_has_not(write):
    known = known_words(write(FILE), VOCABULARY)
    words = [VOCABULARY.words[i - 2] for i in np.flatnonzero(known)]
    assert words == ["film", "the"] and known.dtype == bool
    embeddings = glove_embeddings(write(FILE), VOCABULARY, seed=1)
    other = glove_embeddings(write(FILE), VOCABULARY, seed=2)
    drawn = np.any(embeddings != other, axis=1)
    # Neither padding, which is zero, nor what the file has is drawn.
    np.testing.assert_array_equal(drawn, ~known & (np.arange(5) > 0))


def test_real_vectors_are_read(tmp_path):
    path = tmp_path / "glove.txt"
    with gzip.open(real("glove/glove.6B.50d.subset.txt.gz")) as file:
        path.write_bytes(file.read())
    vocabulary = Vocabulary(['"', "the", "film", "n't", "xyzzy"])
    embeddings = glove_embeddings(path, vocabulary)
    assert embeddings.shape == (7, 50)
    # The first line of the file.
    np.testing.assert_allclose(embeddings[3, :2], [0.418, 0.24968], rtol=1e-6)
    norms = np.linalg.norm(embeddings, axis=1)
    assert norms[0] == 0 and (norms[2:6] > 3).all()
