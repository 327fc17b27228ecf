"""Tests of tfmixup.datasets.stl10, on small files in the official format."""

import numpy as np
import pytest

from tests.datasets.files import pixels
from tfmixup.datasets.stl10 import Stl10


def write_files(root, train=12, test=5):
    """Writes both splits; returns the images of the training split."""
    root.mkdir(exist_ok=True)
    for split, count in (("train", train), ("test", test)):
        images = np.stack([pixels(i, 96, 96) for i in range(count)])
        # Image by image: red, green, blue, each column by column.
        with open(root / f"{split}_X.bin", "wb") as file:
            for image in images:
                for channel in range(3):
                    for column in range(96):
                        file.write(image[:, column, channel].tobytes())
        labels = np.arange(count) % 10 + 1
        labels.astype(np.uint8).tofile(root / f"{split}_y.bin")
    return np.stack([pixels(i, 96, 96) for i in range(train)])


def test_images_stand_upright_in_their_colors(tmp_path):
    images = write_files(tmp_path)
    examples = Stl10.find(tmp_path).open(["train"])
    assert examples.image_shape == (96, 96, 3)
    np.testing.assert_array_equal(examples.fetch(range(12))[0], images)


def test_labels_one_to_ten_become_classes_zero_to_nine(tmp_path):
    write_files(tmp_path)
    examples = Stl10(tmp_path).open(["train"])
    assert examples.labels.tolist() == [*range(10), 0, 1]
    assert examples.class_names[0] == "airplane"
    assert examples.class_names[9] == "truck"
    assert len(Stl10(tmp_path).open(["test"])) == 5


def test_the_unpacked_archive_is_found_too(tmp_path):
    write_files(tmp_path / "stl10_binary")
    assert len(Stl10.find(tmp_path).open(["test"])) == 5


@pytest.mark.parametrize("name", ["train_X", "train_y", "test_X", "test_y"])
def test_all_four_files_are_needed(tmp_path, name):
    write_files(tmp_path)
    (tmp_path / f"{name}.bin").unlink()
    assert Stl10.find(tmp_path) is None


def test_a_truncated_file_is_named_with_both_sizes(tmp_path):
    write_files(tmp_path)
    path = tmp_path / "train_X.bin"
    path.write_bytes(path.read_bytes()[:-1000])
    message = r"Expected 331776 bytes.*train_X\.bin of 330776 bytes"
    with pytest.raises(ValueError, match=message):
        Stl10(tmp_path).open(["train"])


def test_a_missing_label_is_noticed(tmp_path):
    write_files(tmp_path)
    path = tmp_path / "train_y.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"11 labels.*\(12\.00 images\)"):
        Stl10(tmp_path).open(["train"])


@pytest.mark.parametrize("wrong", [0, 11])
def test_a_label_outside_of_one_to_ten_is_refused(tmp_path, wrong):
    write_files(tmp_path)
    labels = np.full(12, 3, np.uint8)
    labels[4] = wrong
    labels.tofile(tmp_path / "train_y.bin")
    message = rf"1\.\.10.*labels\[4\]={wrong} in .*train_y\.bin"
    with pytest.raises(ValueError, match=message):
        Stl10(tmp_path).open(["train"])


def test_another_image_size_is_refused(tmp_path):
    write_files(tmp_path)
    with pytest.raises(ValueError, match=r"96x96.*image_size=\(32, 32\)"):
        Stl10(tmp_path).open(["train"], image_size=(32, 32))
