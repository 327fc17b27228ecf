"""Tests of tfmixup.datasets.image_files, on real and on damaged files."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.datasets.damaged import DAMAGED
from tests.datasets.files import pixels
from tests.datasets.files import save
from tests.real_data import unpack
from tfmixup.datasets import image_files
from tfmixup.datasets.image_files import ImageFiles


def all_rows(files):
    return tf.range(len(files), dtype=tf.int64)


@pytest.fixture(scope="module")
def cifar(tmp_path_factory):
    """200 real JPEG files."""
    return unpack(
        "cifar10_images.tar",
        tmp_path_factory.mktemp("cifar"),
        lambda name: "/00" in name and name[-6:-4] < "20",
    )


@pytest.fixture(scope="module")
def stl(tmp_path_factory):
    """Some real 96x96 PNG files, with spaces in their names."""
    return unpack(
        "stl10_unlabeled_examples.tar",
        tmp_path_factory.mktemp("stl"),
        lambda name: name.startswith(("airplane/", "cat/")),
    )


def test_real_jpeg_files_decode_to_the_pixels_that_libjpeg_gives(cifar):
    paths = sorted(cifar.rglob("*.jpg"))
    assert len(paths) == 200
    files = ImageFiles(paths)
    images = files.fetch(all_rows(files)).numpy()
    expected = np.stack([np.asarray(Image.open(path)) for path in paths])
    assert images.shape == (200, 32, 32, 3)
    # Both are libjpeg's accurate DCT and agree to the bit but for builds of
    # libjpeg that differ in color upsampling. The fast DCT, which is
    # TensorFlow's default, is off by 1.2 on average in red.
    error = images.astype(int) - expected
    assert np.abs(error.mean(axis=(0, 1, 2))).max() < 0.05


def test_real_png_files_decode_to_their_pixels(stl):
    paths = sorted(stl.rglob("*.png"))
    files = ImageFiles(paths)
    assert files.shape == (96, 96, 3)
    expected = np.stack(
        [np.asarray(Image.open(p).convert("RGB")) for p in paths]
    )
    np.testing.assert_array_equal(files.fetch(all_rows(files)), expected)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "1"])
def test_png_files_of_any_mode_become_rgb_whatever_their_name(tmp_path, mode):
    image = Image.fromarray(pixels(0)).convert(mode)
    path = tmp_path / "image.JPEG"
    image.save(path, "PNG")
    (actual,) = ImageFiles([path]).fetch(tf.constant([0], tf.int64))
    np.testing.assert_array_equal(actual, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_jpeg_files_become_rgb(tmp_path, mode):
    image = Image.new("RGB", (16, 16), (200, 120, 40)).convert(mode)
    path = tmp_path / "image.jpg"
    image.save(path, quality=95)
    (actual,) = ImageFiles([path]).fetch(tf.constant([0], tf.int64)).numpy()
    assert actual.shape == (16, 16, 3)
    expected = np.asarray(Image.open(path).convert("RGB")).astype(int)
    # One flat color: JPEG at quality 95 and a CMYK formula stay within 4.
    assert np.abs(actual - expected).max() <= 4


def test_one_channel_can_be_asked_for(tmp_path):
    path = save(tmp_path / "image.png", pixels(0, channels=1))
    files = ImageFiles([path], channels=1)
    assert files.shape == (8, 8, 1)
    actual = files.fetch(tf.constant([0], tf.int64))[0]
    np.testing.assert_array_equal(actual, pixels(0, channels=1))


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_named_where_it_is_opened_and_where_it_is_read(
    tmp_path, content
):
    good = save(tmp_path / "good.png", pixels(0))
    bad = tmp_path / "bad one.jpg"
    bad.write_bytes(content)
    with pytest.raises(ValueError, match="whole JPEG or PNG.*bad one.jpg"):
        ImageFiles([bad, good])
    files = ImageFiles([good, bad, good])
    dataset = tf.data.Dataset.range(3).batch(3).map(files.fetch)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="whole JPEG.*bad one.jpg"
    ):
        list(dataset)
    with pytest.raises(ValueError, match="bad one.jpg.*Replace or remove"):
        files.check([0, 1])


def test_a_file_that_went_away_is_named(tmp_path):
    paths = [save(tmp_path / f"{i}.png", pixels(i)) for i in range(3)]
    files = ImageFiles(paths)
    paths[2].unlink()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"2\.png"):
        files.fetch(all_rows(files))


def test_a_file_at_fault_leaves_other_batches_readable(tmp_path):
    paths = [save(tmp_path / f"{i}.png", pixels(i)) for i in range(4)]
    files = ImageFiles(paths)
    paths[3].write_bytes(b"")
    np.testing.assert_array_equal(
        files.fetch(tf.constant([1, 2], tf.int64)), [pixels(1), pixels(2)]
    )


def test_another_size_is_refused_with_the_file_and_the_way_out(tmp_path):
    first = save(tmp_path / "first.png", pixels(0, 8, 8))
    other = save(tmp_path / "other.png", pixels(1, 8, 9))
    files = ImageFiles([first, other])
    message = r"8x8 as .*first\.png.*other\.png.* of 8x9.*image_size=\(height"
    with pytest.raises(ValueError, match=message):
        files.check([1])
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        files.fetch(all_rows(files))


def test_image_size_makes_images_of_several_sizes_one(tmp_path):
    sizes = [(8, 8), (9, 20), (30, 10)]
    paths = [
        save(tmp_path / f"{i}.png", np.full([*size, 3], 50 + i, np.uint8))
        for i, size in enumerate(sizes)
    ]
    files = ImageFiles(paths, image_size=(6, 4))
    assert files.shape == (6, 4, 3)
    images = files.fetch(all_rows(files)).numpy()
    for i in range(3):
        assert (images[i] == 50 + i).all()


def test_an_image_of_the_wanted_size_is_not_touched():
    image = pixels(0, 9, 7)
    np.testing.assert_array_equal(image_files.fit_image(image, (9, 7)), image)


def test_the_centre_is_kept_and_the_aspect_ratio_too():
    # Three squares side by side: the middle one is the largest square window.
    image = np.zeros([4, 12, 1], np.uint8)
    image[:, 4:8] = 100
    actual = image_files.fit_image(image, (2, 2))
    np.testing.assert_array_equal(actual, np.full([2, 2, 1], 100))


def test_reduction_averages_rather_than_skips():
    # Of every 8 columns the middle two are 200. Bilinear interpolation at
    # the centres of 4 columns would see nothing else; the antialiased one
    # spans 16 columns with triangular weights and sees the mean, 50. (The
    # outer columns lack a half of the triangle.)
    image = np.zeros([32, 32, 1], np.uint8)
    image[:, 3::8] = image[:, 4::8] = 200
    actual = image_files.fit_image(image, (4, 4)).numpy()
    np.testing.assert_array_equal(actual[:, 1:3], np.full([4, 2, 1], 50))
