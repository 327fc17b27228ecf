"""A folder of class folders of images."""

import os
import pathlib

from tfmixup.datasets.examples import Examples

__all__ = ["ClassFolders"]

_READABLE = (".jpeg", ".jpg", ".png")
_UNREADABLE = (".bmp", ".gif", ".tif", ".tiff", ".webp")
_ALIASES = {
    "train": ("train",),
    "validation": ("validation", "val", "valid"),
    "test": ("test",),
}


class ClassFolders:
    """Images in `DIR/<split>/<class>/`, or `DIR/<class>/` without splits.

    Split folders are `train` (a must), `validation` (or `val`, `valid`) and
    `test`. Classes are the folders of the training split that hold a JPEG or
    PNG file, in alphabetical order; files are taken in alphabetical
    order of their path, so that no file system changes the order. Names that
    start with a dot are skipped.

    Args:
        path: the folder DIR.
        name: name of the data set, for messages and records.
        examples: `Examples`, or `EncodedExamples` for images that are too
            many to be decoded at once; what `open` gives.

    Attributes:
        splits: names of the splits that are there; ("train",) without split
            folders.

    Raises:
        ValueError: no class folders under `path`.

    Example:

    >>> import tempfile
    >>> ClassFolders(tempfile.mkdtemp())
    Traceback (most recent call last):
    ValueError: Expected class folders ... Received: ...
    """

    def __init__(self, path, name="folder", examples=Examples):
        self._name = name
        self._examples = examples
        self._folders, self._classes = _layout(pathlib.Path(path))
        self.splits = tuple(self._folders)
        if not self._classes:
            raise ValueError(
                "Expected class folders with images, DIR/train/<class>/ and "
                "DIR/test/<class>/ or DIR/<class>/. "
                f"Received: {str(path)!r}, which has none."
            )

    @classmethod
    def find(cls, path, name="folder", examples=Examples):
        """The class folders at a path, or None where there are none."""
        _, classes = _layout(pathlib.Path(path))
        return cls(path, name, examples) if classes else None

    def open(self, splits, image_size=None):
        """Opens the union of some splits.

        Args:
            splits: names from `self.splits`.
            image_size: (height, width) to cut and resize to, or None.

        Returns:
            `Examples` (see the argument `examples`) in the official order.

        Raises:
            ValueError: a class that the training split lacks; files of a kind
                that cannot be read; see `Examples.from_files`.
        """
        paths, labels = [], []
        for split in splits:
            for folder in _folders_in(self._folders[split]):
                files = _class_files(folder)
                if files and folder.name not in self._classes:
                    raise ValueError(
                        "Every class must occur in the training split. "
                        f"Received: {str(folder)!r}, no such folder in "
                        f"{str(self._folders['train'])!r}. Add training "
                        "images of the class, or remove the folder."
                    )
                paths += files
                if files:
                    label = self._classes.index(folder.name)
                    labels += [label] * len(files)
        return self._examples.from_files(
            paths,
            labels,
            self._classes,
            self._name,
            "+".join(splits),
            image_size,
        )


def _layout(path):
    """The folder of each split, and the names of the classes."""
    # A class may be called "train": only a folder of class folders is a split.
    folders = {"train": path}
    if any(_class_files(each) for each in _folders_in(path / "train")):
        folders = {
            split: path / alias
            for split, aliases in _ALIASES.items()
            for alias in aliases
            if _folders_in(path / alias)
        }
    classes = [
        each.name
        for each in _folders_in(folders["train"])
        if _class_files(each)
    ]
    return folders, classes


def _folders_in(path):
    if not path.is_dir():
        return []
    return sorted(
        each
        for each in path.iterdir()
        if not each.name.startswith(".") and each.is_dir()
    )


def _class_files(folder):
    files = []
    for name in sorted(os.listdir(folder)):
        suffix = os.path.splitext(name)[1].lower()
        if name.startswith("."):
            continue
        if suffix in _UNREADABLE:
            raise ValueError(
                f"Images must be {', '.join(_READABLE)} files. Received: "
                f"{os.path.join(folder, name)!r}. Convert it, or remove it."
            )
        if suffix in _READABLE:
            files.append(os.path.join(folder, name))
    return files
