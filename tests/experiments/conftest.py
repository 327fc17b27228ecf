"""Real images and sentences for whole runs."""

import gzip
import shutil

import pytest

from tests.datasets.files import SHARED
from tests.datasets.files import unpack


@pytest.fixture(scope="session")
def cifar10(tmp_path_factory):
    """A folder of class folders: 30 CIFAR-10 images of each class and split."""
    return unpack(
        "cifar10_images.tar",
        tmp_path_factory.mktemp("cifar10"),
        lambda name: int(name[-8:-4]) < 30,
        whole=True,
    )


@pytest.fixture(scope="session")
def tiny_imagenet(tmp_path_factory):
    """Class folders named by wnid: 1,000 images of Tiny ImageNet's 200."""

    def wanted(name):
        number = name.rpartition("_")[2].removesuffix(".JPEG")
        return name.startswith("val/") and int(number) < 1000

    root = tmp_path_factory.mktemp("tiny_imagenet")
    return (
        unpack("tiny_imagenet_subset.tar.gz", root, wanted, whole=True) / "val"
    )


@pytest.fixture(scope="session")
def imagenet(tmp_path_factory):
    """1,000 real images of 1,000 classes."""
    root = tmp_path_factory.mktemp("imagenet")
    return unpack("imagenet_samples.tar", root, lambda name: True)


@pytest.fixture(scope="session")
def sentences(tmp_path_factory):
    """{name: where it is}: MR and TREC whole, some reviews of IMDB, GloVe."""
    root = tmp_path_factory.mktemp("sentences")
    unpack(
        "imdb_aclImdb.tar.gz",
        root,
        lambda name: name.rpartition("/")[2].startswith("10"),
        whole=True,
    )
    glove = root / "glove.6B.50d.txt"
    packed = SHARED / "glove" / "glove.6B.50d.subset.txt.gz"
    with gzip.open(packed) as source, glove.open("wb") as target:
        shutil.copyfileobj(source, target)
    return {
        "mr": SHARED / "mr",
        "trec": SHARED / "trec",
        "imdb_reviews": root / "aclImdb",
        "glove": glove,
    }
