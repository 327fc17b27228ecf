"""Folders of class folders, in which no file is left out unsaid."""

import collections
import pathlib
import warnings
from typing import NamedTuple

from tfmixup.datasets.folder_scan import scan
from tfmixup.datasets.folder_scan import shown
from tfmixup.datasets.folder_scan import SPLIT_NAMES
from tfmixup.datasets.folder_scan import split_of
from tfmixup.datasets.folder_scan import visible_folders

__all__ = ["IMAGES", "TEXTS", "ClassTree", "FileKind", "files_of"]


class FileKind(NamedTuple):
    """What kind of files are read.

    Attributes:
        noun: str, what they are called, in the plural.
        readable: suffixes, in lower case, of those that are read.
        unreadable: suffixes of those that would have to be converted.
    """

    noun: str
    readable: tuple
    unreadable: tuple = ()


IMAGES = FileKind(
    "images",
    (".jfif", ".jpe", ".jpeg", ".jpg", ".png"),
    (
        ".avif",
        ".bmp",
        ".dng",
        ".gif",
        ".heic",
        ".heif",
        ".ico",
        ".jp2",
        ".jxl",
        ".pbm",
        ".pgm",
        ".pnm",
        ".ppm",
        ".svg",
        ".tga",
        ".tif",
        ".tiff",
        ".webp",
    ),
)
TEXTS = FileKind(
    "texts",
    (".txt",),
    (".doc", ".docx", ".htm", ".html", ".md", ".odt", ".pdf", ".rtf"),
)


class ClassTree:
    """Files in `DIR/<split>/<class>/`, or `DIR/<class>/` without splits.

    Args:
        path: the folder DIR.
        branches: dict from split to `Branch`.
        kind: `FileKind`.

    Attributes:
        splits: tuple, those of "train", "validation" and "test" that are
            there; ("train",) without split folders.
        class_names: tuple, the class folders of the training split, in
            alphabetical order.

    Raises:
        ValueError: files that cannot be read, or that are in no class; a class
            folder without files, or of a class that the training split lacks.
            The message has names and counts.
    """

    def __init__(self, path, branches, kind):
        self._path = path
        self._branches = branches
        self._kind = kind
        self.splits = tuple(each for each in SPLIT_NAMES if each in branches)
        self.class_names = tuple(branches["train"].classes)
        for split in self.splits:
            branches[split].check(kind.noun)
            self._check_classes(branches[split])

    @classmethod
    def find(cls, path, kind):
        """The tree in a folder.

        Args:
            path: folder.
            kind: `FileKind`.

        Returns:
            A `ClassTree`; None where neither a folder of a training split
            with class folders is, nor a class folder with files.

        Raises:
            ValueError: folders that cannot be told to be splits or classes;
                see `ClassTree`.
        """
        path = pathlib.Path(path).expanduser()
        folders = visible_folders(path)
        trains = [
            branch
            for folder in folders
            if split_of(folder.name) == "train"
            and any((branch := scan(folder, kind)).classes.values())
        ]
        if trains:
            return cls(path, _branches(path, folders, trains, kind), kind)
        # Only here: below, every folder would be looked through.
        if not any(_holds(folder, kind) for folder in folders):
            return None
        branch = scan(path, kind)
        deep = [
            f"{name!r} with {len(files)} {kind.noun}"
            for name, files in branch.classes.items()
            if files and not _holds(path / name, kind)
        ]
        if deep:
            raise ValueError(
                "Without a folder of the training split, "
                f"{str(path / 'train')!r}, every class folder must hold "
                f"{kind.noun} itself. Received: {shown(deep)} in folders below "
                f"them, in {str(path)!r}. Move the class folders into 'train', "
                "or those folders elsewhere."
            )
        # Other folders may lie there, such as one of runs.
        branch.pass_empty(f"folders without {kind.noun}")
        return cls(path, {"train": branch}, kind)

    def files(self, splits):
        """The files of some splits, and their classes.

        What was passed over is said in a warning.

        Args:
            splits: names from `self.splits`.

        Returns:
            (paths, labels), lists of str and int, split after split, class
            after class, in alphabetical order of the path.
        """
        paths, labels = [], []
        for split in splits:
            branch = self._branches[split]
            branch.warn(self._kind.noun)
            for name, files in branch.classes.items():
                paths += files
                labels += [self.class_names.index(name)] * len(files)
        return paths, labels

    def _check_classes(self, branch):
        unknown = [
            f"{name!r} ({len(files)} {self._kind.noun}{self._similar(name)})"
            for name, files in branch.classes.items()
            if name not in self.class_names
        ]
        if unknown:
            train = self._branches["train"].path
            raise ValueError(
                "Every class must occur in the training split. Received: "
                f"{len(unknown)} of {str(branch.path)!r}, {shown(unknown)}: "
                f"no such folders in {str(train)!r}. Add training "
                f"{self._kind.noun} of them, or remove the folders."
            )

    def _similar(self, name):
        for known in self.class_names:
            if known.casefold() == name.casefold():
                return f"; there is {known!r}"
        return ""


