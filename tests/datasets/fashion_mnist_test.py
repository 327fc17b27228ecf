"""Tests of tfmixup.datasets.fashion_mnist."""

import gzip

import numpy as np
import pytest

from tests.real_data import debians_fashion_mnist
from tfmixup.datasets.fashion_mnist import FashionMnist
from tfmixup.datasets.fashion_mnist import read_idx


def zipped(content):
    """gzip without the time, which would change the names of the cases."""
    return gzip.compress(content, mtime=0)


def idx(array):
    shape = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + shape + array.tobytes()


def write_files(root, train=20, test=10):
    rng = np.random.default_rng(0)
    for prefix, count in (("train", train), ("t10k", test)):
        arrays = {
            "images-idx3": rng.integers(0, 256, (count, 28, 28), np.uint8),
            "labels-idx1": np.arange(count, dtype=np.uint8) % 10,
        }
        for kind, array in arrays.items():
            path = root / f"{prefix}-{kind}-ubyte.gz"
            path.write_bytes(zipped(idx(array)))


def test_debians_files_are_the_whole_set():
    source = FashionMnist.find(debians_fashion_mnist())
    train, test = source.open(["train"]), source.open(["test"])
    assert np.bincount(train.labels).tolist() == [6000] * 10
    assert np.bincount(test.labels).tolist() == [1000] * 10
    assert train.image_shape == test.image_shape == (28, 28, 1)
    # The first training image is an ankle boot, the second a T-shirt.
    names = [train.class_names[label] for label in train.labels[:2]]
    assert names == ["Ankle boot", "T-shirt/top"]


def test_the_pixels_have_the_published_mean():
    images = read_idx(debians_fashion_mnist() / "train-images-idx3-ubyte.gz")
    # 0.2860 and 0.3530 of 255, as often quoted with four digits.
    assert round(images.mean() / 255, 4) == 0.2860
    assert round(images.std() / 255, 4) == 0.3530


def test_the_four_files_are_needed(tmp_path):
    write_files(tmp_path)
    assert FashionMnist.find(tmp_path) is not None
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    assert FashionMnist.find(tmp_path) is None


def test_splits_are_read_from_their_own_files(tmp_path):
    write_files(tmp_path)
    source = FashionMnist(tmp_path)
    assert len(source.open(["train"])) == 20
    assert len(source.open(["test"])) == 10


def test_another_image_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"28x28.*image_size=\(32, 32\)"):
        FashionMnist(tmp_path).open(["train"], image_size=(32, 32))


def test_a_label_over_nine_is_refused(tmp_path):
    write_files(tmp_path)
    labels = np.array([3, 10] + [0] * 18, np.uint8)
    path = tmp_path / "train-labels-idx1-ubyte.gz"
    path.write_bytes(zipped(idx(labels)))
    with pytest.raises(ValueError, match=r"mnist/train.*labels\[1\]=10"):
        FashionMnist(tmp_path).open(["train"])


def test_unequal_numbers_of_images_and_labels_are_refused(tmp_path):
    write_files(tmp_path)
    path = tmp_path / "train-labels-idx1-ubyte.gz"
    path.write_bytes(zipped(idx(np.zeros(19, np.uint8))))
    with pytest.raises(ValueError, match="20 images and 19 labels"):
        FashionMnist(tmp_path).open(["train"])


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (0,)])
def test_idx_files_of_any_rank_are_read(tmp_path, shape):
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    path = tmp_path / "file.gz"
    path.write_bytes(zipped(idx(array)))
    np.testing.assert_array_equal(read_idx(path), array)


WHOLE = zipped(idx(np.arange(200, dtype=np.uint8)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WHOLE[:-20], "whole gzip file.*file.gz"),
        (b"", "file.gz"),
        (b"<html>", "whole gzip file.*file.gz.*Fetch"),
        (WHOLE[:60] + b"\xff" + WHOLE[61:], "whole gzip file.*file.gz"),
        (zipped(b"<html>"), "unsigned bytes.*file.gz.*3c 68 74 6d"),
        (zipped(b"\0\0\x0d\1" + bytes(8)), "unsigned bytes.*file.gz"),
        (zipped(b"\0\0\x08\3\0\0"), "Expected 16 bytes.*of 6 bytes"),
        (
            zipped(idx(np.zeros([7], np.uint8))[:-3]),
            "Expected 15 bytes.*file.gz.*12 bytes",
        ),
    ],
)
def test_a_damaged_file_is_named(tmp_path, content, message):
    path = tmp_path / "file.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_idx(path)
