"""A table with the rows of each epoch, which a full disk does not lose."""

import csv
import io
import pathlib
import warnings

import numpy as np
import pandas as pd

from tfmixup.files import new_file

__all__ = ["EpochTable", "as_cell"]


# More values than this are no cell that anyone reads.
_LARGEST_CELL = 1000


class EpochTable:
    """Rows of epochs, kept in memory and written whole as a CSV file.

    A file that cannot be written is a warning; the rows that it lacks are in
    the next one that can.

    Args:
        path: str or path of the file.

    Example:

    >>> import tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "history.csv"
    >>> table = EpochTable(path)
    >>> table.put(0, [{"loss": 0.5}])
    >>> table.write()
    >>> path.read_text(encoding="utf-8")
    'epoch,loss\\n0,0.5\\n'
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.rows = []
        self._written = True

    def put(self, epoch, rows):
        """Puts the rows of an epoch behind those of the epochs before it.

        Args:
            epoch: int; rows of this and of later epochs are forgotten, since
                a training that resumes repeats epochs.
            rows: list of dicts from column to number, str or None.
        """
        before = [row for row in self.rows if row["epoch"] < epoch]
        # First in the table, and not what a log of that name says.
        now = {"epoch": epoch}
        self.rows = [*before, *(now | row | now for row in rows)]

    def read(self, epoch):
        """Takes the rows of earlier epochs from the file, if it is there.

        Args:
            epoch: int, that a training begins at.

        Raises:
            ValueError: if the file is damaged.
        """
        if not self.path.exists():
            return
        try:
            text = self.path.read_text(encoding="utf-8")
            rows = list(csv.DictReader(io.StringIO(text), strict=True))
            # Not by pandas, which older ones read floats with a bit off.
            rows = [
                {name: _value(cell) for name, cell in row.items()}
                for row in rows
            ]
            before = [row for row in rows if row["epoch"] < epoch]
            epochs = list(dict.fromkeys(row["epoch"] for row in before))
            fault = None
            if not text.endswith("\n") or None in {
                *rows[-1],
                *rows[-1].values(),
            }:
                fault = "its last row is cut"
            elif epochs and epochs != list(range(epochs[0], epoch)):
                fault = f"it holds the epochs {epochs}"
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            csv.Error,
        ) as error:
            fault = f"{type(error).__name__}: {error}"
        if fault:
            raise ValueError(
                f"{self.path} cannot be gone on with at epoch {epoch}: it is "
                f"damaged ({fault}). Remove that file, and the table begins "
                "with this epoch; or pass another directory."
            )
        self.rows = before

    def write(self):
        """Writes all rows; a failure is a warning."""
        if not self.rows:
            return
        try:
            with new_file(self.path) as temporary:
                pd.DataFrame(self.rows).to_csv(
                    temporary, index=False, encoding="utf-8"
                )
            self._written = True
        except OSError as error:
            if self._written:
                warnings.warn(
                    f"{self.path} cannot be written "
                    f"({error.strerror or error}). The training goes "
                    "on, and the rows are written after a later epoch, when "
                    "there is room.",
                    RuntimeWarning,
                    stacklevel=3,
                )
            self._written = False


def _value(cell):
    """What was written as a cell: int, float, str or, if empty, NaN."""
    for kind in (int, float):
        try:
            return kind(cell or "nan")
        except ValueError:
            pass
    return cell


def as_cell(value):
    """A logged value as a cell of a table.

    Args:
        value: number, array, tensor, text, None or any object.

    Returns:
        int, float, bool, str or None. Arrays of several values are text, such
        as "[0.5, 0.25]".

    Example:

    >>> as_cell(np.float32(0.5)), as_cell(np.array([0.5, 0.25]))
    (0.5, '[0.5, 0.25]')
    >>> as_cell("cosine"), as_cell(None)
    ('cosine', None)
    """
    if value is None or isinstance(value, str):
        return value
    try:
        # A tensor of one bfloat16 is no array to NumPy; its value is.
        array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
        if array.dtype.kind == "V":
            array = array.astype("float32")
    except (TypeError, ValueError, NotImplementedError):
        return str(value)
    if array.dtype.kind not in "biuf":
        return str(value)
    if array.size > _LARGEST_CELL:
        return f"array of shape {array.shape}"
    return array.item() if array.size == 1 else str(array.tolist())
