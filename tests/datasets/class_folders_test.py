"""Tests of tfmixup.datasets.class_folders."""

import numpy as np
import pytest
from PIL import Image

from tests.datasets.files import class_folders
from tests.datasets.files import pixels
from tests.datasets.files import save
from tests.real_data import unpack
from tfmixup.datasets.class_folders import ClassFolders


def test_split_folders_are_found_under_their_usual_names(tmp_path):
    class_folders(tmp_path / "train", ["cat", "dog"], 3)
    assert ClassFolders(tmp_path).splits == ("train",)
    class_folders(tmp_path / "test", ["cat", "dog"], 2)
    assert ClassFolders(tmp_path).splits == ("train", "test")
    class_folders(tmp_path / "val", ["cat", "dog"], 1)
    folders = ClassFolders(tmp_path)
    assert folders.splits == ("train", "validation", "test")
    assert len(folders.open(["test"])) == 4
    assert len(folders.open(["validation"])) == 2
    both = folders.open(["train", "validation"])
    assert both.labels.tolist() == [0] * 3 + [1] * 3 + [0, 1]


def test_classes_and_files_are_in_alphabetical_order(tmp_path):
    for name in ("b", "a", "C"):
        for i in (2, 0, 1):
            seed = 10 * ord(name) + i
            save(tmp_path / name / f"{i}.png", pixels(seed))
    examples = ClassFolders(tmp_path).open(["train"])
    assert examples.class_names == ("C", "a", "b")
    images, labels = examples.fetch(range(9))
    assert labels.numpy().tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    expected = [pixels(10 * ord(name) + i) for name in "Cab" for i in range(3)]
    np.testing.assert_array_equal(images, expected)


def test_a_class_may_be_called_like_a_split(tmp_path):
    class_folders(tmp_path, ["bus", "test", "train"], 2)
    folders = ClassFolders(tmp_path)
    assert folders.splits == ("train",)
    assert folders.open(["train"]).class_names == ("bus", "test", "train")


def test_other_files_and_hidden_names_are_no_images(tmp_path):
    class_folders(tmp_path, ["a", "b"], 2)
    (tmp_path / "README.md").write_text("words")
    (tmp_path / "a" / "words.txt").write_text("words")
    (tmp_path / "a" / ".hidden.png").write_text("words")
    save(tmp_path / ".cache" / "1.png", pixels(0))
    with pytest.warns(UserWarning, match="Left out: 1 .md.*1 .txt.*2 hidden"):
        examples = ClassFolders(tmp_path).open(["train"])
    assert examples.class_names == ("a", "b")
    assert len(examples) == 4


def test_a_class_folder_without_images_is_said(tmp_path):
    class_folders(tmp_path / "train", ["a", "b"], 2)
    (tmp_path / "train" / "empty").mkdir()
    with pytest.raises(ValueError, match="1 class folders without.*empty"):
        ClassFolders.find(tmp_path)
    with pytest.warns(UserWarning, match="1 folders without images.*empty"):
        examples = ClassFolders(tmp_path / "train").open(["train"])
    assert examples.class_names == ("a", "b")


def test_every_usual_name_of_jpeg_and_png_is_read(tmp_path):
    names = ["1.jfif", "2.JFIF", "3.jpe", "4.JPEG", "5.jpg", "6.png", "7.Jpg"]
    for i, name in enumerate(names):
        kind = "PNG" if name == "6.png" else "JPEG"
        save(tmp_path / "train" / "a" / "deep" / name, pixels(i), format=kind)
        save(tmp_path / "train" / "b" / name, pixels(i), format=kind)
    assert len(ClassFolders(tmp_path).open(["train"])) == 2 * len(names)


