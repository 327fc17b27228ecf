"""Tests of tfmixup.datasets.class_trees."""

import collections
import os

import pytest

from tests.datasets.folder_scan_test import KIND
from tests.datasets.folder_scan_test import make
from tfmixup.datasets.class_trees import ClassTree


def fill(root, folder, counts, suffix=".png"):
    for name, count in counts.items():
        names = [f"{folder}/{name}/{i}{suffix}" for i in range(count)]
        make(root, *names)


def counts_of(tree, *splits):
    paths, labels = tree.files(splits)
    assert len(paths) == len(labels) == len(set(paths))
    found = collections.Counter(tree.class_names[label] for label in labels)
    for path, label in zip(paths, labels, strict=True):
        assert tree.class_names[label] in path.split(os.sep)
    return dict(found)


@pytest.mark.parametrize("train", ["train", "TRAIN", "Training"])
@pytest.mark.parametrize("test", ["test", "Test", "testing"])
@pytest.mark.parametrize("validation", [None, "VAL", "validation", "Dev"])
def test_split_folders_may_be_called_in_many_ways(
    tmp_path, train, test, validation
):
    fill(tmp_path, train, {"cat": 3, "dog": 2})
    fill(tmp_path, test, {"cat": 1, "dog": 4})
    if validation:
        fill(tmp_path, validation, {"dog": 5})
    tree = ClassTree.find(tmp_path, KIND)
    expected = ("train", "validation", "test")
    assert tree.splits == (expected if validation else ("train", "test"))
    assert counts_of(tree, "train") == {"cat": 3, "dog": 2}
    assert counts_of(tree, "test") == {"cat": 1, "dog": 4}
    if validation:
        both = counts_of(tree, "train", "validation")
        assert both == {"cat": 3, "dog": 7}


def test_classes_may_all_be_nested_below_a_split(tmp_path):
    # As Tiny ImageNet's training split is.
    fill(tmp_path, "train", {"n1/images": 3, "n2/images": 2})
    make(tmp_path, "train/n1/n1_boxes.txt", "train/n2/n2_boxes.txt")
    tree = ClassTree.find(tmp_path, KIND)
    with pytest.warns(UserWarning, match="2 .txt files"):
        assert counts_of(tree, "train") == {"n1": 3, "n2": 2}


def test_without_splits_nothing_is_looked_through_that_is_no_data_set(
    tmp_path, monkeypatch
):
    # A TFDS directory: downloads of other sets lie in it.
    make(tmp_path, "downloads/extracted/a/cat/1.png", "mnist/3.0.1/x.tfrecord")
    assert ClassTree.find(tmp_path, KIND) is None
    assert ClassTree.find(tmp_path / "none", KIND) is None
    fill(tmp_path, "flat", {"a": 1, "b/more": 2, "b": 1, "b/x/y": 0})
    tree = ClassTree.find(tmp_path / "flat", KIND)
    assert tree.splits == ("train",)
    assert counts_of(tree, "train") == {"a": 1, "b": 3}
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ClassTree.find("~/flat", KIND).class_names == ("a", "b")


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        # Two for one.
        (
            {"train": 3, "validation": 9, "val": 2},
            "for validation .*val' with 2 images.*validation' with 9 images",
        ),
        ({"train": 3, "Test": 9, "test": 2}, "for test .* 9 images.* 2 images"),
        ({"train": 3, "Train": 9}, "for train .* 9 images.* 3 images"),
        # A split that is none.
        ({"train": 3, "tests": 9}, "must only be .*tests' with 9 images"),
        ({"train": 3, "extra": 9, "test": 1}, "extra' with 9 images"),
    ],
)
def test_splits_that_cannot_be_told_are_refused_with_counts(
    tmp_path, folders, message
):
    for name, count in folders.items():
        fill(tmp_path, name, {"cat": count})
    with pytest.raises(ValueError, match=message):
        ClassTree.find(tmp_path, KIND)


def test_an_empty_folder_is_no_second_split(tmp_path):
    fill(tmp_path, "train", {"cat": 1})
    fill(tmp_path, "val", {"cat": 2})
    (tmp_path / "validation").mkdir()
    (tmp_path / "training").mkdir()
    tree = ClassTree.find(tmp_path, KIND)
    assert counts_of(tree, "validation") == {"cat": 2}
    assert counts_of(tree, "train") == {"cat": 1}


