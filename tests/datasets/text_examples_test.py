"""Tests of tfmixup.datasets.text_examples."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup import datasets
from tfmixup import metrics
from tfmixup.datasets.text_examples import TextExamples
from tfmixup.datasets.vocabulary import Vocabulary

VOCABULARY = Vocabulary(["good", "bad", "film"])
TEXTS = ["good film", "bad", "", "other other", "good good good", "bad film"]
LABELS = [1, 0, 0, 1, 1, 0]
IDS = [[2, 4], [3, 0], [0, 0], [1, 1], [2, 2], [3, 4]]


def examples():
    ids = VOCABULARY.encode(TEXTS, length=2)
    return TextExamples(ids, LABELS, ["neg", "pos"], VOCABULARY, "made", "all")


def test_rows_and_labels_are_fetched_together():
    ids, labels = examples().fetch([4, 0, 2])
    assert ids.dtype == tf.int32 and labels.dtype == tf.int64
    assert ids.numpy().tolist() == [[2, 2], [2, 4], [0, 0]]
    assert labels.numpy().tolist() == [1, 1, 0]
    fetch = tf.function(examples().fetch, reduce_retracing=True)
    ids, labels = fetch(tf.constant([5], tf.int64))
    assert ids.numpy().tolist() == [[3, 4]] and labels.numpy() == [0]
    assert ids.shape == (1, 2)


def test_what_it_says_of_itself():
    made = examples()
    assert repr(made) == (
        "TextExamples(made/all: 6 texts of 2 words, 2 classes)"
    )
    assert made.length == 2
    assert made.vocabulary is VOCABULARY
    assert made.num_bytes == 6 * 2 * 4
    assert made.in_memory() is made


def test_a_subset_is_of_texts_too():
    part = examples().subset([5, 1], "train")
    assert repr(part) == (
        "TextExamples(made/train: 2 texts of 2 words, 2 classes)"
    )
    assert part.vocabulary is VOCABULARY
    ids, labels = part.fetch([0, 1])
    assert ids.numpy().tolist() == [[3, 4], [3, 0]]
    assert labels.numpy().tolist() == [0, 0]


def test_all_of_them_go_through_the_streams():
    batches = list(datasets.evaluation_batches(examples(), 4))
    assert [len(labels) for _, labels in batches] == [4, 2]
    assert np.concatenate([ids for ids, _ in batches]).tolist() == IDS
    stream = datasets.training_stream(examples(), 3, seed=0)
    assert stream.element_spec[0].shape == (3, 2)
    epoch = [ids for ids, _ in stream.take(2)]
    assert sorted(np.concatenate(epoch).tolist()) == sorted(IDS)


def test_a_class_that_is_missing_from_a_split_leaves_metrics_finite():
    three = TextExamples(
        VOCABULARY.encode(TEXTS, length=2), LABELS, list("abc"), VOCABULARY
    )
    only_one = three.subset([0, 3, 4], "test")
    assert only_one.num_classes == 3
    _, labels = only_one.fetch([0, 1, 2])
    logits = np.random.default_rng(0).normal(size=(3, 3)).astype("float32")
    for cls in (
        metrics.BrierScore,
        metrics.ExpectedCalibrationError,
        metrics.NegativeLogLikelihood,
        metrics.OverconfidenceError,
    ):
        metric = cls(from_logits=True)
        metric.update_state(labels, logits)
        assert np.isfinite(metric.result()), cls.__name__


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (np.zeros([2, 3], np.int64), "int32 array .* dtype=int64"),
        (np.zeros([2], np.int32), r"int32 array .* shape=\(2,\)"),
        (np.array([[0], [5]], np.int32), r"in \[0, 5\).* Received: 0 to 5"),
        (np.array([[-1], [4]], np.int32), r"in \[0, 5\).* Received: -1 to 4"),
        (np.zeros([0, 3], np.int32), "needs one label|no examples"),
    ],
)
def test_wrong_ids_are_refused(ids, message):
    with pytest.raises(ValueError, match=message):
        TextExamples(ids, [0, 1], ["a", "b"], VOCABULARY)


def test_wrong_labels_are_refused():
    ids = np.zeros([2, 3], np.int32)
    with pytest.raises(ValueError, match=r"labels\[1\]=2"):
        TextExamples(ids, [0, 2], ["a", "b"], VOCABULARY)
    with pytest.raises(ValueError, match="2 .* and 1 labels"):
        TextExamples(ids, [0], ["a", "b"], VOCABULARY)
