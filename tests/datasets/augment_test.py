"""Tests of tfmixup.datasets.augment."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tests.datasets.files import pixels
from tfmixup.datasets import augment

KEY = tf.constant([3, 5])


def batch(size=6, height=8, width=8, channels=3):
    return np.stack([pixels(i, height, width, channels) for i in range(size)])


def loop(images, top, left, mirrored, padding):
    """Pads, cuts and mirrors one image after the other."""
    height, width = images.shape[1:3]
    result = np.empty_like(images)
    for i, image in enumerate(images):
        padded = np.pad(image, [(padding, padding), (padding, padding), (0, 0)])
        first_row, first_column = top[i] + padding, left[i] + padding
        window = padded[first_row : first_row + height]
        window = window[:, first_column : first_column + width]
        result[i] = window[:, ::-1] if mirrored[i] else window
    return result


@pytest.mark.parametrize(
    "shape", [(6, 8, 8, 3), (5, 7, 10, 1), (1, 4, 3, 3), (40, 12, 9, 4)]
)
@pytest.mark.parametrize("padding", [0, 1, 3])
def test_the_result_is_that_of_a_loop_over_images(shape, padding):
    images = batch(*shape)
    draws = augment.draw_windows(len(images), KEY, padding)
    expected = loop(images, *(each.numpy() for each in draws), padding)
    actual = augment.pad_crop_flip(images, KEY, padding)
    assert actual.dtype == tf.uint8
    np.testing.assert_array_equal(actual, expected)


def test_without_flip_no_image_is_mirrored():
    images = batch(50)
    top, left, mirrored = augment.draw_windows(50, KEY, 2)
    assert mirrored.numpy().any()
    expected = loop(images, top.numpy(), left.numpy(), [False] * 50, 2)
    actual = augment.pad_crop_flip(images, KEY, 2, flip=False)
    np.testing.assert_array_equal(actual, expected)


def test_without_padding_and_flip_nothing_changes():
    images = batch()
    actual = augment.pad_crop_flip(images, KEY, padding=0, flip=False)
    np.testing.assert_array_equal(actual, images)


def test_a_padding_over_the_side_leaves_black_windows_and_right_ones():
    images = batch(64, 2, 2)
    top, left, mirrored = augment.draw_windows(64, KEY, 5)
    expected = loop(images, top.numpy(), left.numpy(), mirrored.numpy(), 5)
    actual = augment.pad_crop_flip(images, KEY, 5)
    np.testing.assert_array_equal(actual, expected)


def test_the_same_key_gives_the_same_result_and_another_key_another():
    images = batch()
    first = augment.pad_crop_flip(images, KEY)
    np.testing.assert_array_equal(first, augment.pad_crop_flip(images, KEY))
    other = augment.pad_crop_flip(images, tf.constant([3, 6]))
    assert (first.numpy() != other.numpy()).any()


@pytest.mark.parametrize("size", [1, 4, None])
def test_the_result_is_the_same_inside_a_dataset(size):
    images = batch(4 if size is None else size)
    dataset = tf.data.Dataset.from_tensors(images)
    if size is None:
        dataset = dataset.unbatch().batch(4)  # the batch size is not static
    mapped = dataset.map(lambda x: augment.pad_crop_flip(x, KEY))
    assert mapped.element_spec.shape.as_list() == [size, 8, 8, 3]
    eager = augment.pad_crop_flip(images, KEY)
    np.testing.assert_array_equal(next(iter(mapped)), eager)


def test_windows_and_flips_are_uniform_and_independent():
    padding, size = 2, 50_000
    draws = augment.draw_windows(size, KEY, padding)
    top, left, mirrored = (each.numpy().astype(int) for each in draws)
    assert top.min() == left.min() == -padding
    assert top.max() == left.max() == padding
    cells = ((top + padding) * 5 + left + padding) * 2 + mirrored
    counts = np.bincount(cells, minlength=50)
    # Pearson's test over the joint cells; the key is fixed, so the bound of
    # one in a million says that no lucky key was looked for.
    assert stats.chisquare(counts).pvalue > 1e-6


def test_neighboring_images_are_drawn_independently():
    top, left, mirrored = augment.draw_windows(50_000, KEY, 4)
    for draws in (top, left, tf.cast(mirrored, tf.int32)):
        values = draws.numpy()
        # The correlation of independent draws has standard error 1/sqrt(n).
        correlation = np.corrcoef(values[:-1], values[1:])[0, 1]
        assert abs(correlation) < 5 / np.sqrt(50_000)


@pytest.mark.parametrize(
    ("name", "side", "padding", "flip"),
    [
        ("cifar10", 32, 4, True),
        ("cifar100", 32, 4, True),
        ("fashion_mnist", 28, 4, True),
        ("stl10", 96, 12, True),
        ("folder", 64, 8, True),
        ("digits", 8, 1, False),
        ("mnist", 28, 4, False),
        ("emnist/letters", 28, 4, False),
        ("svhn_cropped", 32, 4, False),
    ],
)
def test_each_data_set_has_its_standard_augmentation(name, side, padding, flip):
    function = augment.augmentation(name, (side, side, 3))
    assert function.keywords == {"padding": padding, "flip": flip}
    images = np.zeros([2, side, side, 3], np.uint8)
    assert function(images, KEY).shape == images.shape


def test_a_negative_padding_is_refused():
    with pytest.raises(ValueError, match="0 or more. Received: padding=-1"):
        augment.pad_crop_flip(batch(), KEY, padding=-1)


def test_images_without_static_size_are_refused():
    dataset = tf.data.Dataset.from_tensors(batch()).map(
        lambda x: tf.ensure_shape(
            tf.numpy_function(lambda y: y, [x], tf.uint8), [None, None, None, 3]
        )
    )
    with pytest.raises(ValueError, match=r"static shape.*ensure_shape"):
        dataset.map(lambda x: augment.pad_crop_flip(x, KEY))


def test_a_single_image_is_refused():
    with pytest.raises(ValueError, match="batch before augmenting"):
        augment.pad_crop_flip(batch()[0], KEY)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_parts_of_a_batch_are_moved_as_in_the_whole_one(count):
    images = batch(size=8)
    whole = augment.pad_crop_flip(images, KEY)
    parts = [
        augment.pad_crop_flip(part, KEY, shard=(index, count))
        for index, part in enumerate(np.split(images, count))
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
