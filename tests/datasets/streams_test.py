"""Tests of tfmixup.datasets.streams."""

import hashlib
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tests.datasets.files import pixels
from tests.datasets.files import save
from tfmixup.datasets import augment
from tfmixup.datasets import streams
from tfmixup.datasets.examples import Examples


def numbered(count):
    """Examples whose pixel, and class, is their own index."""
    images = np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1)
    return Examples.from_arrays(images, np.arange(count), range(count))


def take(stream, count):
    return list(stream.take(count).as_numpy_iterator())


def epoch_labels(stream, per_epoch, epochs):
    """Labels [epochs, per_epoch * batch_size]."""
    batches = [labels for _, labels in take(stream, per_epoch * epochs)]
    return np.concatenate(batches).reshape(epochs, -1)


def test_batches_have_a_static_shape_and_are_endless():
    stream = streams.training_stream(numbered(10), 4, seed=0)
    images, labels = stream.element_spec
    assert images.shape.as_list() == [4, 1, 1, 1]
    assert labels.shape.as_list() == [4]
    assert (images.dtype, labels.dtype) == (tf.uint8, tf.int64)
    assert stream.cardinality() == tf.data.INFINITE_CARDINALITY
    assert len(take(stream, 7)) == 7


def test_an_image_keeps_its_label():
    for images, labels in take(streams.training_stream(numbered(9), 3, 0), 6):
        np.testing.assert_array_equal(images.ravel(), labels)


def test_each_epoch_visits_every_example_once_in_another_order():
    stream = streams.training_stream(numbered(12), 4, seed=1)
    epochs = epoch_labels(stream, 3, 5)
    for labels in epochs:
        assert sorted(labels) == list(range(12))
    assert len({tuple(labels) for labels in epochs}) == 5


def test_the_examples_left_out_differ_between_epochs():
    examples = numbered(11)
    assert streams.steps_per_epoch(examples, 4) == 2
    epochs = epoch_labels(streams.training_stream(examples, 4, 1), 2, 20)
    left_out = [set(range(11)) - set(labels) for labels in epochs]
    assert all(len(each) == 3 for each in left_out)
    assert set.union(*left_out) == set(range(11))


def test_the_order_is_uniform():
    # Which example comes at which place, over 3,000 epochs of 6 examples: a
    # 6x6 table with 25 degrees of freedom. The seed is fixed.
    epochs = epoch_labels(streams.training_stream(numbered(6), 3, 5), 2, 3000)
    table = np.stack([np.bincount(place, minlength=6) for place in epochs.T])
    statistic = ((table - 500) ** 2 / 500).sum()
    assert stats.chi2.sf(statistic, 25) > 1e-6
    # And all 720 orders, of which a bad shuffle misses or prefers some.
    _, counts = np.unique(epochs, axis=0, return_counts=True)
    expected = 3000 / 720
    statistic = ((counts - expected) ** 2 / expected).sum()
    statistic += (720 - len(counts)) * expected
    assert stats.chi2.sf(statistic, 719) > 1e-6


def shifted(images, key):
    return augment.pad_crop_flip(images, key, padding=1)


def colorful(count, root=None):
    labels = np.arange(count) % 3
    if root is None:
        images = np.stack([pixels(i) for i in range(count)])
        return Examples.from_arrays(images, labels, "abc")
    paths = [save(root / f"{i}.png", pixels(i)) for i in range(count)]
    return Examples.from_files(paths, labels, "abc")


def assert_same(actual, expected):
    assert len(actual) == len(expected)
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


@pytest.mark.parametrize("first_step", [0, 1, 4, 5, 13])
def test_a_stream_from_a_later_step_goes_on_as_the_first_would(first_step):
    examples = colorful(23)  # 5 steps an epoch, 3 examples left out

    def stream(**options):
        return streams.training_stream(examples, 4, 7, shifted, **options)

    assert_same(
        take(stream(first_step=first_step), 9),
        take(stream().skip(first_step), 9),
    )


def test_a_late_start_does_not_make_the_earlier_batches():
    made = []

    def counted(images, key):
        count = tf.numpy_function(
            lambda: made.append(1) or np.int64(0), [], tf.int64
        )
        with tf.control_dependencies([count]):
            return tf.identity(images)

    stream = streams.training_stream(
        numbered(20), 2, 0, counted, first_step=10**9
    )
    take(stream, 1)
    # Only the batch itself and those that were fetched ahead.
    assert 1 <= len(made) < 200


@pytest.mark.parametrize("files", [False, True])
def test_the_stream_is_the_same_for_any_parallelism(tmp_path, files):
    examples = colorful(23, tmp_path if files else None)

    def batches(threads):
        stream = streams.training_stream(examples, 4, 7, shifted)
        options = tf.data.Options()
        options.threading.private_threadpool_size = threads
        options.autotune.enabled = threads > 1
        return take(stream.with_options(options), 12)

    assert_same(batches(1), batches(8))


def test_files_and_memory_give_the_same_stream(tmp_path):
    one, other = colorful(23), colorful(23, tmp_path)
    assert_same(
        take(streams.training_stream(one, 4, 7, shifted), 8),
        take(streams.training_stream(other, 4, 7, shifted), 8),
    )


