"""Real images for whole runs."""

import tarfile

import pytest

from tests.datasets.files import SHARED


@pytest.fixture(scope="session")
def cifar10(tmp_path_factory):
    """A folder of class folders: 30 CIFAR-10 images of each class and split."""
    archive = SHARED / "cifar10_images.tar"
    if not archive.exists():
        pytest.skip(f"needs {archive.name} in the data folder")
    root = tmp_path_factory.mktemp("cifar10")
    with tarfile.open(archive) as tar:
        members = [
            member
            for member in tar
            if member.isfile() and int(member.name[-8:-4]) < 30
        ]
        tar.extractall(root, members, filter="data")
    return root


@pytest.fixture(scope="session")
def tiny_imagenet(tmp_path_factory):
    """Class folders named by wnid: 1,000 images of Tiny ImageNet's 200."""
    archive = SHARED / "tiny_imagenet_subset.tar.gz"
    if not archive.exists():
        pytest.skip(f"needs {archive.name} in the data folder")
    root = tmp_path_factory.mktemp("tiny_imagenet")
    with tarfile.open(archive) as tar:
        members = [
            member
            for member in tar
            if member.isfile()
            and member.name.startswith("val/")
            and int(member.name.rpartition("_")[2].removesuffix(".JPEG")) < 1000
        ]
        tar.extractall(root, members, filter="data")
    return root / "val"
