"""Tests of tfmixup.datasets.records."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.datasets.damaged import encoded
from tests.datasets.records_made import example
from tests.datasets.records_made import flip
from tests.datasets.records_made import write
from tfmixup.datasets.crops import RandomCrops
from tfmixup.datasets.record_index import RecordFields
from tfmixup.datasets.records import RecordShards
from tfmixup.datasets.streams import training_stream


def shades(count):
    """Records of flat grey PNG files; record i is 5 i, with label 1 + i % 3."""
    return [
        example(
            encoded(np.full([10 + i % 4, 12, 3], 5 * i, np.uint8), "PNG"),
            1 + i % 3,
        )
        for i in range(count)
    ]


def shards(root, count=20, of=3, alias="train"):
    made = shades(count)
    return [
        write(root / f"{alias}-{i:05}-of-{of:05}", made[i::of])
        for i in range(of)
    ]


def find(root, **options):
    return RecordShards.find(root, cache_dir=root / "cache", **options)


def test_records_are_fetched_by_index(tmp_path):
    shards(tmp_path)
    examples = find(tmp_path).open(["train"], (8, 8))
    assert len(examples) == 20 and examples.image_shape == (8, 8, 3)
    images, labels = examples.fetch([19, 0, 7])
    # File after file: 0, 3, ..., 18, then 1, 4, ..., 19, then 2, 5, ...
    order = [*range(0, 20, 3), *range(1, 20, 3), *range(2, 20, 3)]
    expected = [order[i] for i in (19, 0, 7)]
    assert images[:, 0, 0, 0].numpy().tolist() == [5 * i for i in expected]
    assert labels.numpy().tolist() == [i % 3 for i in expected]
    assert examples.class_names == ("n00000001", "n00000002", "n00000003")


def test_a_stream_is_shuffled_over_all_files_and_can_start_anywhere(tmp_path):
    shards(tmp_path)
    examples = find(tmp_path).open(["train"], (8, 8))
    fetch = RandomCrops(examples).fetch

    def batches(first_step, count):
        stream = training_stream(examples, 5, 1, None, first_step, fetch=fetch)
        return list(stream.take(count).as_numpy_iterator())

    unbroken = batches(0, 6)
    seen = [image[0, 0, 0] for images, _ in unbroken[:4] for image in images]
    assert sorted(seen) == [5 * i for i in range(20)] != seen
    for (x, y), (a, b) in zip(batches(3, 3), unbroken[3:], strict=True):
        np.testing.assert_array_equal(x, a)
        np.testing.assert_array_equal(y, b)


def test_splits_are_found_under_their_usual_names_and_in_folders(tmp_path):
    shards(tmp_path / "flat")
    shards(tmp_path / "flat", 5, 1, "validation")
    assert find(tmp_path / "flat").splits == ("train", "validation")
    shards(tmp_path / "deep" / "train")
    shards(tmp_path / "deep" / "val", 5, 1, "val")
    source = find(tmp_path / "deep")
    assert source.splits == ("train", "validation")
    assert len(source.open(["train", "validation"])) == 25
    write(tmp_path / "named" / "train.tfrecord", shades(4))
    write(tmp_path / "named" / "training_notes", shades(4))
    assert len(find(tmp_path / "named").open(["train"])) == 4


def test_a_folder_without_shards_is_none(tmp_path):
    shards(tmp_path, alias="validation")
    assert find(tmp_path) is None
    assert find(tmp_path / "nowhere") is None


def test_missing_shards_are_counted(tmp_path):
    shards(tmp_path, of=10)
    for i in (2, 9):
        (tmp_path / f"train-{i:05}-of-00010").unlink()
    with pytest.raises(ValueError, match="Received: 8 of 10 .*missing: 2, 9"):
        find(tmp_path)


def test_an_empty_shard_is_refused(tmp_path):
    shards(tmp_path)
    (tmp_path / "train-00001-of-00003").write_bytes(b"")
    with pytest.raises(ValueError, match="train-00001-of-00003', .*empty"):
        find(tmp_path).open(["train"])


def test_the_label_base_is_checked_against_the_labels(tmp_path):
    shards(tmp_path)
    wrong = find(tmp_path, fields=RecordFields(label_base=0))
    with pytest.raises(ValueError, match="label_base=0 and labels from 1 to 3"):
        wrong.open(["train"])


def test_an_evaluation_label_beyond_the_training_labels_is_refused(tmp_path):
    shards(tmp_path)
    write(tmp_path / "validation.tfrecord", [example(b"", 4)])
    with pytest.raises(ValueError, match=r"labels\[0\]=3"):
        find(tmp_path).open(["validation"])


def test_other_fields_can_be_read(tmp_path):
    fields = RecordFields("image", "label", 0, "")
    content = encoded(np.full([9, 9, 3], 77, np.uint8), "PNG")
    bytes_list = tf.train.BytesList(value=[content])
    record = tf.train.Example(
        features=tf.train.Features(
            feature={
                "image": tf.train.Feature(bytes_list=bytes_list),
                "label": tf.train.Feature(
                    int64_list=tf.train.Int64List(value=[0])
                ),
            }
        )
    )
    write(tmp_path / "train.tfrecord", [record.SerializeToString()])
    examples = find(tmp_path, fields=fields).open(["train"], (4, 4))
    assert examples.class_names == ("0",)
    assert np.unique(examples.fetch([0])[0]) == 77


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_what_is_damaged_after_the_index_was_made_is_named(tmp_path, damage):
    starts = shards(tmp_path)
    examples = find(tmp_path).open(["train"], (8, 8))
    path = tmp_path / "train-00001-of-00003"
    if damage == "flipped":
        flip(path, starts[1][2] + 40)
    else:
        path.write_bytes(path.read_bytes()[: starts[1][2] + 40])
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=r"train-00001-of-00003', record 2 \(counted from 0\)",
    ):
        examples.fetch(range(20))
    assert examples.fetch(range(9))[0].shape == (9, 8, 8, 3)


def test_a_record_whose_image_is_none_is_named(tmp_path):
    made = [*shades(3), example(b"<html>", 1)]
    write(tmp_path / "train.tfrecord", made)
    examples = find(tmp_path).open(["train"], (8, 8))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"train\.tfrecord', record 3"
    ):
        examples.fetch([0, 3])


def test_jpeg_and_png_records_can_be_in_one_file(tmp_path):
    image = np.full([32, 32, 3], 90, np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(image).convert("L").save(buffer, "JPEG")
    made = [example(buffer.getvalue(), 1), example(encoded(image, "PNG"), 1)]
    write(tmp_path / "train.tfrecord", made)
    images, _ = find(tmp_path).open(["train"], (8, 8)).fetch([0, 1])
    assert np.abs(images.numpy().astype(int) - 90).max() <= 1
