"""Reads text files whose encoding and line ends are known."""

import codecs
import pathlib

__all__ = ["read_lines", "read_text"]

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_text(path, encoding):
    """The whole text of a file.

    Args:
        path: the file.
        encoding: name of the encoding, as Python calls it. A byte order mark
            at the start of the file, as Windows writes it, overrules this,
            and is no part of the text.

    Returns:
        str.

    Raises:
        ValueError: bytes that are no text in that encoding, or zeros, which
            are in no text; the message names the file, the line and the bytes.

    Example:

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b"caf\\xe9")
    ...     file.flush()
    ...     read_text(file.name, "cp1252")
    'café'
    """
    path = pathlib.Path(path).expanduser()
    data = path.read_bytes()
    for mark, marked in _MARKS:
        if data.startswith(mark):
            data, encoding = data.removeprefix(mark), marked
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        wrong = data[error.start : error.end].hex(" ")
        raise ValueError(
            f"Expected text in {encoding}. Received: {str(path)!r} with the "
            f"bytes {wrong} in line {line}. Fetch the file again, or convert "
            f"it to {encoding}."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(
            f"Expected text in {encoding}. Received: {str(path)!r} with a zero "
            f"byte in line {line}, as files have that are no text, or that are "
            "UTF-16 without a byte order mark. Convert the file, or remove it."
        )
    return text


def read_lines(path, encoding):
    r"""The lines of a file that are not blank, without their ends.

    Lines end in "\n" or "\r\n". Nothing else ends a line: `str.splitlines`
    would also cut at characters like U+0085, which occur inside of lines.

    Args:
        path: the file.
        encoding: name of the encoding; see `read_text`.

    Returns:
        list of (number of the line, from 1, and str).

    Raises:
        ValueError: see `read_text`; a file without any such line; a single
            line with "\r" in it, which old Macintoshes end lines with.
    """
    lines = [
        (number, line.removesuffix("\r"))
        for number, line in enumerate(read_text(path, encoding).split("\n"), 1)
        if line.strip()
    ]
    if len(lines) == 1 and "\r" in lines[0][1]:
        count = lines[0][1].count("\r")
        raise ValueError(
            r"Lines must end in \n or \r\n. Received: "
            f"{str(path)!r}, a single line with {count} carriage returns. "
            "Convert them to line ends, or to spaces."
        )
    if not lines:
        raise ValueError(
            f"Expected lines of text. Received: {str(path)!r}, which is "
            "empty. Fetch the file again."
        )
    return lines
