"""Reads text files whose encoding and line ends are known."""

import pathlib

__all__ = ["read_lines", "read_text"]


def read_text(path, encoding):
    """The whole text of a file.

    Args:
        path: the file.
        encoding: name of the encoding, as Python calls it.

    Returns:
        str.

    Raises:
        ValueError: bytes that are no text in that encoding; the message names
            the file, the line and the bytes.

    Example:

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b"caf\\xe9")
    ...     file.flush()
    ...     read_text(file.name, "cp1252")
    'café'
    """
    data = pathlib.Path(path).read_bytes()
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong = data[error.start : error.end].hex(" ")
        raise ValueError(
            f"Expected text in {encoding}. Received: {str(path)!r} with the "
            f"bytes {wrong} in line {line}. Fetch the file again, or convert "
            f"it to {encoding}."
        ) from None


def read_lines(path, encoding):
    r"""The lines of a file, without their ends.

    Lines end in "\n" or "\r\n". Nothing else ends a line: `str.splitlines`
    would also cut at characters like U+0085, which occur inside of lines.

    Args:
        path: the file.
        encoding: name of the encoding.

    Returns:
        list of str; an empty line is an empty string.

    Raises:
        ValueError: see `read_text`; a file without any line.
    """
    lines = read_text(path, encoding).split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise ValueError(
            f"Expected lines of text. Received: {str(path)!r}, which is "
            "empty. Fetch the file again."
        )
    return [line.removesuffix("\r") for line in lines]