def test_the_stream_is_what_its_seed_step_and_epoch_say():
    # The batch of any step, made by hand from public parts: nothing else,
    # like the position of an iterator, has a part in it.
    examples = colorful(23)
    plain = take(streams.training_stream(examples, 4, 7), 12)
    moved = take(streams.training_stream(examples, 4, 7, shifted), 12)
    for step in (3, 11):
        images, labels = plain[step]
        np.testing.assert_array_equal(moved[step][1], labels)
        assert (moved[step][0] != images).any()
    keys = []
    streams_of_keys = streams.training_stream(
        examples,
        4,
        7,
        lambda images, key: tf.ensure_shape(key, [2]),
    )
    keys = {tuple(key) for key, _ in take(streams_of_keys, 50)}
    assert len(keys) == 50


def test_seeds_differ_and_shuffle_even_when_the_augmentation_is_none():
    one = epoch_labels(streams.training_stream(numbered(50), 50, 1), 1, 1)
    other = epoch_labels(streams.training_stream(numbered(50), 50, 2), 1, 1)
    assert (one != other).any()


SCRIPT = """
from tests.datasets.streams_test import fingerprint
print(fingerprint())
"""


def fingerprint():
    stream = streams.training_stream(colorful(23), 4, 7, shifted)
    return hashlib.sha256(
        b"".join(part.tobytes() for each in take(stream, 12) for part in each)
    ).hexdigest()


def test_another_process_gives_the_same_stream():
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=pathlib.Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == fingerprint()


@pytest.mark.parametrize("batch_size", [1, 4, 10, 64])
def test_evaluation_gives_every_example_once_in_order(batch_size):
    batches = streams.evaluation_batches(numbered(10), batch_size)
    assert len(batches) == -(-10 // batch_size)
    labels = np.concatenate([labels for _, labels in batches])
    np.testing.assert_array_equal(labels, np.arange(10))


def moved(images, key, shard=(0, 1)):
    return augment.pad_crop_flip(images, key, padding=1, shard=shard)


@pytest.mark.parametrize("count", [2, 4])
def test_shards_are_the_parts_of_the_whole_batches_bit_for_bit(count):
    examples = colorful(23)

    def stream(**options):
        return streams.training_stream(
            examples, 4, 7, moved, first_step=3, **options
        )

    parts = [take(stream(shard=(k, count)), 6) for k in range(count)]
    assert all(len(labels) == 4 // count for _, labels in parts[0])
    joined = [
        [np.concatenate(each) for each in zip(*step, strict=True)]
        for step in zip(*parts, strict=True)
    ]
    assert_same(joined, take(stream(), 6))


def test_a_shard_reads_nothing_of_the_others():
    read = []

    def fetch(indices, key, shard):
        def note(numbers, index):
            read.append((int(index), *numbers.tolist()))
            return np.int64(0)

        done = tf.numpy_function(note, [indices, shard[0]], tf.int64)
        with tf.control_dependencies([done]):
            return tf.zeros([2, 1, 1, 1], tf.uint8), tf.identity(indices)

    stream = streams.training_stream(
        numbered(12), 4, 7, shard=(1, 2), fetch=fetch
    )
    whole = take(streams.training_stream(numbered(12), 4, 7), 3)
    found = take(stream, 3)
    for (_, labels), (_, indices) in zip(whole, found, strict=True):
        np.testing.assert_array_equal(indices, labels[2:])
        assert (1, *labels[2:]) in read


def test_one_way_to_augment_is_enough():
    with pytest.raises(ValueError, match="`augment` does nothing where"):
        streams.training_stream(
            numbered(12), 4, 7, moved, fetch=lambda *_: None
        )


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_of_an_evaluation_are_all_examples_once_in_order(count):
    # Three batches, the last one of 2: of 7 shards some have none.
    shards = [
        streams.evaluation_batches(numbered(10), 4, (k, count))
        for k in range(count)
    ]
    batches = [labels for each in shards for _, labels in take(each, 9)]
    assert [len(labels) for labels in batches] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate(batches), np.arange(10))


@pytest.mark.parametrize("shard", [(2, 2), (-1, 2), (0, 0)])
def test_a_shard_that_there_is_not_is_refused(shard):
    for make in (
        lambda: streams.training_stream(numbered(10), 4, 0, shard=shard),
        lambda: streams.evaluation_batches(numbered(10), 4, shard),
    ):
        with pytest.raises(ValueError, match=r"`shard` must be .*Received"):
            make()


def test_a_batch_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="batch_size=4 and 3 workers"):
        streams.training_stream(numbered(10), 4, 0, shard=(0, 3))


def test_a_training_set_smaller_than_a_batch_is_refused_with_both_numbers():
    message = "batch_size=128 and 100 examples. Choose a smaller batch"
    with pytest.raises(ValueError, match=message):
        streams.training_stream(numbered(100), 128, 0)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_size_below_one_is_refused(batch_size):
    for function in (streams.steps_per_epoch, streams.evaluation_batches):
        with pytest.raises(
            ValueError, match=f"1 or more. Received: {batch_size}"
        ):
            function(numbered(10), batch_size)


def test_a_negative_first_step_is_refused():
    with pytest.raises(ValueError, match="`first_step`.*Received: -1"):
        streams.training_stream(numbered(10), 2, 0, first_step=-1)


def test_a_seed_that_is_no_integer_is_refused():
    with pytest.raises(TypeError, match="`seed` must be an integer"):
        streams.training_stream(numbered(10), 2, seed=0.5)
