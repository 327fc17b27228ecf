"""Files that the loaders' tests read: folders of images, real and made."""

import pathlib
import tarfile

import numpy as np
import pytest
from PIL import Image

SHARED = pathlib.Path(__file__).parents[2].parent / "shared" / "data"


def pixels(seed, height=8, width=8, channels=3):
    shape = (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def save(path, image, **options):
    """Saves uint8 [h, w, c] as the kind of file that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = image[..., 0] if image.shape[-1] == 1 else image
    Image.fromarray(image).save(path, **options)
    return path


def class_folders(root, classes, count, height=8, width=8):
    """PNG files `root/<class>/<i>.png`; image i of class c has seed 100c+i."""
    for index, name in enumerate(classes):
        for i in range(count):
            image = pixels(100 * index + i, height, width)
            save(root / name / f"{i:03}.png", image)
    return root


def unpack(archive, root, wanted, whole=False):
    """Unpacks the members of a shared archive that `wanted(name)` accepts.

    Unless the `whole` archive is searched, what comes before `train/` is.
    """
    path = SHARED / archive
    if not path.exists():
        pytest.skip(f"needs {archive} in the data folder beside the checkout")
    with tarfile.open(path) as tar:
        for member in tar:
            if not whole and member.name.startswith("train/"):
                break  # the names are sorted, and nothing of train is used
            if member.isfile() and wanted(member.name):
                target = root / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(tar.extractfile(member).read())
    return root
