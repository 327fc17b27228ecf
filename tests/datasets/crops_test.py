"""Tests of tfmixup.datasets.crops, on real and on made images."""

import io
import math

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from scipy import stats

from tests.datasets.damaged import encoded
from tests.datasets.files import pixels
from tests.real_data import unpack
from tfmixup.datasets import crops
from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.image_files import decode_image
from tfmixup.datasets.streams import training_stream

KEY = tf.constant([3, 5])


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """30 files of ImageNet as they were published, some of them grey."""
    folder = unpack(
        "imagenet_samples_raw_100.tar",
        tmp_path_factory.mktemp("originals"),
        lambda name: True,
    )
    return sorted(folder.rglob("*.JPEG"))[::3][:30]


def test_sizes_are_read_from_headers(originals):
    contents = [path.read_bytes() for path in originals]
    contents.append(encoded(pixels(0, 5, 9), "PNG"))
    expected = [Image.open(io.BytesIO(each)).size[::-1] for each in contents]
    assert crops.image_sizes(contents).numpy().tolist() == [
        *map(list, expected)
    ]


def test_a_window_is_that_of_the_whole_decoded_image(originals):
    # Less than twice the wanted size: nothing is reduced by the decoder.
    for seed, path in enumerate(originals):
        content = path.read_bytes()
        whole = decode_image(tf.constant(content)).numpy()
        rng = np.random.default_rng(seed)
        top, left = (
            int(rng.integers(0, side - 60)) for side in whole.shape[:2]
        )
        actual = crops.decode_windows(
            [content], [[top, left, 60, 60]], (60, 60)
        )
        expected = whole[top : top + 60, left : left + 60].astype(int)
        # Equal, but for one column at the cut where the decoder has no
        # neighbor to interpolate the color from.
        difference = np.abs(actual[0].numpy() - expected)[:, 2:-2]
        assert difference.max() == 0, path.name


def antialiased(image, size):
    picture = Image.fromarray(image).resize(size[::-1], Image.Resampling.BOX)
    return np.asarray(picture).astype(float)


def test_the_decoder_reduces_as_an_average_does(originals):
    # 8 times smaller: the plain bilinear rule would look at 4 of 64 pixels.
    errors = []
    for path in originals:
        content = path.read_bytes()
        whole = decode_image(tf.constant(content)).numpy()[:256, :256]
        actual = crops.decode_windows(
            [content], [[0, 0, *whole.shape[:2]]], (32, 32)
        )
        expected = antialiased(whole, (32, 32))
        errors.append(np.abs(actual[0].numpy() - expected).mean())
    # What every 8th pixel would differ by; measured on the same files.
    assert np.mean(errors) < 2


@pytest.mark.parametrize("reduction", [1, 2, 4, 8])
def test_a_reduced_window_lies_where_it_should(reduction):
    # A ramp along both axes: a shift of a window by s pixels shows as s.
    ramp = np.add.outer(np.arange(128), np.arange(128)).astype(np.uint8) // 2
    content = encoded(np.stack([ramp] * 3, -1), quality=100)
    side = 16 * reduction
    window = [[8, 16, side, side]] if side < 120 else [[0, 0, 128, 128]]
    actual = crops.decode_windows([content], window, (16, 16))[
        0, ..., 0
    ].numpy()
    top, left = window[0][:2]
    centres = (np.arange(16) + 0.5) * reduction - 0.5
    expected = (np.add.outer(centres + top, centres + left)) / 2
    assert np.abs(actual - expected).max() <= 2


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_windows_are_those_of_the_whole_image(mode):
    # A smooth picture, so that no block has anything beyond its first terms.
    ramp = np.stack([np.arange(64)] * 64).astype(np.uint8) * 3
    content = encoded(np.stack([ramp, ramp.T, 200 - ramp], -1), mode=mode)
    whole = decode_image(tf.constant(content)).numpy()
    assert whole.shape == (64, 64, 3)
    actual = crops.decode_windows([content], [[8, 16, 32, 40]], (32, 40))
    np.testing.assert_array_equal(actual[0], whole[8:40, 16:56])


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA"])
def test_a_png_is_cut_whatever_its_mode(mode):
    image = Image.fromarray(pixels(0, 20, 30)).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    content = buffer.getvalue()
    actual = crops.decode_windows([content], [[3, 5, 10, 20]], (10, 20))
    expected = np.asarray(image.convert("RGB"))[3:13, 5:25]
    np.testing.assert_array_equal(actual[0], expected)


def windows_by_hand(sizes, draws, places, area, aspect):
    """The rule of Szegedy et al., image by image, in float64."""
    found = []
    for (height, width), (u, v), (y, x) in zip(
        sizes, draws, places, strict=True
    ):
        for part, ratio in zip(u, v, strict=True):
            pixel = height * width * (area[0] + part * (area[1] - area[0]))
            ratio = aspect[0] * (aspect[1] / aspect[0]) ** ratio
            h, w = (
                round(math.sqrt(pixel / ratio)),
                round(math.sqrt(pixel * ratio)),
            )
            if 0 < h <= height and 0 < w <= width:
                top, left = int(y * (height - h + 1)), int(x * (width - w + 1))
                break
        else:
            h = min(height, round(width / aspect[0]))
            w = min(width, round(height * aspect[1]))
            top, left = (height - h) // 2, (width - w) // 2
        found.append([top, left, h, w])
    return np.array(found)


