"""Tests of tfmixup.datasets.vocabulary."""

import re

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from tests.real_data import real
from tfmixup.datasets.mr import MovieReviews
from tfmixup.datasets.trec import Trec
from tfmixup.datasets.vocabulary import kim_words
from tfmixup.datasets.vocabulary import PADDING
from tfmixup.datasets.vocabulary import UNKNOWN
from tfmixup.datasets.vocabulary import Vocabulary
from tfmixup.datasets.vocabulary import words_of


def words_one_rule_at_a_time(text):
    """Kim's rules in their order, each a replacement in the whole text."""
    text = re.sub(r"[^a-z0-9(),!?'`]", " ", text.lower())
    for ending in ("'s", "'ve", "n't", "'re", "'d", "'ll"):
        text = text.replace(ending, " " + ending)
    for mark in ",!()?":
        text = text.replace(mark, f" {mark} ")
    return text.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" .;: ", []),
        ("Isn't it?", ["is", "n't", "it", "?"]),
        ("they'll, we've", ["they", "'ll", ",", "we", "'ve"]),
        ("'sounds'", ["'sounds'"]),
        ("y'all'd", ["y'all", "'d"]),
        ("n't 's", ["n't", "'s"]),
        ("caf\u00e9 well-made 7.5", ["caf", "well", "made", "7", "5"]),
        ("(wow!!)", ["(", "wow", "!", "!", ")"]),
        ("line\nbreak\x85\ttab", ["line", "break", "tab"]),
        ("``quoted''", ["``quoted''"]),
    ],
)
def test_texts_are_cut_by_the_rules(text, words):
    assert kim_words(text) == words == words_one_rule_at_a_time(text)


@hypothesis.given(
    st.text("adelnrstvNTS'` ,!()?-.\n\u00e9\u00c9\u0107", max_size=40)
)
def test_any_text_is_cut_as_by_one_rule_after_another(text):
    assert kim_words(text) == words_one_rule_at_a_time(text)
    if text.isascii():
        assert words_of(text) == words_one_rule_at_a_time(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Gr\u00f6\u00dfe \u00e4ndern \u00fcber",
            "gr\u00f6\u00dfe \u00e4ndern \u00fcber",
        ),
        (
            "l'\u00e9t\u00e9 d\u00e9j\u00e0 na\u00efve",
            "l'\u00e9t\u00e9 d\u00e9j\u00e0 na\u00efve",
        ),
        # Two characters that look like one.
        ("cafe\u0301", "caf\u00e9"),
        (
            "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!",
            "\u043f\u0440\u0438\u0432\u0435\u0442 , \u043c\u0438\u0440 !",
        ),
        # Devanagari: vowel signs are no letters, and yet parts of words.
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
        ),
        # Hebrew with points, Arabic, Korean.
        (
            "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
            "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
        ),
        (
            "\u0643\u062a\u0627\u0628 \u062c\u0645\u064a\u0644",
            "\u0643\u062a\u0627\u0628 \u062c\u0645\u064a\u0644",
        ),
        ("\ud55c\uad6d\uc5b4 \ub2e8\uc5b4", "\ud55c\uad6d\uc5b4 \ub2e8\uc5b4"),
        # Chinese and Japanese: each sign.
        ("\u6211\u7231\u7535\u5f71\u3002", "\u6211 \u7231 \u7535 \u5f71"),
        ("\u79c1\u306f\u30ab\u30ca", "\u79c1 \u306f \u30ab \u30ca"),
        ("\u201cdon\u2019t\u201d \u2013 it\u2019s", "do n't it 's"),
        ("\u00e9_\u00e8 ver\u00adstehen", "\u00e9 \u00e8 verstehen"),
    ],
)
def test_words_of_all_languages_are_kept(text, words):
    assert words_of(text) == words.split()
    vocabulary = Vocabulary.count([text])
    assert set(vocabulary.words) == set(words.split())
    ids = vocabulary.encode([text], length=len(words.split()))
    assert (ids >= 2).all()


