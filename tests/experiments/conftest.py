"""Data for whole runs: made up, and real images where only these will do."""

import pytest

from tests.datasets import fashion_mnist_test
from tests.experiments import made_data
from tests.real_data import unpack

UNSEEN = [f"n1000{i:04}" for i in range(20)]
TABBY = "n02123045"  # A cat, which CIFAR-10 has.


@pytest.fixture(scope="session")
def cifar10(tmp_path_factory):
    """Class folders as of CIFAR-10: 30 images of each class and split."""
    root = tmp_path_factory.mktemp("cifar10")
    for seed, split in enumerate(("train", "test")):
        made_data.write_crops(
            root / split, made_data.CIFAR10, 30, 32, seed=seed
        )
    return root


@pytest.fixture(scope="session")
def strange(tmp_path_factory):
    """600 images of 20 classes that CIFAR-10 has not, and 30 of one it has."""
    root = tmp_path_factory.mktemp("strange")
    return made_data.write_crops(root, [*UNSEEN, TABBY], 30, 64, seed=2)


@pytest.fixture(scope="session")
def fashion_mnist(tmp_path_factory):
    """The official files of Fashion-MNIST, with fewer images, of noise."""
    root = tmp_path_factory.mktemp("fashion_mnist")
    fashion_mnist_test.write_files(root, train=1000, test=100)
    return root


@pytest.fixture(scope="session")
def imagenet(tmp_path_factory):
    """1,000 real images of 1,000 classes."""
    root = tmp_path_factory.mktemp("imagenet")
    return unpack("imagenet_samples.tar", root, lambda name: True)


@pytest.fixture(scope="session")
def sentences(tmp_path_factory):
    """{name: where it is}: MR, TREC, IMDB and vectors, small."""
    root = tmp_path_factory.mktemp("sentences")
    return {
        "mr": made_data.write_movie_reviews(root / "mr"),
        "trec": made_data.write_questions(root / "trec"),
        "imdb_reviews": made_data.write_long_reviews(root / "aclImdb"),
        "glove": made_data.write_vectors(root / "glove.6B.8d.txt"),
    }