def _holds(folder, kind):
    """Whether files of the kind lie in a folder itself."""
    return bool(files_of(folder, kind.readable + kind.unreadable))


def _branches(path, folders, trains, kind):
    """{split: Branch} of a folder that holds split folders."""
    known = {branch.path: branch for branch in trains}
    found = collections.defaultdict(list)
    for folder in folders:
        branch = known.get(folder) or scan(folder, kind)
        found[split_of(folder.name)].append(branch)
    strange = [each for each in found.pop(None, []) if each.count]
    labelled = [each for each in strange if any(each.classes.values())]
    if labelled:
        raise ValueError(
            f"Beside the training split {str(trains[0].path)!r} there must "
            f"only be the folders of other splits. Received: "
            f"{shown([each.told(kind.noun) for each in labelled])}. Call them "
            "'validation' or 'test', or move them elsewhere."
        )
    for split, branches in found.items():
        filled = [branch for branch in branches if branch.count]
        found[split] = branches = filled or branches[:1]
        if len(branches) > 1:
            raise ValueError(
                f"A split must be one folder. Received: for {split} "
                f"{shown([each.told(kind.noun) for each in branches])}, in "
                f"{str(path)!r}. Keep one, or call one of them 'test'."
            )
    held_out = {split: one for split, (one,) in found.items()}
    # Official test splits are often without labels.
    unlabelled = [
        split
        for split, branch in held_out.items()
        if branch.loose and not branch.classes
    ]
    rest = held_out.keys() - {"train", *unlabelled}
    empty = [split for split in rest if not held_out[split].count]
    lost = empty or ([] if rest else unlabelled)
    if lost:
        branch = held_out[lost[0]]
        raise ValueError(
            f"The {kind.noun} of a split must lie in class folders. Received: "
            f"{branch.told(kind.noun)}, and none of these in a class folder. "
            "Move them into class folders, or move the folder elsewhere."
        )
    passed = strange + [held_out.pop(split) for split in unlabelled]
    told = [each.told(kind.noun) for each in passed]
    suffixes = kind.readable + kind.unreadable
    told += [repr(str(file)) for file in files_of(path, suffixes)]
    if told:
        warnings.warn(
            f"Left out, since they lie in no class folder: {shown(told)}.",
            stacklevel=2,
        )
    return held_out


def files_of(path, suffixes):
    """The visible files with some suffixes that lie in a folder itself.

    Args:
        path: `pathlib.Path` of the folder.
        suffixes: tuple of str, in lower case.

    Returns:
        list of `pathlib.Path`, in alphabetical order.
    """
    return [
        each
        for each in sorted(path.iterdir())
        if each.suffix.lower() in suffixes
        and not each.name.startswith(".")
        and each.is_file()
    ]