def test_images_that_ask_to_be_turned_are_said(tmp_path, recwarn):
    def turned(orientation):
        exif = Image.Exif()
        exif[0x0112] = orientation
        return exif

    image = pixels(0, 8, 12)
    save(tmp_path / "a" / "0.jpg", image, exif=turned(1))
    save(tmp_path / "b" / "0.jpg", image)
    save(tmp_path / "b" / "1.png", image)
    ClassFolders(tmp_path).open(["train"])
    assert not recwarn.list
    save(tmp_path / "b" / "2.jpg", image, exif=turned(6))
    with pytest.warns(UserWarning, match=r"1 of 4 images.*2\.jpg.*EXIF"):
        examples = ClassFolders(tmp_path).open(["train"])
    assert examples.image_shape == (8, 12, 3)  # As it is stored.


def test_of_many_images_some_all_over_the_set_are_looked_at(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 8
    data = save(tmp_path / "x.jpg", pixels(0), exif=exif).read_bytes()
    plain = save(tmp_path / "y.jpg", pixels(0)).read_bytes()
    for name, content in (("a", plain), ("b", data)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for i in range(120):
            (tmp_path / "set" / name / f"{i:03}.jpg").write_bytes(content)
    with pytest.warns(UserWarning, match="40 of 80 images"):
        ClassFolders(tmp_path / "set").open(["train"])


def test_names_may_have_spaces_and_any_case(tmp_path):
    save(tmp_path / "a class" / "an image.PNG", pixels(0))
    save(tmp_path / "b" / "an image.JPeG", pixels(0), format="JPEG")
    assert len(ClassFolders(tmp_path).open(["train"])) == 2


def test_an_evaluation_split_may_lack_a_class(tmp_path):
    class_folders(tmp_path / "train", ["a", "b", "c"], 2)
    class_folders(tmp_path / "test", ["c"], 2)
    examples = ClassFolders(tmp_path).open(["test"])
    assert examples.num_classes == 3
    assert examples.labels.tolist() == [2, 2]


def test_a_class_that_is_not_trained_is_refused(tmp_path):
    class_folders(tmp_path / "train", ["a", "b"], 2)
    class_folders(tmp_path / "test", ["a", "zebra"], 2)
    with pytest.raises(ValueError, match="occur in the training.*zebra.*train"):
        ClassFolders(tmp_path).open(["test"])


def test_a_kind_of_image_that_cannot_be_read_is_not_left_out_silently(tmp_path):
    class_folders(tmp_path, ["a", "b"], 2)
    (tmp_path / "b" / "moving.GIF").write_bytes(b"GIF89a")
    with pytest.raises(ValueError, match=r"1 images of a kind.*moving\.GIF"):
        ClassFolders.find(tmp_path)


@pytest.mark.parametrize("layout", ["nothing", "images without a class"])
def test_a_folder_without_class_folders_is_refused(tmp_path, layout):
    if layout != "nothing":
        save(tmp_path / "0.png", pixels(0))
    assert ClassFolders.find(tmp_path) is None
    with pytest.raises(ValueError, match="Expected class folders.*has none"):
        ClassFolders(tmp_path)


def test_a_test_split_alone_is_no_data_set(tmp_path):
    class_folders(tmp_path / "test", ["a", "b"], 2)
    assert ClassFolders.find(tmp_path) is None


def test_images_are_resized_on_demand(tmp_path):
    save(tmp_path / "a" / "0.png", pixels(0, 8, 8))
    save(tmp_path / "b" / "0.png", pixels(1, 16, 12))
    examples = ClassFolders(tmp_path).open(["train"], image_size=(4, 4))
    assert examples.image_shape == (4, 4, 3)
    assert examples.fetch([0, 1])[0].shape == (2, 4, 4, 3)


def test_real_cifar_images_are_read_in_the_official_class_order(tmp_path):
    unpack("cifar10_images.tar", tmp_path, lambda name: "/000" in name)
    examples = ClassFolders(tmp_path / "test", "cifar10").open(["train"])
    assert (len(examples), examples.image_shape) == (100, (32, 32, 3))
    assert examples.class_names == (
        "airplane", "automobile", "bird", "cat", "deer",
        "dog", "frog", "horse", "ship", "truck",
    )  # fmt: skip
    assert np.bincount(examples.labels).tolist() == [10] * 10
