"""Fashion-MNIST from its four official files."""

import gzip
import pathlib
import zlib

import numpy as np

from tfmixup.datasets.examples import Examples

__all__ = ["DEBIAN_FOLDER", "FILES", "FashionMnist", "read_idx"]

# Where Debian's package `dataset-fashion-mnist` puts the files.
DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist"
FILES = tuple(
    f"{split}-{kind}-ubyte.gz"
    for split in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
)
_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


class FashionMnist:
    """60,000 training and 10,000 test images, 28x28, grey, 10 classes.

    Args:
        path: the folder of the four `.gz` files.

    Attributes:
        splits: ("train", "test").

    Example:

    >>> FashionMnist.find("/no/such/folder") is None
    True

    Reference: Xiao et al., 2017, https://arxiv.org/abs/1708.07747
    """

    splits = ("train", "test")

    def __init__(self, path):
        self._path = pathlib.Path(path)

    @classmethod
    def find(cls, path):
        """The set in a folder, or None where a file is missing."""
        path = pathlib.Path(path).expanduser()
        if all((path / name).is_file() for name in FILES):
            return cls(path)
        return None

    def open(self, splits, image_size=None):
        """See `ClassFolders.open`; images keep their size."""
        if image_size is not None and tuple(image_size) != (28, 28):
            raise ValueError(
                "Fashion-MNIST is 28x28 and is not resized. "
                f"Received: image_size={tuple(image_size)}."
            )
        (split,) = splits
        prefix = {"train": "train", "test": "t10k"}[split]
        images = read_idx(self._path / f"{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(self._path / f"{prefix}-labels-idx1-ubyte.gz")
        return Examples.from_arrays(
            images[..., None], labels, _CLASSES, "fashion_mnist", split
        )


def read_idx(path):
    """Reads a gzipped IDX file of unsigned bytes.

    Args:
        path: the file.

    Returns:
        uint8 array of the shape that the file's header gives.

    Raises:
        ValueError: a damaged file, with its name and the sizes.

    Example:

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".gz") as file:
    ...     data = bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])
    ...     _ = file.write(gzip.compress(data))
    ...     file.flush()
    ...     read_idx(file.name).tolist()
    [7, 9]
    """
    try:
        with gzip.open(path) as file:
            data = file.read()
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(
            "Expected a whole gzip file. "
            f"Received: {str(path)!r} ({error}). Fetch the file again."
        ) from None
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise ValueError(
            "Expected an IDX file of unsigned bytes (it begins with 00 00 08). "
            f"Received: {str(path)!r}, which begins with {data[:4].hex(' ')}."
        )
    start = 4 + 4 * data[3]
    shape = np.frombuffer(data[4:start].ljust(start - 4, b"\0"), ">u4")
    expected = start + int(np.prod(shape, dtype=np.int64))
    if len(data) != expected:
        raise ValueError(
            f"Expected {expected} bytes by its header in the unpacked file. "
            f"Received: {str(path)!r} of {len(data)} bytes. Fetch the file "
            "again."
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
