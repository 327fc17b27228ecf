"""Looks through a folder, and remembers everything that it passes over."""

import collections
import os
import pathlib
import warnings

__all__ = [
    "Branch",
    "SPLIT_NAMES",
    "scan",
    "shown",
    "split_of",
    "visible_folders",
]

# What the folder (or file) of a split may be called, in any case of letters.
SPLIT_NAMES = {
    "train": ("train", "training"),
    "validation": ("validation", "val", "valid", "dev"),
    "test": ("test", "testing"),
}

# What operating systems leave beside the files of their users.
_LITTER = ("__macosx", ".ds_store", "desktop.ini", "thumbs.db")
_SHOWN = 3
# Why files end a run, in the order in which it is told.
_FAULTS = {
    "kind": "{noun} of a kind that cannot be read: convert or remove them",
    "loose": "{noun} that lie in no class folder: move them into one",
    "empty": "class folders without any {noun}: fill or remove them",
    "split": "folders in a class folder that are called like a split: the "
    "splits must be above the classes",
    "special": "pipes, sockets or devices: remove them",
    "nowhere": "links that lead nowhere: mend or remove them",
    "loop": "links that lead back to a folder above them: remove them",
    "name": "names that are no UTF-8: rename them",
}


def split_of(name):
    """The split that a folder of this name is, or None.

    Example:

    >>> split_of("Val"), split_of("cats")
    ('validation', None)
    """
    for split, names in SPLIT_NAMES.items():
        if name.casefold() in names:
            return split
    return None


class Branch:
    """What lies in a folder of class folders.

    Args:
        path: `pathlib.Path` of the folder.

    Attributes:
        classes: dict from the name of each class folder to the paths of its
            files, at any depth, both in alphabetical order.
        loose: paths of files that lie in `path` itself.
    """

    def __init__(self, path):
        self.path = path
        self.classes = {}
        self.loose = []
        self._faults = collections.defaultdict(list)
        self._passed = collections.defaultdict(list)

    @property
    def count(self):
        """The number of files of the kind that was looked for."""
        inside = sum(map(len, self.classes.values()))
        return inside + len(self.loose) + len(self._faults["kind"])

    def told(self, noun):
        """Name and count, for messages."""
        return f"{str(self.path)!r} with {self.count} {noun}"

    def fault(self, why, path):
        """Remembers a path that cannot be accepted."""
        self._faults[why].append(path)

    def passed(self, what, path):
        """Remembers a path that is passed over."""
        self._passed[what].append(path)

    def pass_empty(self, what):
        """Passes over class folders that hold nothing, and remembers them."""
        for path in self._empty():
            self.passed(what, path)
            del self.classes[os.path.basename(path)]

    def check(self, noun, in_classes=True):
        """Raises ValueError if anything cannot be accepted, with counts.

        Args:
            noun: str, what the files are called.
            in_classes: whether they have to lie in class folders.
        """
        faults = dict(self._faults)
        if in_classes:
            faults["loose"] = self.loose
            faults["empty"] = self._empty()
        told = [
            f"{len(faults[why])} {text.format(noun=noun)} ("
            f"{_suffixes(faults[why]) if why == 'kind' else ''}"
            f"{shown([repr(path) for path in faults[why]])})"
            for why, text in _FAULTS.items()
            if faults.get(why)
        ]
        if told:
            raise ValueError(
                f"Each file in {str(self.path)!r} must be read, and none may "
                f"be left out unsaid. Received: {'; '.join(told)}."
            )

    def warn(self, noun):
        """Says in a warning what was passed over, if anything was."""
        if self._passed:
            told = [
                f"{len(paths)} {what} ({shown([repr(paths[0])])})"
                for what, paths in sorted(self._passed.items())
            ]
            warnings.warn(
                f"Of {str(self.path)!r} only {noun} are read. Left out: "
                f"{', '.join(told)}.",
                stacklevel=2,
            )

    def _empty(self):
        return [
            os.path.join(self.path, name)
            for name, files in self.classes.items()
            if not files and not self._explained(name)
        ]

    def _explained(self, name):
        """Whether it is told already why a class folder has no files."""
        start = os.path.join(self.path, name)
        return any(
            path == start or path.startswith(start + os.sep)
            for why, paths in self._faults.items()
            for path in paths
        )


def scan(path, kind, only=None):
    """Looks through a folder of class folders.

    Symbolic links are followed, and hidden names passed over.

    Args:
        path: folder.
        kind: `FileKind`.
        only: names of the class folders; None for all that are there.

    Returns:
        `Branch`.

    Raises:
        OSError: a folder that cannot be read.

    Example:

    >>> import tempfile
    >>> from tfmixup.datasets.class_trees import FileKind
    >>> root = pathlib.Path(tempfile.mkdtemp())
    >>> (root / "cats").mkdir()
    >>> _ = (root / "cats" / "1.png").write_bytes(b"")
    >>> [*scan(root, FileKind("images", (".png",))).classes]
    ['cats']
    """
    branch = Branch(pathlib.Path(path))
    above = (_place(path),)
    for entry in _entries(path):
        if only is not None and entry.name not in only:
            continue
        what = _look(entry, branch, kind, above)
        if what == "file":
            branch.loose.append(entry.path)
        elif what == "folder":
            files = []
            _walk(entry.path, branch, kind, above, files)
            branch.classes[entry.name] = sorted(files)
    return branch


def _walk(path, branch, kind, above, files):
    above = (*above, _place(path))
    for entry in _entries(path):
        what = _look(entry, branch, kind, above)
        if what == "file":
            files.append(entry.path)
        elif what == "folder" and split_of(entry.name):
            branch.fault("split", entry.path)
        elif what == "folder":
            _walk(entry.path, branch, kind, above, files)


def _look(entry, branch, kind, above):
    """ "file", "folder", or None for what is remembered in the branch."""
    name = entry.name
    if name.lower() in _LITTER or name.startswith("._"):
        return None
    if name.startswith("."):
        branch.passed("hidden files or folders", entry.path)
        return None
    if not _is_utf8(name):
        branch.fault("name", entry.path)
        return None
    try:
        if entry.is_dir():
            if entry.is_symlink() and _place(entry.path) in above:
                branch.fault("loop", entry.path)
                return None
            return "folder"
        is_file, exists = entry.is_file(), os.path.exists(entry.path)
    except OSError:
        # A link to itself.
        is_file = exists = False
    if not is_file:
        branch.fault("special" if exists else "nowhere", entry.path)
        return None
    suffix = os.path.splitext(name)[1].lower()
    if suffix in kind.readable:
        return "file"
    if suffix in kind.unreadable:
        branch.fault("kind", entry.path)
    else:
        branch.passed(f"{suffix or 'other'} files", entry.path)
    return None


def visible_folders(path):
    """The folders in a folder, in alphabetical order, without hidden ones.

    Args:
        path: folder; where there is none, nothing is found.

    Returns:
        list of `pathlib.Path`.
    """
    if not os.path.isdir(path):
        return []
    return [
        pathlib.Path(entry.path)
        for entry in _entries(path)
        if not entry.name.startswith(".")
        and entry.name.lower() not in _LITTER
        and os.path.isdir(entry.path)
    ]


def shown(names):
    """The first of some names, and how many more there are.

    Example:

    >>> shown(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _suffixes(paths):
    counts = collections.Counter(
        os.path.splitext(path)[1].lower() for path in paths
    )
    return ", ".join(
        f"{count} {suffix}" for suffix, count in counts.items()
    ) + (": ")


def _entries(path):
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _place(path):
    state = os.stat(path)
    return state.st_dev, state.st_ino


def _is_utf8(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
