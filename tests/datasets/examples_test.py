"""Tests of tfmixup.datasets.examples."""

import numpy as np
import pytest
import tensorflow as tf

from tests.datasets.files import pixels
from tests.datasets.files import save
from tfmixup.datasets.examples import Examples


def in_arrays(count=10, num_classes=3):
    images = np.stack([pixels(i) for i in range(count)])
    labels = np.arange(count) % num_classes
    return images, Examples.from_arrays(images, labels, range(num_classes))


def in_files(root, count=10, num_classes=3):
    paths = [save(root / f"{i}.png", pixels(i)) for i in range(count)]
    return Examples.from_files(
        paths, np.arange(count) % num_classes, range(num_classes)
    )


def test_attributes_describe_the_set():
    _, examples = in_arrays()
    assert len(examples) == 10
    assert examples.num_classes == 3
    assert examples.class_names == ("0", "1", "2")
    assert examples.image_shape == (8, 8, 3)
    assert examples.labels.dtype == np.int64
    assert examples.num_bytes == 10 * 8 * 8 * 3


def test_labels_cannot_be_changed_from_outside():
    labels = np.array([0, 1])
    examples = Examples.from_arrays(
        np.zeros([2, 1, 1, 1], np.uint8), labels, ["a", "b"]
    )
    labels[0] = 1
    assert examples.labels.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        examples.labels[0] = 1


@pytest.mark.parametrize("indices", [[0], [3, 3, 9, 0], range(10)])
def test_fetch_gives_the_chosen_examples_from_memory_and_from_files(
    tmp_path, indices
):
    images, arrays = in_arrays()
    for examples in (
        arrays,
        in_files(tmp_path),
        in_files(tmp_path).in_memory(),
    ):
        batch, labels = examples.fetch(list(indices))
        assert (batch.dtype, labels.dtype) == (tf.uint8, tf.int64)
        np.testing.assert_array_equal(batch, images[list(indices)])
        np.testing.assert_array_equal(labels, np.array(list(indices)) % 3)


def test_fetch_works_inside_a_dataset_and_keeps_static_shapes(tmp_path):
    images, arrays = in_arrays()
    for examples in (arrays, in_files(tmp_path)):
        batches = tf.data.Dataset.from_tensors(np.array([4, 2])).map(
            examples.fetch
        )
        assert batches.element_spec[0].shape.as_list() == [2, 8, 8, 3]
        np.testing.assert_array_equal(next(iter(batches))[0], images[[4, 2]])
        ragged = tf.data.Dataset.range(5).batch(3).map(examples.fetch)
        assert ragged.element_spec[0].shape.as_list() == [None, 8, 8, 3]
        sizes = [len(labels) for _, labels in ragged.as_numpy_iterator()]
        assert sizes == [3, 2]


def test_the_images_are_no_constants_of_the_graph():
    _, examples = in_arrays(count=100)
    graph = tf.function(examples.fetch).get_concrete_function(
        tf.TensorSpec([None], tf.int64)
    )
    assert graph.graph.as_graph_def().ByteSize() < examples.num_bytes / 2


def test_an_index_out_of_range_is_refused():
    _, examples = in_arrays()
    with pytest.raises(tf.errors.InvalidArgumentError, match="10"):
        examples.fetch([10])


def test_the_dataset_gives_every_example_once_in_order(tmp_path):
    images, arrays = in_arrays(count=300)
    dataset = arrays.dataset()
    assert len(dataset) == 300
    assert dataset.element_spec[0].shape.as_list() == [8, 8, 3]
    for i, (image, label) in enumerate(dataset.as_numpy_iterator()):
        np.testing.assert_array_equal(image, images[i])
        assert label == i % 3


def test_a_subset_of_a_subset_counts_from_the_subset(tmp_path):
    images, arrays = in_arrays()
    for examples in (arrays, in_files(tmp_path)):
        chosen = examples.subset([8, 6, 4, 2]).subset([3, 0], "few")
        assert len(chosen) == 2
        assert chosen.split == "few"
        assert chosen.labels.tolist() == [2 % 3, 8 % 3]
        np.testing.assert_array_equal(chosen.fetch([0, 1])[0], images[[2, 8]])
        kept = chosen.in_memory()
        assert (kept.split, kept.labels.tolist()) == ("few", [2, 2])
        np.testing.assert_array_equal(kept.fetch([0, 1])[0], images[[2, 8]])
        assert len(examples) == 10  # the original is as it was


def test_in_memory_reads_files_once(tmp_path):
    examples = in_files(tmp_path).in_memory()
    for path in tmp_path.iterdir():
        path.unlink()
    assert len(list(examples.dataset())) == 10
    assert examples.in_memory() is examples


def test_in_memory_names_a_file_that_is_damaged(tmp_path):
    examples = in_files(tmp_path)
    (tmp_path / "7.png").write_bytes(b"<html>")
    with pytest.raises(ValueError, match=r"whole JPEG.*7\.png"):
        examples.in_memory()


@pytest.mark.parametrize("wrong", [-1, 3])
def test_a_label_out_of_range_is_refused_with_its_place_and_value(wrong):
    images, _ = in_arrays()
    labels = np.zeros(10, int)
    labels[[4, 6]] = wrong
    message = rf"lie in \[0, 3\).*labels\[4\]={wrong} \(2 of 10"
    with pytest.raises(ValueError, match=message):
        Examples.from_arrays(images, labels, "abc")


def test_unequal_numbers_of_images_and_labels_are_refused_with_both():
    images, _ = in_arrays()
    with pytest.raises(ValueError, match="10 images and 9 labels"):
        Examples.from_arrays(images, np.zeros(9, int), "abc")


@pytest.mark.parametrize(
    "labels", [np.zeros(10), np.zeros([10, 1], int), np.zeros([10, 3])]
)
def test_labels_that_are_no_indices_are_refused(labels):
    images, _ = in_arrays()
    with pytest.raises(ValueError, match=r"integers of shape \[n\].*dtype"):
        Examples.from_arrays(images, labels, "abc")


@pytest.mark.parametrize(
    "images", [np.zeros([10, 8, 8, 3]), np.zeros([10, 8, 8], np.uint8)]
)
def test_images_of_another_kind_are_refused(images):
    with pytest.raises(ValueError, match="uint8 array.*dtype=.*shape="):
        Examples.from_arrays(images, np.zeros(10, int), "abc")


def test_an_empty_split_is_refused():
    images, examples = in_arrays()
    with pytest.raises(ValueError, match="mine/test has no examples"):
        Examples.from_arrays(images[:0], [], "abc", "mine", "test")
    with pytest.raises(ValueError, match="mine/test has no examples"):
        Examples.from_files([], [], "abc", "mine", "test")
    with pytest.raises(ValueError, match="custom/val has no examples"):
        examples.subset([], "val")


@pytest.mark.parametrize("indices", [[10], [-1, 2]])
def test_a_subset_out_of_range_is_refused(indices):
    with pytest.raises(ValueError, match=r"\[0, 10\). Received: -?\d+ to"):
        in_arrays()[1].subset(indices)
