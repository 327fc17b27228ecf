"""Tests of tfmixup.datasets.prepared, on small sets that TFDS prepares."""

import pathlib
import shutil

import numpy as np
import pytest

from tests.datasets.files import pixels
from tfmixup.datasets import prepared
from tfmixup.datasets.prepared import PreparedDataset

tfds = pytest.importorskip("tensorflow_datasets")


def prepare(root, name, splits, shape=(8, 8, 3), encoding="png", text=False):
    """Prepares {split: images} with label i % 3 for image i."""
    features = {
        "image": tfds.features.Image(shape=shape, encoding_format=encoding),
        "label": tfds.features.ClassLabel(names=["a", "b", "c"]),
    }
    if text:
        features["image"] = tfds.features.Text()

    def examples(images):
        return [
            (i, {"image": "text" if text else image, "label": i % 3})
            for i, image in enumerate(images)
        ]

    tfds.disable_progress_bar()
    builder = tfds.dataset_builders.AdhocBuilder(
        name=name,
        version="1.0.0",
        features=tfds.features.FeaturesDict(features),
        split_datasets={k: examples(v) for k, v in splits.items()},
        data_dir=root,
        file_format="tfrecord",
    )
    builder.download_and_prepare()
    return pathlib.Path(builder.data_path)


def images_of(count, shape=(8, 8, 3)):
    return [pixels(i, *shape) for i in range(count)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    prepare(root, "tiny", {"train": images_of(300), "test": images_of(7)})
    return root


def as_multiset(images, labels):
    pairs = zip(np.asarray(images), np.asarray(labels), strict=True)
    return sorted((image.tobytes(), int(label)) for image, label in pairs)


def test_every_example_is_read_with_its_label(tiny):
    source = PreparedDataset.find(tiny, "tiny")
    assert source.splits == ("train", "test")
    examples = source.open(["train"])
    assert examples.class_names == ("a", "b", "c")
    # TFDS shuffles what it prepares, by a rule of its own.
    assert as_multiset(*examples.fetch(range(300))) == as_multiset(
        images_of(300), np.arange(300) % 3
    )


def test_the_order_is_always_the_same(tiny):
    first, second = (
        PreparedDataset.find(tiny, "tiny").open(["train"]).labels
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_the_newest_version_is_taken(tiny, tmp_path):
    for version in ("1.0.0", "1.10.0", "1.9.0", "broken"):
        shutil.copytree(tiny / "tiny" / "1.0.0", tmp_path / "tiny" / version)
    source = PreparedDataset.find(tmp_path, "tiny")
    assert pathlib.Path(source._path).name == "1.10.0"


def test_a_set_that_was_not_prepared_is_not_found(tiny):
    assert PreparedDataset.find(tiny, "stl10") is None
    assert PreparedDataset.find(tiny / "nowhere", "tiny") is None


def test_images_of_several_sizes_need_a_size(tmp_path):
    images = [pixels(0, 8, 8), pixels(1, 10, 12), pixels(2, 6, 6)]
    prepare(tmp_path, "ragged", {"train": images}, (None, None, 3), "jpeg")
    source = PreparedDataset.find(tmp_path, "ragged")
    with pytest.raises(ValueError, match=r"several sizes.*image_size=\(height"):
        source.open(["train"])
    assert source.open(["train"], (4, 5)).image_shape == (4, 5, 3)


def test_a_set_over_the_memory_limit_is_refused(tiny, monkeypatch):
    monkeypatch.setattr(prepared, "_MEMORY_LIMIT", 1000)
    message = r"at most 8 GiB.*\(300, 8, 8, 3\).*class folders"
    with pytest.raises(ValueError, match=message):
        PreparedDataset.find(tiny, "tiny").open(["train"])


def test_a_set_without_images_is_refused(tmp_path):
    prepare(tmp_path, "words", {"train": images_of(3)}, text=True)
    with pytest.raises(ValueError, match="Only image classification.*words"):
        PreparedDataset.find(tmp_path, "words")


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_record_file_is_refused_with_its_place(
    tiny, tmp_path, damage
):
    shutil.copytree(tiny, tmp_path, dirs_exist_ok=True)
    (path,) = (tmp_path / "tiny" / "1.0.0").glob("*train.tfrecord*")
    content = bytearray(path.read_bytes())
    if damage == "truncated":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content[len(content) // 2] ^= 1
    else:
        content = b""
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"train.*1\.0\.0.*Prepare.*again"):
        PreparedDataset.find(tmp_path, "tiny").open(["train"])


def test_the_default_folder_is_that_of_tfds(monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", "/somewhere")
    assert prepared.default_folder() == pathlib.Path("/somewhere")
    monkeypatch.delenv("TFDS_DATA_DIR")
    home = pathlib.Path.home()
    assert prepared.default_folder() == home / "tensorflow_datasets"
