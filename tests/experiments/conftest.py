"""Real images for whole runs."""

import pytest

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
