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
