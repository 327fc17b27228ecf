"""Tests of tfmixup.datasets.encoded."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.datasets.damaged import DAMAGED
from tests.datasets.files import pixels
from tests.datasets.files import save
from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.encoded import reason_of
from tfmixup.datasets.examples import Examples


def flat(root, count=5):
    """Images of one color each and of several sizes: image i is 10 i."""
    return [
        save(
            root / f"{i}.png",
            np.full([20 + i, 30 - i, 3], 10 * i, np.uint8),
        )
        for i in range(count)
    ]


@pytest.fixture
def examples(tmp_path):
    return EncodedExamples.from_files(
        flat(tmp_path), [0, 1, 2, 0, 1], "abc", "flat", "train", (8, 6)
    )


def test_images_of_any_size_are_fetched_by_index(examples):
    images, labels = examples.fetch([3, 1])
    assert examples.image_shape == (8, 6, 3) and images.shape == (2, 8, 6, 3)
    assert images.dtype == tf.uint8
    assert np.unique(images[0]) == 30 and np.unique(images[1]) == 10
    assert labels.numpy().tolist() == [0, 1]


def test_the_default_size_is_that_of_imagenet(tmp_path):
    examples = EncodedExamples.from_files(flat(tmp_path, 1), [0], "a")
    assert examples.image_shape == (224, 224, 3)


def test_evaluation_sees_the_centre(tmp_path):
    # 64 wide: 56 of them are seen, from column 4 on.
    image = np.zeros([64, 64, 3], np.uint8)
    image[4:60, 4:60] = 200
    path = save(tmp_path / "centre.png", image)
    examples = EncodedExamples.from_files([path], [0], "a", image_size=(56, 56))
    assert np.unique(examples.fetch([0])[0]) == 200


def test_a_subset_is_of_the_same_kind_and_of_the_same_images(examples):
    part = examples.subset([4, 2], "part")
    assert isinstance(part, EncodedExamples) and part.source is examples.source
    assert part.rows.tolist() == [4, 2] and part.split == "part"
    images, labels = part.fetch([0, 1])
    assert images[:, 0, 0, 0].numpy().tolist() == [40, 20]
    assert labels.numpy().tolist() == part.labels_of([0, 1]).numpy().tolist()


def test_bytes_can_be_decoded_in_any_way(examples):
    lengths = examples.decode([1, 4], tf.strings.length)
    expected = [
        len(tf.io.read_file(examples.source._paths[i]).numpy()) for i in (1, 4)
    ]
    assert lengths.numpy().tolist() == expected


def test_in_memory_they_are_plain_examples(examples):
    kept = examples.in_memory()
    assert type(kept) is Examples
    np.testing.assert_array_equal(
        kept.fetch(range(5))[0], examples.fetch(range(5))[0]
    )


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_named_in_a_stream(tmp_path, content):
    good = save(tmp_path / "good.png", pixels(0))
    bad = tmp_path / "bad one.JPEG"
    bad.write_bytes(content)
    examples = EncodedExamples.from_files(
        [good, bad], [0, 0], "a", image_size=(4, 4)
    )
    stream = tf.data.Dataset.range(2).batch(2).map(examples.fetch)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="whole JPEG.*bad one.JPEG'"
    ):
        list(stream)
    assert reason_of(examples.source, 0) is None
    assert reason_of(examples.source, 1)


def test_an_image_that_claims_to_be_huge_is_refused_by_its_header(tmp_path):
    names = [name for name in DAMAGED if "60000x60000" in name]
    assert len(names) == 2
    for name in names:
        path = tmp_path / "huge.JPEG"
        path.write_bytes(DAMAGED[name])
        examples = EncodedExamples.from_files([path], [0], "a")
        reason = reason_of(examples.source, 0)
        assert "too large" in reason and "60000 60000" in reason


def test_a_file_that_went_away_is_named(tmp_path, examples):
    (tmp_path / "3.png").unlink()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"3\.png"):
        examples.fetch([2, 3])
    assert examples.fetch([2])[0].shape == (1, 8, 6, 3)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_jpeg_files_become_rgb(tmp_path, mode):
    image = Image.new("RGB", (40, 30), (200, 120, 40)).convert(mode)
    image.save(tmp_path / "image.JPEG", quality=95)
    examples = EncodedExamples.from_files(
        [tmp_path / "image.JPEG"], [0], "a", image_size=(8, 8)
    )
    expected = np.asarray(image.convert("RGB"))[0, 0].astype(int)
    # One flat color: JPEG at quality 95 and a CMYK formula stay within 4.
    assert np.abs(examples.fetch([0])[0].numpy() - expected).max() <= 4


def test_the_fingerprint_changes_with_a_file(tmp_path, examples):
    before = examples.source.fingerprint([0, 1])
    assert before == examples.source.fingerprint([0, 1])
    save(tmp_path / "2.png", pixels(1, 50, 50))
    assert before == examples.source.fingerprint([0, 1])
    save(tmp_path / "1.png", pixels(1, 50, 50))
    assert before != examples.source.fingerprint([0, 1])
    (tmp_path / "0.png").unlink()
    assert examples.source.fingerprint([0])[0][1] is None