def test_an_empty_held_out_split_is_refused(tmp_path):
    fill(tmp_path, "train", {"cat": 1})
    make(tmp_path, "test/images.tar")
    with pytest.raises(ValueError, match="test' with 0 images"):
        ClassTree.find(tmp_path, KIND)


def test_unlabelled_images_are_left_out_only_if_a_split_is_left(tmp_path):
    fill(tmp_path, "train", {"cat": 1})
    make(tmp_path, *[f"test/{i}.png" for i in range(7)])
    with pytest.raises(ValueError, match="test' with 7 images, and none"):
        ClassTree.find(tmp_path, KIND)
    fill(tmp_path, "val", {"cat": 2})
    make(tmp_path, *[f"unlabeled/{i}.png" for i in range(9)])
    with pytest.warns(UserWarning, match="Left out") as warned:
        tree = ClassTree.find(tmp_path, KIND)
    message = str(warned[0].message)
    assert "test' with 7 images" in message
    assert "unlabeled' with 9 images" in message
    assert tree.splits == ("train", "validation")


def test_images_beside_the_class_folders_are_refused(tmp_path):
    fill(tmp_path, "train", {"cat": 1})
    make(tmp_path, "train/1.png", "train/2.png")
    with pytest.raises(ValueError, match="2 images that lie in no class"):
        ClassTree.find(tmp_path, KIND)
    fill(tmp_path, "flat", {"a": 1, "b": 1})
    make(tmp_path, "flat/1.png")
    with pytest.raises(ValueError, match="1 images that lie in no class"):
        ClassTree.find(tmp_path / "flat", KIND)


def test_a_split_among_classes_is_refused(tmp_path):
    fill(tmp_path, ".", {"cat": 3, "dog": 3, "test/cat": 2, "test/dog": 2})
    with pytest.raises(ValueError, match="'test' with 4 images in folders"):
        ClassTree.find(tmp_path, KIND)
    # The classes above the splits.
    fill(tmp_path, "above", {"cat": 1, "cat/test": 2, "cat/train": 2})
    with pytest.raises(ValueError, match="splits must be above the classes"):
        ClassTree.find(tmp_path / "above", KIND)


def test_other_folders_beside_class_folders_are_no_classes(tmp_path):
    fill(tmp_path, ".", {"cat": 3, "dog": 3})
    make(tmp_path, "runs/first/settings.json", "cache/table.json")
    tree = ClassTree.find(tmp_path, KIND)
    with pytest.warns(UserWarning, match="2 folders without images"):
        assert counts_of(tree, "train") == {"cat": 3, "dog": 3}
    # A picture of a run makes it no class.
    make(tmp_path, "runs/first/reliability.png")
    with pytest.raises(ValueError, match="'runs' with 1 images in folders"):
        ClassTree.find(tmp_path, KIND)
    fill(tmp_path / "other", "train", {"cat": 1})
    (tmp_path / "other" / "train" / "owl").mkdir()
    with pytest.raises(ValueError, match="1 class folders without any.*owl"):
        ClassTree.find(tmp_path / "other", KIND)


def test_faults_of_any_split_are_told_at_once(tmp_path):
    fill(tmp_path, "train", {"cat": 1})
    fill(tmp_path, "test", {"cat": 1})
    fill(tmp_path, "test", {"cat": 4}, ".webp")
    with pytest.raises(ValueError, match="test.*4 images of a kind"):
        ClassTree.find(tmp_path, KIND)


def test_classes_that_are_not_trained_are_refused_with_counts(tmp_path):
    fill(tmp_path, "train", {"Cat": 1, "dog": 1})
    fill(tmp_path, "test", {"cat": 5, "zebra": 6})
    with pytest.raises(ValueError, match="occur in the training") as why:
        ClassTree.find(tmp_path, KIND)
    message = str(why.value)
    assert "'cat' (5 images; there is 'Cat')" in message
    assert "'zebra' (6 images)" in message


def test_class_names_may_differ_in_case_alone(tmp_path):
    # As the letters of EMNIST do.
    fill(tmp_path, "train", {"a": 1, "A": 2})
    tree = ClassTree.find(tmp_path, KIND)
    assert tree.class_names == ("A", "a")
    assert counts_of(tree, "train") == {"a": 1, "A": 2}


def test_images_beside_the_splits_are_named(tmp_path):
    fill(tmp_path, "train", {"cat": 1})
    make(tmp_path, "overview.png", "notes.md")
    with pytest.warns(UserWarning, match=r"Left out.*overview\.png'\.$"):
        ClassTree.find(tmp_path, KIND)
