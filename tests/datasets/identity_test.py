"""Tests of tfmixup.datasets.identity."""

import json
import os
import shutil

import numpy as np
import pytest

from tests.datasets.files import class_folders
from tests.datasets.files import pixels
from tests.datasets.files import save
from tests.datasets.records_made import example
from tests.datasets.records_made import write
from tfmixup.datasets import open_examples
from tfmixup.datasets import open_imagenet
from tfmixup.datasets import TextExamples
from tfmixup.datasets import Vocabulary
from tfmixup.datasets.class_folders import ClassFolders
from tfmixup.datasets.examples import Examples
from tfmixup.datasets.identity import digest_of
from tfmixup.datasets.identity import digest_of_file

FILES = "file names and sizes"


def differing(first, second):
    assert first.keys() == second.keys()
    return [name for name in first if first[name] != second[name]]


def made(images=None, labels=(0, 1, 1), names=("a", "b")):
    images = pixels(0, 3, 16).reshape(3, 4, 4, 3) if images is None else images
    return Examples.from_arrays(images, list(labels), names)


def test_each_part_of_the_data_has_a_name_of_its_own():
    usual = digest_of(made())
    assert usual["examples"] == 3 and usual["classes"] == 2
    assert json.loads(json.dumps(usual)) == usual
    images = pixels(0, 3, 16).reshape(3, 4, 4, 3)
    images[2, 3, 3, 2] ^= 1
    assert differing(usual, digest_of(made(images))) == ["pixels"]
    images = images[:, :, :2].reshape(3, 2, 4, 3)
    turned = images.reshape(3, 4, 2, 3)
    assert differing(digest_of(made(images)), digest_of(made(turned))) == [
        "pixels"
    ]
    other = digest_of(made(labels=(1, 0, 1)))
    assert differing(usual, other) == ["labels"]
    assert differing(usual, digest_of(made(names=("a", "c")))) == [
        "class names"
    ]
    # The names "a", "bc" and "ab", "c" are not the same.
    first, second = (
        digest_of(made(names=("a", "bc"))),
        digest_of(made(names=("ab", "c"))),
    )
    assert differing(first, second) == ["class names"]
    part = digest_of(made().subset([0, 1]))
    assert differing(usual, part) == ["examples", "labels", "pixels"]
    order = digest_of(made().subset([0, 2, 1]))
    assert differing(usual, order) == ["pixels"]


def test_data_that_moved_are_the_same_and_other_images_are_not(tmp_path):
    first = class_folders(tmp_path / "first", ["a", "b"], 3)
    moved = shutil.copytree(first, tmp_path / "elsewhere" / "moved")
    other = shutil.copytree(first, tmp_path / "other")
    # The same names, and as many bytes: noise cannot be compressed.
    save(other / "b" / "002.png", pixels(12345))

    def of(folder):
        return [
            digest_of(open_examples("folder", split, folder))
            for split in ("train+validation", "test")
        ]

    assert of(first) == of(moved)
    found = [
        differing(*both) for both in zip(of(first), of(other), strict=True)
    ]
    assert sorted(found) == [[], ["pixels"]]


@pytest.mark.parametrize("opening", ["files", "encoded"])
def test_files_that_are_not_in_memory_are_known_by_name_and_size(
    opening, tmp_path
):
    def of(folder):
        if opening == "encoded":
            return digest_of(open_imagenet("train", folder))
        return digest_of(ClassFolders(folder).open(["train"]))

    first = class_folders(tmp_path / "first" / "train", ["a", "b"], 3).parent
    usual = of(first)
    assert FILES in usual and "pixels" not in usual
    moved = shutil.copytree(first, tmp_path / "moved")
    assert of(moved) == usual
    link = tmp_path / "link"
    link.symlink_to(moved)
    assert of(link) == usual
    for name in "ab":
        for i in range(3):
            path = moved / "train" / name / f"{i:03}.png"
            save(path, np.zeros([8, 8, 3], np.uint8))
    assert differing(usual, of(moved)) == [FILES]
    shutil.rmtree(moved)
    shutil.copytree(first, moved)
    for name in "ab":
        for i in range(3):
            path = moved / "train" / name / f"{i:03}.png"
            os.rename(path, path.with_name(f"{i:04}.png"))
    assert differing(usual, of(moved)) == [FILES]


def test_records_are_known_by_shard_and_number(tmp_path):
    png = save(tmp_path / "0.png", pixels(0)).read_bytes()
    larger = save(tmp_path / "1.png", pixels(0, 9, 9)).read_bytes()

    def of(name, *images):
        path = tmp_path / name / "train-00000-of-00001"
        write(path, [example(image, 1) for image in images])
        opened = open_imagenet(
            "train", tmp_path / name, cache_dir=tmp_path / "cache"
        )
        return digest_of(opened)

    usual = of("first", *[png] * 10)
    assert of("moved", *[png] * 10) == usual
    assert differing(usual, of("other", *[larger] * 10)) == [FILES]


def test_texts_are_known_by_their_words():
    def of(texts, words=("good", "film")):
        vocabulary = Vocabulary(words)
        ids = vocabulary.encode(texts, length=3)
        return digest_of(TextExamples(ids, [0, 1], ["-", "+"], vocabulary))

    usual = of(["good film", "film"])
    assert list(usual)[-1] == "words" and "pixels" not in usual
    assert of(["good film", "film"]) == usual
    assert differing(usual, of(["good film", "good"])) == ["words"]
    # The same ids of other words.
    other = of(["bad film", "film"], ("bad", "film"))
    assert differing(usual, other) == ["words"]


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_bytes(bytes(3 * 2**20))
    second.write_bytes(bytes(3 * 2**20))
    assert digest_of_file(first) == digest_of_file("~/b.txt")
    second.write_bytes(bytes(3 * 2**20 - 1) + b"\1")
    found = digest_of_file(second)
    assert differing(digest_of_file(first), found) == ["content"]
    second.write_bytes(b"")
    assert digest_of_file(second)["bytes"] == 0
    with pytest.raises(FileNotFoundError):
        digest_of_file(tmp_path / "none")
