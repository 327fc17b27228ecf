"""A folder of class folders of images."""

import warnings

from PIL import Image

from tfmixup.datasets.class_trees import ClassTree
from tfmixup.datasets.class_trees import IMAGES
from tfmixup.datasets.examples import Examples

__all__ = ["ClassFolders"]

# So many files tell whether photographs were turned; all would take long.
_LOOKED_AT = 100
_ORIENTATION = 0x0112


class ClassFolders:
    """Images in `DIR/<split>/<class>/`, or `DIR/<class>/` without splits.

    Split folders are `train` or `training` (a must), `validation`, `val`,
    `valid` or `dev`, and `test` or `testing`, in any case of letters. Classes
    are the folders of the training split, in alphabetical order. Images are
    the JPEG and PNG files in them and in folders below them, in alphabetical
    order of their path, so that no file system changes the order; symbolic
    links are followed.

    No image is left out unsaid. Images of other formats, images outside of
    class folders, pipes, links that lead nowhere or in a loop, names that
    are no UTF-8, class folders without images, two folders for one split,
    and other folders of class folders beside the splits are refused, with
    names and counts. A warning names what else is passed over: files that are
    no images, hidden ones, and a folder without class folders beside the
    splits, such as a test split without labels. (What operating systems
    leave, such as `.DS_Store`, `._*`, `__MACOSX` and `Thumbs.db`, is not worth
    one.)

    Pixels are read as they are stored. A camera that was turned notes it in
    the EXIF data of a JPEG file, which are not looked at: if some of the
    first files ask to be turned, a warning says so. Turn the files
    themselves, e.g. with `mogrify -auto-orient` or PIL's
    `ImageOps.exif_transpose`.

    Args:
        path: the folder DIR.
        name: name of the data set, for messages and records.
        examples: `Examples`, or `EncodedExamples` for images that are too
            many to be decoded at once; what `open` gives.
        tree: `ClassTree` of the folder where it was read already.

    Attributes:
        splits: names of the splits that are there; ("train",) without split
            folders.

    Raises:
        ValueError: no class folders under `path`; what is refused.

    Example:

    >>> import tempfile
    >>> ClassFolders(tempfile.mkdtemp())
    Traceback (most recent call last):
    ValueError: Expected class folders ... Received: ...
    """

    def __init__(self, path, name="folder", examples=Examples, tree=None):
        self._name = name
        self._examples = examples
        self._tree = tree or ClassTree.find(path, IMAGES)
        if self._tree is None:
            raise ValueError(
                "Expected class folders with images, DIR/train/<class>/ and "
                "DIR/test/<class>/ or DIR/<class>/. "
                f"Received: {str(path)!r}, which has none."
            )
        self.splits = self._tree.splits

    @classmethod
    def find(cls, path, name="folder", examples=Examples):
        """The class folders at a path, or None where there are none."""
        tree = ClassTree.find(path, IMAGES)
        return tree and cls(path, name, examples, tree)

    def open(self, splits, image_size=None):
        """Opens the union of some splits.

        Args:
            splits: names from `self.splits`.
            image_size: (height, width) to cut and resize to, or None.

        Returns:
            `Examples` (see the argument `examples`) in the official order.

        Raises:
            ValueError: see `Examples.from_files`.
        """
        paths, labels = self._tree.files(splits)
        _say_if_turned(paths)
        return self._examples.from_files(
            paths,
            labels,
            self._tree.class_names,
            self._name,
            "+".join(splits),
            image_size,
        )


def _say_if_turned(paths):
    """Warns if files ask to be turned, of some all over the set."""
    some = paths[:: -(-len(paths) // _LOOKED_AT)]
    turned = [path for path in some if _orientation(path) > 1]
    if turned:
        warnings.warn(
            f"{len(turned)} of {len(some)} images that were looked at, such as "
            f"{turned[0]!r}, ask in their EXIF data to be turned. They are "
            "read as they are stored. Turn the files themselves if that "
            "matters.",
            stacklevel=3,
        )


def _orientation(path):
    """The EXIF orientation of a JPEG file, 1 for none."""
    try:
        with open(path, "rb") as file:
            if file.read(2) != b"\xff\xd8":
                return 1
            file.seek(0)
            with Image.open(file) as image:
                found = image.getexif().get(_ORIENTATION, 1)
                return found if isinstance(found, int) else 1
    except (OSError, ValueError, SyntaxError):
        # What is no image is said when it is read.
        return 1
