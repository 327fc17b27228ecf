"""Tests of tfmixup.datasets.catalog."""

import os
import pathlib
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from tests.datasets import fashion_mnist_test
from tests.datasets import stl10_test
from tests.datasets.files import class_folders
from tests.datasets.files import pixels
from tests.datasets.files import save
from tests.datasets.records_made import example
from tests.datasets.records_made import write
from tests.real_data import debians_fashion_mnist
from tests.real_data import unpack
from tfmixup.datasets import catalog
from tfmixup.datasets import DatasetNotAvailable
from tfmixup.datasets import EncodedExamples
from tfmixup.datasets import Examples
from tfmixup.datasets import fashion_mnist
from tfmixup.datasets import faulty_images
from tfmixup.datasets import load
from tfmixup.datasets import open_examples
from tfmixup.datasets import open_imagenet

REPOSITORY = pathlib.Path(__file__).parents[2]


def images_of(examples):
    """The images as a set of bytes; every test image is another one."""
    return {image.numpy().tobytes() for image, _ in examples.dataset()}


def test_the_digits_are_cut_into_sixty_twenty_and_twenty_percent():
    sizes = {
        split: len(open_examples("digits", split)) for split in catalog.SPLITS
    }
    assert sizes == {
        "train": 1078,
        "validation": 360,
        "test": 359,
        "train+validation": 1438,
    }


def test_the_digits_splits_hold_every_class_alike():
    for split in ("train", "validation", "test"):
        examples = open_examples("digits", split)
        counts = np.bincount(examples.labels)
        # The ten classes have 174 to 183 examples.
        assert counts.max() - counts.min() <= 8


@pytest.fixture(scope="module", params=["one", "two", "val", "three"])
def layout(request, tmp_path_factory):
    """Folders of one, two (of either name) and three official splits."""
    root = tmp_path_factory.mktemp(request.param)
    splits = {
        "one": {".": range(30)},
        "two": {"train": range(30), "test": range(30, 40)},
        "val": {"train": range(30), "val": range(30, 40)},
        "three": {"train": range(30), "val": range(30, 36),
                  "test": range(36, 40)},
    }  # fmt: skip
    for split, numbers in splits[request.param].items():
        for i in numbers:
            save(root / split / "abc"[i % 3] / f"{i}.png", pixels(i))
    return request.param, root


def test_splits_are_disjoint_and_complete(layout):
    kind, root = layout
    opened = {
        split: images_of(open_examples("folder", split, root))
        for split in catalog.SPLITS
    }
    sizes = [len(each) for each in opened.values()]
    assert (
        sizes
        == {
            "one": [18, 6, 6, 24],
            "two": [27, 3, 10, 30],
            "val": [27, 3, 10, 30],
            "three": [30, 6, 4, 36],
        }[kind]
    )
    train, validation, test, both = opened.values()
    assert not train & validation
    assert not both & test
    assert train | validation == both


def test_the_official_test_split_is_the_test_split(layout):
    kind, root = layout
    expected = {"two": range(30, 40), "val": range(30, 40),
                "three": range(36, 40)}  # fmt: skip
    if kind == "one":
        pytest.skip("has no official test split")
    test = open_examples("folder", "test", root)
    assert images_of(test) == {pixels(i).tobytes() for i in expected[kind]}
    assert test.split == "test"


def test_the_split_is_a_function_of_its_seed(layout):
    kind, root = layout
    one, again, other = (
        images_of(open_examples("folder", "validation", root, split_seed=seed))
        for seed in (1, 1, 2)
    )
    assert one == again
    assert (one != other) == (kind != "three")


def test_no_seed_moves_an_example_out_of_an_official_test_split(layout):
    kind, root = layout
    if kind == "one":
        pytest.skip("has no official test split")
    one, other = (
        images_of(open_examples("folder", "test", root, split_seed=seed))
        for seed in (1, 2)
    )
    assert one == other