def test_one_function_finds_words_for_counting_and_for_encoding():
    texts = ["Caf\u00e9 caf", "a-b c"]
    kim = Vocabulary.count(texts, words=kim_words)
    assert kim.words == ("caf", "a", "b", "c")
    assert kim.encode(["caf\u00e9"], 2).tolist() == [[2, 0]]
    split = Vocabulary.count(texts, words=str.split)
    assert split.words == ("Caf\u00e9", "a-b", "c", "caf")
    assert split.encode(["a-b Caf\u00e9 caf\u00e9"], 3).tolist() == [[3, 2, 1]]
    assert split.words_of is str.split
    made = Vocabulary(["a-b"], str.split)
    assert made.encode(["a-b A-b"], 3).tolist() == [[2, 1, 0]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("a good film", "Received: 'a good film', one of them"),
        (b"a good film", "one of them"),
        (["a film", None], "None of type NoneType at place 1"),
        (["a film", float("nan")], "nan of type float at place 1"),
        ([b"a film"], "of type bytes at place 0"),
    ],
)
def test_what_are_no_strings_are_refused(wrong, message):
    vocabulary = Vocabulary(["film"])
    for call in (
        lambda: Vocabulary.count(wrong),
        lambda: Vocabulary(wrong),
        lambda: vocabulary.encode(wrong, length=3),
    ):
        with pytest.raises(TypeError, match=message):
            call()


def test_real_texts_have_the_published_number_of_words():
    sentences, _ = MovieReviews.find(real("mr")).read("train")
    assert len(Vocabulary.count(sentences, words=kim_words).words) == 18765
    assert [kim_words(s) for s in sentences[::50]] == [
        words_one_rule_at_a_time(s) for s in sentences[::50]
    ]
    source = Trec.find(real("trec"))
    questions = [q for split in source.splits for q in source.read(split)[0]]
    found = {word for q in questions for word in words_one_rule_at_a_time(q)}
    assert set(Vocabulary.count(questions, words=kim_words).words) == found
    assert len(found) == 8764


def test_frequent_words_come_first_and_ties_in_their_order():
    texts = ["b c", "c a b", "c z"]
    assert Vocabulary.count(texts).words == ("c", "b", "a", "z")
    assert Vocabulary.count(texts[::-1]).words == ("c", "b", "a", "z")


def test_rare_words_are_unknown():
    vocabulary = Vocabulary.count(["a a b", "a b c"], min_count=2)
    assert vocabulary.words == ("a", "b")
    ids = vocabulary.encode(["c b a"], length=4)
    assert ids.tolist() == [[UNKNOWN, 3, 2, PADDING]]


def test_texts_become_rows_of_one_length():
    vocabulary = Vocabulary(["good", "film"])
    texts = ["good film", "Film!", "", "other words", "film film good good"]
    ids = vocabulary.encode(tuple(texts), length=3)
    assert ids.dtype == np.int32
    assert ids.tolist() == [
        [2, 3, 0],
        [3, 1, 0],
        [0, 0, 0],
        [1, 1, 0],
        [3, 3, 2],
    ]


def test_ids_and_words_belong_together():
    vocabulary = Vocabulary(["good", "film"])
    assert len(vocabulary) == 4
    assert "film" in vocabulary and "bad" not in vocabulary
    assert vocabulary.id_of("film") == 3
    assert vocabulary.id_of("bad") == UNKNOWN
    # The names of the two other ids are no words.
    assert vocabulary.id_of("") == UNKNOWN


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="needs words"):
        Vocabulary([])
    with pytest.raises(ValueError, match="needs words"):
        Vocabulary.count(["...", ""])
    with pytest.raises(ValueError, match="needs words"):
        Vocabulary.count(["a b"], min_count=2)
    with pytest.raises(ValueError, match="'b' 2 times"):
        Vocabulary(["a", "b", "b"])
    with pytest.raises(ValueError, match="min_count=0"):
        Vocabulary.count(["a"], min_count=0)
    with pytest.raises(ValueError, match="length=0"):
        Vocabulary(["a"]).encode(["a"], length=0)
