"""Tests of tools/benchmark_input."""

import json

import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver

from tests.datasets.files import class_folders
from tests.datasets.files import save
from tests.tools.loading import loaded

NAMES = ("batch_size", "batches", "data_dir", "rounds")


@pytest.fixture(scope="module")
def benchmark():
    """The names of the tool; its flags leave with the last test."""
    with loaded("benchmark_input", NAMES) as names:
        flags.FLAGS["data_dir"].value = ""
        yield names


@pytest.fixture(scope="module")
def smooth(tmp_path_factory):
    """Smooth JPEG files, on which all ways to reduce agree."""
    root = tmp_path_factory.mktemp("smooth")
    ramp = np.add.outer(np.arange(300), np.arange(260)) // 3
    for i in range(4):
        image = np.stack([ramp, ramp[::-1], 200 - ramp], -1) + i
        save(root / "a" / f"{i}.jpg", image.astype(np.uint8), quality=98)
    return root


def test_every_variant_sees_the_same_windows(benchmark, smooth):
    encoded = benchmark["EncodedExamples"]
    examples = benchmark["ClassFolders"](smooth, examples=encoded).open(
        ["train"], (224, 224)
    )
    indices, key = tf.range(4, dtype=tf.int64), tf.constant([1, 2])
    ours, labels = benchmark["RandomCrops"](examples).fetch(indices, key)
    for antialias in (False, True):
        naive, same = benchmark["naive_fetch"](
            examples, antialias, indices, key
        )
        np.testing.assert_array_equal(labels, same)
        difference = np.abs(ours.numpy().astype(int) - naive.numpy())
        # Reduced by less than 2: the same up to rounding and the last pixels.
        assert difference.mean() < 1
        if not antialias:
            assert difference.max() <= 2


def test_speeds_and_ratios_are_printed(benchmark, tmp_path, capsys):
    folder = class_folders(tmp_path, ["a", "b"], 4, 40, 50)
    with flagsaver.flagsaver(
        data_dir=str(folder), batch_size=2, batches=2, rounds=2
    ):
        benchmark["main"]([])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(found) == 4
    assert found["tfmixup"][2:] == [1, 1]
    assert all(0 < value < np.inf for row in found.values() for value in row)