@pytest.mark.parametrize("area", [(0.08, 1.0), (0.9, 1.0), (0.25, 0.25)])
def test_windows_follow_the_rule(area):
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 600, [2000, 2])
    sizes[:20] = [[10, 500]] * 10 + [[500, 10]] * 10  # Nothing fits in these.
    actual = crops.random_windows(sizes, KEY, area=area).numpy()
    draws = tf.random.stateless_uniform([2000, 2, 10], KEY).numpy()
    from tfmixup.keys import fold_in

    places = tf.random.stateless_uniform([2000, 2], fold_in(KEY, 0)).numpy()
    expected = windows_by_hand(sizes, draws, places, area, (3 / 4, 4 / 3))
    # float32 can round a side or a corner to its neighbor, now and then.
    assert np.abs(actual - expected).max(axis=1).astype(bool).mean() < 0.01
    assert (actual[:, :2] >= 0).all() and (actual[:, 2:] >= 1).all()
    assert (actual[:, :2] + actual[:, 2:] <= sizes).all()


def test_areas_are_uniform_and_corners_too():
    sizes = np.full([20_000, 2], 1000)
    top, left, height, width = (
        crops.random_windows(sizes, KEY, area=(0.1, 0.7)).numpy().T
    )
    # In a square of this size and up to 70 % of it, all first draws fit.
    ranges = (0.1, 0.6)
    assert stats.kstest(height * width / 1e6, "uniform", ranges).pvalue > 1e-6
    for corner, side in ((top, height), (left, width)):
        place = (corner + 0.5) / (1001 - side)
        assert stats.kstest(place, "uniform").pvalue > 1e-6
    ratio = np.log(width / height) / np.log(4 / 3)
    assert stats.kstest(ratio, "uniform", (-1, 2)).pvalue > 1e-6


def test_the_centre_is_that_of_resizing_and_cutting():
    sizes = [[256, 256], [256, 341], [500, 375], [30, 600], [1, 1]]
    actual = crops.central_windows(sizes, (224, 224)).numpy()
    for (height, width), (top, left, h, w) in zip(sizes, actual, strict=True):
        assert h == w == max(1, round(0.875 * min(height, width)))
        assert abs(2 * top + h - height) <= 1 and abs(2 * left + w - width) <= 1


@pytest.fixture(scope="module")
def examples(originals):
    return EncodedExamples.from_files(
        originals, np.arange(30) % 7, range(7), image_size=(48, 40)
    )


def test_a_batch_is_what_its_windows_say(examples, originals):
    crop = crops.RandomCrops(examples, flip=False)
    indices = tf.constant([4, 0, 29], tf.int64)
    images, labels = crop.fetch(indices, KEY)
    assert images.shape == (3, 48, 40, 3) and images.dtype == tf.uint8
    assert labels.numpy().tolist() == [4, 0, 1]
    contents = [originals[i].read_bytes() for i in (4, 0, 29)]
    from tfmixup.keys import fold_in

    windows = crops.random_windows(crops.image_sizes(contents), fold_in(KEY, 0))
    expected = crops.decode_windows(contents, windows, (48, 40))
    np.testing.assert_array_equal(images, expected)


def test_half_of_the_images_are_mirrored(examples):
    indices = tf.range(30, dtype=tf.int64)
    plain, _ = crops.RandomCrops(examples, flip=False).fetch(indices, KEY)
    mirrored, _ = crops.RandomCrops(examples).fetch(indices, KEY)
    turned = 0
    for one, other in zip(plain.numpy(), mirrored.numpy(), strict=True):
        changed = not np.array_equal(one, other)
        np.testing.assert_array_equal(one[:, ::-1] if changed else one, other)
        turned += changed
    assert 5 <= turned <= 25  # Outside of this once in 10,000 keys.


def test_the_parts_of_workers_are_those_of_the_whole_batch(examples):
    crop = crops.RandomCrops(examples)
    indices = tf.range(12, dtype=tf.int64)
    whole, labels = crop.fetch(indices, KEY)
    for i in range(3):
        part = slice(4 * i, 4 * i + 4)
        images, some = crop.fetch(indices[part], KEY, (i, 3))
        np.testing.assert_array_equal(images, whole[part])
        np.testing.assert_array_equal(some, labels[part])


def test_a_stream_of_crops_goes_on_at_any_step_on_any_number_of_threads(
    examples,
):
    fetch = crops.RandomCrops(examples).fetch

    def batches(threads, **options):
        stream = training_stream(examples, 8, 7, fetch=fetch, **options)
        choice = tf.data.Options()
        choice.threading.private_threadpool_size = threads
        stream = stream.with_options(choice)
        return [images for images, _ in stream.take(5).as_numpy_iterator()]

    unbroken = batches(4)
    np.testing.assert_array_equal(batches(1), unbroken)
    np.testing.assert_array_equal(batches(4, first_step=3)[:2], unbroken[3:])
    part = batches(4, shard=(1, 2))
    np.testing.assert_array_equal(part, np.array(unbroken)[:, 4:])
    assert not np.array_equal(unbroken[0], unbroken[1])


@pytest.mark.parametrize("area", [(0, 1), (0.5, 0.4), (0.5, 1.1)])
def test_an_area_that_is_none_is_refused(area):
    with pytest.raises(ValueError, match="`area` must be the least and the"):
        crops.RandomCrops(None, area)


@pytest.mark.parametrize("ratio", [(0, 1), (2, 1), (1, math.inf)])
def test_an_aspect_ratio_that_is_none_is_refused(ratio):
    with pytest.raises(ValueError, match="`aspect_ratio` must be the least"):
        crops.RandomCrops(None, aspect_ratio=ratio)
