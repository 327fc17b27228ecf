"""STL-10 from its official binary files."""

import pathlib

import numpy as np

from tfmixup.datasets.examples import Examples

__all__ = ["FILES", "Stl10"]

FILES = ("train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin")
_CLASSES = (
    "airplane",
    "bird",
    "car",
    "cat",
    "deer",
    "dog",
    "horse",
    "monkey",
    "ship",
    "truck",
)
_IMAGE_BYTES = 3 * 96 * 96


class Stl10:
    """5,000 training and 8,000 test images, 96x96, RGB, 10 classes.

    Args:
        path: the folder of the four files, or the one that holds their folder
            `stl10_binary`.

    Attributes:
        splits: ("train", "test").

    Example:

    >>> Stl10.find("/no/such/folder") is None
    True

    Reference: Coates et al., 2011, https://cs.stanford.edu/~acoates/stl10
    """

    splits = ("train", "test")

    def __init__(self, path):
        self._path = pathlib.Path(path)

    @classmethod
    def find(cls, path):
        """The set in a folder, or None where a file is missing."""
        path = pathlib.Path(path).expanduser()
        for folder in (path, path / "stl10_binary"):
            if all((folder / name).is_file() for name in FILES):
                return cls(folder)
        return None

    def open(self, splits, image_size=None):
        """See `ClassFolders.open`; images keep their size."""
        if image_size is not None and tuple(image_size) != (96, 96):
            raise ValueError(
                "STL-10 is 96x96 and its binary files are not resized. "
                f"Received: image_size={tuple(image_size)}."
            )
        (split,) = splits
        pixels = np.fromfile(self._path / f"{split}_X.bin", np.uint8)
        labels = np.fromfile(self._path / f"{split}_y.bin", np.uint8)
        expected = len(labels) * _IMAGE_BYTES
        if len(pixels) != expected:
            raise ValueError(
                f"Expected {expected} bytes: {len(labels)} labels of "
                f"{split}_y.bin times {_IMAGE_BYTES} bytes an image. "
                f"Received: {str(self._path / split)}_X.bin of {len(pixels)} "
                f"bytes ({len(pixels) / _IMAGE_BYTES:.2f} images). Unpack or "
                "fetch the file again."
            )
        wrong = np.flatnonzero((labels < 1) | (labels > 10))
        if len(wrong):
            raise ValueError(
                "Labels of STL-10 must lie in 1..10. "
                f"Received: labels[{wrong[0]}]={labels[wrong[0]]} in "
                f"{str(self._path / split)}_y.bin."
            )
        # The files store one color after the other, each column by column.
        images = pixels.reshape(-1, 3, 96, 96).transpose(0, 3, 2, 1)
        return Examples.from_arrays(
            images, labels.astype(np.int64) - 1, _CLASSES, "stl10", split
        )
