"""How diagrams get into files."""

import pathlib

import matplotlib

from tfmixup.files import new_file

__all__ = ["save"]

_SUFFIXES = (".png", ".svg", ".pdf")


def save(figure, path, dpi=150):
    """Writes a figure to files, each of which appears whole or not at all.

    The same figure gives the same bytes (with the same matplotlib).

    Args:
        figure: `matplotlib.figure.Figure`.
        path: str or path. If it ends in .png, .svg or .pdf, that file is
            written; otherwise two, with .png and .svg appended. Folders are
            made as needed; files of that name are replaced.
        dpi: number, dots per inch of a PNG.

    Returns:
        List of `pathlib.Path`, the files.

    Example:

    >>> import tempfile
    >>> from tfmixup.diagrams.canvas import new_panels
    >>> figure, _ = new_panels()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = save(figure, f"{folder}/alpha_0.3")
    >>> [file.name for file in files]
    ['alpha_0.3.png', 'alpha_0.3.svg']
    """
    path = pathlib.Path(path)
    files = [path]
    if path.suffix not in _SUFFIXES:
        files = [path.with_name(path.name + s) for s in (".png", ".svg")]
    for file in files:
        _save_one(figure, file, dpi)
    return files


def _save_one(figure, file, dpi):
    # The date of writing, and the random names inside an SVG, would make two
    # files of one figure differ.
    dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with (
        new_file(file) as part,
        matplotlib.rc_context({"svg.hashsalt": "tfmixup"}),
    ):
        figure.savefig(part, dpi=dpi, metadata=dates.get(file.suffix))