def test_the_validation_fraction_is_of_the_training_examples(tmp_path):
    class_folders(tmp_path / "train", ["a", "b"], 20)
    class_folders(tmp_path / "test", ["a", "b"], 5)
    for fraction, size in ((0.1, 4), (0.25, 10), (0.5, 20)):
        validation = open_examples(
            "folder", "validation", tmp_path, validation_fraction=fraction
        )
        assert len(validation) == size
        assert np.bincount(validation.labels).tolist() == [size // 2] * 2


def test_a_limit_takes_a_stratified_part_and_limits_nest():
    whole = open_examples("digits", "train")
    large = open_examples("digits", "train", limit=400)
    small = open_examples("digits", "train", limit=100)
    assert (len(large), len(small)) == (400, 100)
    # Classes of 104 to 110 examples: every class rounds its tenth.
    counts = np.bincount(small.labels, minlength=10)
    assert counts.min() >= 9
    assert counts.max() <= 11
    assert images_of(small) <= images_of(large) <= images_of(whole)
    assert len(open_examples("digits", "train", limit=10**6)) == len(whole)


def test_load_gives_single_images_in_a_fixed_order():
    dataset = load("digits", "test")
    assert len(dataset) == 359
    image, label = dataset.element_spec
    assert (image.shape.as_list(), image.dtype) == ([8, 8, 1], tf.uint8)
    assert (label.shape.as_list(), label.dtype) == ([], tf.int64)
    first = [label for _, label in dataset.as_numpy_iterator()]
    assert first == [label for _, label in load("digits", "test")]


def test_small_folders_are_kept_in_memory_and_large_ones_are_read(
    tmp_path, monkeypatch
):
    class_folders(tmp_path, ["a", "b"], 10)
    kept = open_examples("folder", "train", tmp_path)
    assert kept.in_memory() is kept
    monkeypatch.setattr(catalog, "_KEPT_IN_MEMORY", 100)
    read = open_examples("folder", "train", tmp_path)
    assert read.in_memory() is not read
    assert images_of(read) == images_of(kept)


def test_a_damaged_file_is_named_when_the_folder_is_opened(tmp_path):
    class_folders(tmp_path, ["a", "b"], 10)
    bad = tmp_path / "b" / "003.png"
    bad.write_bytes(bad.read_bytes()[:-30])
    with pytest.raises(ValueError, match=r"whole JPEG or PNG.*b/003\.png"):
        for split in ("train", "validation", "test"):
            open_examples("folder", split, tmp_path)


def test_images_of_several_sizes_are_refused_with_the_way_out(tmp_path):
    class_folders(tmp_path, ["a"], 10, 8, 8)
    class_folders(tmp_path, ["b"], 10, 9, 8)
    with pytest.raises(ValueError, match=r"of 9x8. Set `image_size=\(height"):
        open_examples("folder", "train", tmp_path)
    examples = open_examples("folder", "train", tmp_path, image_size=(8, 8))
    assert examples.image_shape == (8, 8, 3)


@pytest.mark.parametrize("name", ["stl10", "fashion_mnist", "digits", "folder"])
def test_class_folders_are_read_under_any_name(tmp_path, name):
    class_folders(tmp_path, ["a", "b"], 10, 96, 96)
    examples = open_examples(name, "train", tmp_path)
    assert (examples.name, examples.num_classes) == (name, 2)
    assert examples.image_shape == (96, 96, 3)


def test_real_images_of_96_pixels_are_read_as_class_folders(tmp_path):
    unpack(
        "stl10_unlabeled_examples.tar",
        tmp_path,
        lambda name: name.startswith(("airplane/", "cat/", "dog/")),
    )
    sizes = [
        len(open_examples("stl10", split, tmp_path))
        for split in ("train", "validation", "test")
    ]
    assert sum(sizes) == len(list(tmp_path.rglob("*.png")))


def test_official_files_are_found_in_data_dir(tmp_path):
    (tmp_path / "fashion").mkdir()
    fashion_mnist_test.write_files(tmp_path / "fashion")
    stl10_test.write_files(tmp_path / "stl")
    fashion = open_examples("fashion_mnist", "test", tmp_path / "fashion")
    assert (len(fashion), fashion.image_shape) == (10, (28, 28, 1))
    stl = open_examples("stl10", "train+validation", str(tmp_path / "stl"))
    assert (len(stl), stl.image_shape) == (12, (96, 96, 3))


def test_debians_fashion_mnist_is_found_without_data_dir():
    debians_fashion_mnist()
    train = open_examples("fashion_mnist", "train")
    validation = open_examples("fashion_mnist", "validation")
    assert np.bincount(train.labels).tolist() == [5400] * 10
    assert np.bincount(validation.labels).tolist() == [600] * 10
    assert len(open_examples("fashion_mnist", "train+validation")) == 60_000


def test_a_prepared_tfds_set_is_found_with_and_without_data_dir(
    tmp_path, monkeypatch
):
    from tests.datasets import prepared_test

    images = prepared_test.images_of(30)
    prepared_test.prepare(tmp_path, "tiny", {"train": images})
    examples = open_examples("tiny", "train+validation", tmp_path)
    assert len(examples) == 24
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    assert len(open_examples("tiny", "test")) == 6
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", "/nowhere")
    with pytest.raises(DatasetNotAvailable, match=f"/nowhere; {tmp_path}"):
        open_examples("fashion_mnist", "test")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stl10", ["train_X.bin, train_y.bin", "tfds build stl10"]),
        ("fashion_mnist", ["t10k-labels-idx1", "apt install dataset-fashion"]),
        ("cifar10", ["cifar10/<version>/", "tools/stage_dataset cifar10"]),
        ("digits", ["omit data_dir"]),
        ("folder", ["DIR/train/<class>/", "Point data_dir"]),
    ],
)
@pytest.mark.parametrize("exists", [True, False])
def test_a_missing_set_names_what_is_missing_and_the_remedy(
    tmp_path, name, expected, exists
):
    data_dir = tmp_path / "data"
    if exists:
        data_dir.mkdir()
    with pytest.raises(DatasetNotAvailable) as caught:
        open_examples(name, "train", data_dir)
    message = str(caught.value)
    assert f"'{name}' is not on this machine" in message
    assert str(data_dir) in message
    for part in [*expected, *(["class folders"] if name != "digits" else [])]:
        assert part in message


