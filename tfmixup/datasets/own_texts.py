"""Texts of one's own: class folders, a file for each class, or a table."""

import pathlib
import warnings

import numpy as np

from tfmixup.datasets.class_trees import ClassTree
from tfmixup.datasets.class_trees import files_of
from tfmixup.datasets.class_trees import TEXTS
from tfmixup.datasets.folder_scan import scan
from tfmixup.datasets.folder_scan import shown
from tfmixup.datasets.folder_scan import SPLIT_NAMES
from tfmixup.datasets.folder_scan import split_of
from tfmixup.datasets.folder_scan import visible_folders
from tfmixup.datasets.text_files import read_lines
from tfmixup.datasets.text_files import read_text
from tfmixup.datasets.text_tables import read_table
from tfmixup.datasets.text_tables import TABLES

__all__ = ["LAYOUTS", "OwnTexts"]

# What lies beside data, and is no class.
_NO_CLASSES = ("changelog", "license", "readme")
LAYOUTS = (
    "DIR/train/<class>/*.txt, a text a file; DIR/train/<class>.txt, a text a "
    "line; DIR/train.csv or .tsv with the columns `text` and `label`; each "
    "with `test` (and `validation`) beside `train`, or without splits: "
    "DIR/<class>/*.txt, DIR/<class>.txt, or one table"
)


class OwnTexts:
    """Texts in UTF-8 in one of three layouts, which `find` tells apart.

    - class folders: `DIR/<split>/<class>/*.txt`, a text a file;
    - a file for each class: `DIR/<split>/<class>.txt`, a text a line;
    - tables: `DIR/<split>.csv` or `.tsv`, with the columns `text` and `label`.

    Split folders and tables are called as `ClassFolders` says: `train`, and
    `test` and `validation` if there are such. Without splits: `DIR/<class>/`,
    `DIR/<class>.txt`, and one table of any name, in DIR or as `path` itself.
    Nothing is left out unsaid, as `ClassFolders` says.

    Args:
        parts: dict from split to (texts, names of their classes), lists of
            str.
        where: str, where they come from, for messages.

    Attributes:
        splits: names of the splits that are there; ("train",) without splits.
        class_names: tuple of str, in alphabetical order; whole numbers in
            theirs.

    Raises:
        ValueError: fewer than two classes; a text without anything in it; a
            class that the training split lacks.

    Example:

    >>> import tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "good.txt").write_text("What a film!\\nMarvellous.\\n")
    >>> _ = (folder / "bad.txt").write_text("What a bore.\\n")
    >>> source = OwnTexts.find(folder)
    >>> source.class_names, source.read("train")[0]
    (('bad', 'good'), ['What a bore.', 'What a film!', 'Marvellous.'])
    """

    def __init__(self, parts, where):
        self.splits = tuple(split for split in SPLIT_NAMES if split in parts)
        self._parts = parts
        if "train" not in parts:
            raise ValueError(
                "Texts need a training split, called 'train'. Received: "
                f"{', '.join(parts)} in {where!r}."
            )
        classes = set(parts["train"][1])
        if len(classes) < 2:
            raise ValueError(
                "Texts must be of two classes or more. Received: "
                f"{sorted(classes)} in the training split of {where!r}."
            )
        numbers = all(name.isdecimal() for name in classes)
        self.class_names = tuple(sorted(classes, key=int if numbers else str))
        for split in self.splits:
            texts, names = parts[split]
            unknown = sorted(set(names) - classes)
            if unknown:
                raise ValueError(
                    "Every class must occur in the training split. Received: "
                    f"{len(unknown)} in {split} of {where!r} that do not: "
                    f"{shown([repr(name) for name in unknown])}. The training "
                    f"split has {', '.join(self.class_names)}."
                )
            blank = sum(not text.strip() for text in texts)
            if blank:
                raise ValueError(
                    f"Each text must hold something. Received: {blank} of "
                    f"{len(texts)} in {split} of {where!r} that are blank. "
                    "Fill them, or remove them."
                )

    @classmethod
    def find(cls, path):
        """The texts at a path, or None where there are none.

        Args:
            path: a folder, or a CSV or TSV file.

        Returns:
            An `OwnTexts`, which has read them.

        Raises:
            ValueError: two layouts at once, splits that cannot be told, files
                that are refused; see `OwnTexts`.
        """
        path = pathlib.Path(path).expanduser()
        if path.is_file() and path.suffix.lower() in TABLES:
            return cls({"train": read_table(path)}, str(path))
        if not path.is_dir():
            return None
        parts = _parts_in(path)
        return cls(parts, str(path)) if parts else None

    def read(self, split):
        """The texts of a split.

        Args:
            split: one of `splits`.

        Returns:
            (list of str, int64 array of class indices).
        """
        texts, names = self._parts[split]
        labels = [self.class_names.index(name) for name in names]
        return texts, np.array(labels, np.int64)


