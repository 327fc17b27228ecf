"""Texts and labels in the columns of a CSV or TSV file."""

import csv
import io
import os
import sys

from tfmixup.datasets.text_files import read_text

__all__ = ["TABLES", "read_table"]

TABLES = (".csv", ".tsv")
_COLUMNS = ("text", "label")


def read_table(path):
    """The texts of a table and their labels.

    The first line names the columns, among them `text` and `label`, in any
    case of letters; others are not looked at. CSV: commas between the fields,
    quotation marks around those that hold commas, line breaks or quotation
    marks, which are doubled there (RFC 4180). TSV: tabs between the fields;
    quotation marks are characters like others. Blank lines are passed over.

    Args:
        path: a file in UTF-8 whose name ends in .csv or .tsv.

    Returns:
        (texts, labels), lists of str.

    Raises:
        ValueError: no such columns; a line with another number of fields than
            the first has, or without a text or a label; a quotation that does
            not end. The message has the line.

    Example:

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "reviews.csv")
    >>> _ = path.write_text('label,text\\ngood,"Short, and good"\\n')
    >>> read_table(path)
    (['Short, and good'], ['good'])
    """
    path = str(path)
    tabs = os.path.splitext(path)[1].lower() == ".tsv"
    rows = csv.reader(
        io.StringIO(read_text(path, "utf-8"), newline=""),
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
        strict=True,
    )
    # The reader refuses long texts otherwise. It is a setting of the module.
    limit = csv.field_size_limit(sys.maxsize)
    try:
        return _columns_of(rows, path)
    except csv.Error as why:
        raise ValueError(
            "Fields that hold quotation marks, commas or line breaks must be "
            f"quoted, each mark in them doubled. Received: {path!r}, near line "
            f"{rows.line_num}: {why}."
        ) from None
    finally:
        csv.field_size_limit(limit)


def _columns_of(rows, path):
    header = [name.strip().casefold() for name in next(rows, [])]
    if any(header.count(name) != 1 for name in _COLUMNS):
        raise ValueError(
            "The first line of a table must name its columns, one of them "
            f"`text` and one `label`. Received: {path!r} with the columns "
            f"{header}. Rename them in that line, or add it."
        )
    wanted = [header.index(name) for name in _COLUMNS]
    texts, labels, missing = [], [], []
    for row in rows:
        if not any(field.strip() for field in row):
            continue
        if len(row) != len(header):
            raise ValueError(
                f"Each line of a table must have {len(header)} fields, as the "
                f"first has. Received: {len(row)} in line {rows.line_num} of "
                f"{path!r}."
            )
        text, label = (row[place].strip() for place in wanted)
        if not text or not label:
            missing.append(rows.line_num)
        texts.append(text)
        labels.append(label)
    if missing:
        raise ValueError(
            f"Each line must have a text and a label. Received: {path!r}, "
            f"where {len(missing)} of {len(texts)} have not, the first in line "
            f"{missing[0]}. Fill them, or remove these lines."
        )
    return texts, labels