def test_a_folder_without_data_dir_is_refused():
    with pytest.raises(DatasetNotAvailable, match="Pass data_dir, a folder of"):
        open_examples("folder", "train")


SCRIPT = """
import socket
def refuse(*args, **kwargs):
    raise AssertionError("the network was used")
socket.socket.connect = socket.create_connection = refuse
from tfmixup import datasets
try:
    datasets.load("cifar100", "train")
except datasets.DatasetNotAvailable as error:
    print(error)
"""


def test_a_missing_set_ends_at_once_in_one_line_without_network(tmp_path):
    start = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=REPOSITORY,
        env={"TFDS_DATA_DIR": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith("Data set 'cifar100' is not on this mach")
    assert "tfds build cifar100" in result.stdout
    # Importing TensorFlow is most of it: 3 s where this was written.
    assert time.monotonic() - start < 60


@pytest.mark.parametrize("split", ["training", "val", "", "test+train"])
def test_an_unknown_split_is_refused_with_the_known_ones(split):
    with pytest.raises(ValueError, match=r"one of train, validation.*Received"):
        open_examples("digits", split)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, float("nan")])
def test_a_validation_fraction_out_of_range_is_refused(fraction):
    with pytest.raises(ValueError, match="between 0 and 1.*train.validation"):
        open_examples("digits", "train", validation_fraction=fraction)


@pytest.mark.parametrize("limit", [0, -5])
def test_a_limit_below_one_is_refused(limit):
    with pytest.raises(ValueError, match=f"1 or more.*limit={limit}"):
        open_examples("digits", "train", limit=limit)


@pytest.mark.parametrize("name", ["folder", "image_folder", "my flowers"])
def test_images_of_ones_own_that_are_not_there_say_what_is_read(tmp_path, name):
    for data_dir in (None, tmp_path, tmp_path / "none"):
        with pytest.raises(DatasetNotAvailable, match=repr(name)) as why:
            open_examples(name, "train", data_dir)
        assert "class folders" in str(why.value)
        assert ("tfds build" in str(why.value)) == (name == "my flowers")


def test_paths_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    class_folders(tmp_path / "flowers", ["a", "b"], 10)
    assert len(open_examples("x", "train", "~/flowers")) == 12
    opened = open_imagenet("train", "~/flowers", (8, 8), cache_dir="~/cache")
    assert not faulty_images(opened, "~/cache")
    assert list((tmp_path / "cache").iterdir())
    path = "~/flowers/a/000.png"
    for made in (
        Examples.from_files([path], [0], ["a"]),
        EncodedExamples.from_files([path], [0], ["a"]),
    ):
        assert made.fetch([0])[0].shape[-1] == 3
    png = (tmp_path / "flowers" / "a" / "000.png").read_bytes()
    write(tmp_path / "shards" / "train-00000-of-00001", [example(png, 1)] * 9)
    opened = open_imagenet("test", "~/shards", cache_dir="~/cache")
    assert len(opened) == 2
    assert not (tmp_path / "~").exists()


OTHER_BACKEND = """
import sys
import numpy as np
from tfmixup import datasets
train = datasets.open_examples("digits", "train")
stream = datasets.training_stream(
    train, 16, 7, augment=datasets.augmentation("digits", train.image_shape)
)
images, labels = next(iter(stream))
print(images.shape, labels.dtype.name)
print(len(list(datasets.evaluation_batches(train, 256))))
print(datasets.digest_of(train)["examples"])
texts = datasets.open_texts("mine", sys.argv[1])
words = texts["train"].vocabulary
print(datasets.glove_embeddings(sys.argv[1] + "/vectors", words).shape)
"""


def test_data_sets_work_beside_other_backends_of_keras(tmp_path):
    for name in ("a", "b"):
        text = "".join(f"{name} {name}{i}\n" for i in range(9))
        (tmp_path / f"{name}.txt").write_text(text)
    (tmp_path / "vectors").write_text("a 1 2\nb 3 4\n")
    found = [
        subprocess.run(
            [sys.executable, "-c", OTHER_BACKEND, str(tmp_path)],
            env={**os.environ, "KERAS_BACKEND": backend},
            capture_output=True,
            text=True,
        )
        for backend in ("tensorflow", "jax")
    ]
    assert found[0].stdout == found[1].stdout, found[1].stderr
    assert found[1].stdout.splitlines()[0] == "(16, 8, 8, 1) int64"
    assert found[1].stdout.splitlines()[-1] == "(22, 2)"
