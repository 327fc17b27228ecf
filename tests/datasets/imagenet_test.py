"""Tests of tfmixup.datasets.imagenet."""

import numpy as np
import pytest

from tests.datasets.files import class_folders
from tests.datasets.prepared_test import images_of
from tests.datasets.prepared_test import prepare
from tests.datasets.records_test import shards
from tests.real_data import unpack
from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.errors import DatasetNotAvailable
from tfmixup.datasets.imagenet import open_imagenet

WNIDS = ["n01440764", "n01443537", "n02085620"]


def names(examples):
    return {examples.source.name_of(row) for row in examples.rows}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("folders")
    class_folders(root / "train", WNIDS, 50, 20, 30)
    class_folders(root / "val", WNIDS, 4)
    return root


def test_the_official_validation_split_is_the_test_split(folders):
    test = open_imagenet("test", folders, (8, 8))
    assert isinstance(test, EncodedExamples) and len(test) == 12
    assert test.class_names == tuple(WNIDS) and test.split == "test"
    assert all("/val/" in name for name in names(test))
    # 4 % of 150, two of each class.
    validation = open_imagenet("validation", folders, (8, 8))
    assert np.bincount(validation.labels).tolist() == [2, 2, 2]
    train = open_imagenet("train", folders, (8, 8))
    assert not names(validation) & names(train)
    both = open_imagenet("train+validation", folders, (8, 8))
    assert names(both) == names(train) | names(validation)
    assert len(both) == 150


def test_a_limit_takes_a_stratified_part(folders):
    train = open_imagenet("train", folders, (8, 8), limit=9)
    assert np.bincount(train.labels).tolist() == [3, 3, 3]
    assert train.fetch([0])[0].shape == (1, 8, 8, 3)


def test_real_class_folders_without_splits_are_cut(tmp_path):
    root = unpack("imagenet_samples_raw_100.tar", tmp_path, lambda name: True)
    splits = [
        open_imagenet(split, root, (32, 32))
        for split in ("train", "validation", "test")
    ]
    assert [len(each) for each in splits] == [77, 3, 20]
    assert len(set.union(*map(names, splits))) == 100
    assert {each.num_classes for each in splits} == {100}


def test_record_files_are_found(tmp_path):
    shards(tmp_path)
    shards(tmp_path, 5, 1, "validation")
    options = dict(image_size=(8, 8), cache_dir=tmp_path / "cache")
    test = open_imagenet("test", tmp_path, **options)
    assert len(test) == 5 and test.num_classes == 3
    assert "validation-00000-of-00001" in test.source.name_of(0)
    with pytest.raises(ValueError, match="label_base=0 and labels from 1"):
        open_imagenet("train", tmp_path, label_base=0, **options)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    images = [np.full([20, 20 + i % 3, 3], 4 * i, np.uint8) for i in range(60)]
    splits = {"train": images, "validation": images[:7], "test": images_of(3)}
    prepare(root, "imagenet2012", splits, (None, None, 3))
    return root


def test_what_tfds_prepared_is_read_by_index(prepared, tmp_path, monkeypatch):
    options = dict(image_size=(8, 8), cache_dir=tmp_path)
    both = open_imagenet("train+validation", prepared, **options)
    images, labels = both.fetch(range(60))
    shades = images[:, 0, 0, 0].numpy() // 4
    assert sorted(shades) == list(range(60))
    np.testing.assert_array_equal(labels, shades % 3)
    assert both.class_names == ("a", "b", "c")
    # The test split of TFDS has no labels: validation is evaluated.
    assert len(open_imagenet("test", prepared, **options)) == 7
    monkeypatch.setenv("TFDS_DATA_DIR", str(prepared))
    assert len(open_imagenet("test", None, **options)) == 7


def test_a_record_that_tfds_has_written_may_not_be_missing(prepared, tmp_path):
    import shutil

    root = tmp_path / "copy"
    shutil.copytree(prepared, root)
    (path,) = root.rglob("*validation.tfrecord*")
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little") + 16
    path.write_bytes(content[length:])  # A whole record less.
    with pytest.raises(ValueError, match="Expected 7 .*Received: 6 .*again"):
        open_imagenet("test", root, cache_dir=tmp_path)


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_what_is_not_there_is_said_with_the_way_to_get_it(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetNotAvailable) as caught:
        open_imagenet("train", tmp_path / folder)
    message = str(caught.value)
    for part in (
        str(tmp_path / folder),
        "train/<wnid>/*.JPEG",
        "train-00000-of-01024",
        "ILSVRC2012_img_train.tar",
        "downloads/manual",
        "tfds build imagenet2012",
    ):
        assert part in message
    assert ("no such folder" in message) == (folder == "nowhere")


def test_an_unknown_split_is_refused(folders):
    with pytest.raises(ValueError, match="must be one of.*Received: split='v"):
        open_imagenet("val", folders)