def _parts_in(path):
    """{split: (texts, names of their classes)} of a folder, or None."""
    tables = files_of(path, TABLES)
    files = _split_folders_of_lines(path)
    tree = None if files else ClassTree.find(path, TEXTS)
    if tables and (files or tree):
        raise ValueError(
            "Texts must be in one layout. Received: both tables, "
            f"{shown([repr(str(each)) for each in tables])}, and folders of "
            f"texts in {str(path)!r}. Keep one of them."
        )
    loose = files_of(path, TEXTS.readable)
    if tables:
        _warn_of(loose, path, set())
        return _read_tables(tables)
    if files:
        _warn_of(loose, path, {*files.values()})
        return {split: _read_lines(folder) for split, folder in files.items()}
    if tree:
        return _read_tree(tree)
    if loose:
        return {"train": _read_lines(path)}
    return None


def _warn_of(files, path, read):
    """Says in a warning what texts and tables lie beside those that are read.

    Args:
        files: list of `pathlib.Path`.
        path: `pathlib.Path` of the folder.
        read: set of the folders in it that are read.
    """
    folders = [
        folder
        for folder in visible_folders(path)
        if folder not in read
        and (files_of(folder, TABLES) or scan(folder, TEXTS).count)
    ]
    if files or folders:
        told = [repr(str(each)) for each in [*files, *folders]]
        warnings.warn(
            f"Left out, since they lie beside the texts: {shown(told)}.",
            stacklevel=2,
        )


def _read_tables(tables):
    if len(tables) == 1 and split_of(tables[0].stem) is None:
        return {"train": read_table(tables[0])}
    found = {}
    for path in tables:
        split = split_of(path.stem)
        if split is None or split in found:
            raise ValueError(
                "Of several tables each must be called like a split of its "
                "own: train, validation or test. Received: "
                f"{', '.join(repr(str(each)) for each in tables)}. Rename "
                "them, or name one table alone."
            )
        found[split] = path
    return {split: read_table(path) for split, path in found.items()}


def _split_folders_of_lines(path):
    """{split: folder} where these hold files of lines, not class folders."""
    folders = {}
    for folder in visible_folders(path):
        texts = files_of(folder, TEXTS.readable)
        if not texts or any(scan(folder, TEXTS).classes.values()):
            continue
        split = split_of(folder.name)
        # Of class folders one may be called like a split.
        if split is None:
            return {}
        if split in folders:
            raise ValueError(
                f"A split must be one folder. Received: for {split} "
                f"{str(folders[split])!r} and {str(folder)!r}. Keep one."
            )
        folders[split] = folder
    return folders if "train" in folders else {}


def _read_lines(folder):
    """The lines of `<class>.txt` in a folder."""
    branch = scan(folder, TEXTS)
    branch.check(TEXTS.noun, in_classes=False)
    branch.warn(f"{TEXTS.noun} a line")
    texts, names = [], []
    for path in map(pathlib.Path, branch.loose):
        if path.stem.casefold() in _NO_CLASSES:
            raise ValueError(
                "Each .txt file is a class with its texts, a text a line. "
                f"Received: {str(path)!r}. Move it elsewhere."
            )
        lines = [line for _, line in read_lines(path, "utf-8")]
        texts += lines
        names += [path.stem] * len(lines)
    return texts, names


def _read_tree(tree):
    parts = {}
    for split in tree.splits:
        paths, labels = tree.files([split])
        texts = [read_text(path, "utf-8") for path in paths]
        parts[split] = (texts, [tree.class_names[label] for label in labels])
    return parts
