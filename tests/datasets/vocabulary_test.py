"""Tests of tfmixup.datasets.vocabulary."""

import re

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from tests.datasets.files import SHARED
from tfmixup.datasets.mr import MovieReviews
from tfmixup.datasets.trec import Trec
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
    assert words_of(text) == words == words_one_rule_at_a_time(text)


@hypothesis.given(
    st.text("adelnrstvNTS'` ,!()?-.\n\u00e9\u00c9\u0107", max_size=40)
)
def test_any_text_is_cut_as_by_one_rule_after_another(text):
    assert words_of(text) == words_one_rule_at_a_time(text)


def test_real_texts_have_the_published_number_of_words():
    sentences, _ = MovieReviews.find(SHARED / "mr").read("train")
    assert len(Vocabulary.count(sentences).words) == 18765
    assert [words_of(s) for s in sentences[::50]] == [
        words_one_rule_at_a_time(s) for s in sentences[::50]
    ]
    source = Trec.find(SHARED / "trec")
    questions = [q for split in source.splits for q in source.read(split)[0]]
    found = {word for q in questions for word in words_one_rule_at_a_time(q)}
    assert set(Vocabulary.count(questions).words) == found
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
