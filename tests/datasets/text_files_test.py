"""Tests of tfmixup.datasets.text_files."""

import pytest

from tfmixup.datasets.text_files import read_lines
from tfmixup.datasets.text_files import read_text


def write(folder, data):
    path = folder / "lines.txt"
    path.write_bytes(data)
    return path


def test_text_is_read_in_its_encoding(tmp_path):
    path = write(tmp_path, "caf\u00e9 \u2026".encode("cp1252"))
    assert read_text(path, "cp1252") == "caf\u00e9 \u2026"


@pytest.mark.parametrize(
    ("encoding", "wrong"), [("utf-8", b"\xe9\x20"), ("cp1252", b"\x81 ")]
)
def test_bytes_that_are_no_text_are_named_with_their_line(
    tmp_path, encoding, wrong
):
    path = write(tmp_path, b"one\ntwo\nthr" + wrong + b"\nfour\n")
    with pytest.raises(ValueError, match=f"Expected text in {encoding}") as why:
        read_text(path, encoding)
    assert repr(str(path)) in str(why.value)
    assert f"the bytes {wrong[:1].hex()} in line 3." in str(why.value)


def test_only_line_feeds_end_lines(tmp_path):
    # Each of these ends a line for `str.splitlines`; 0x85 is U+0085 in
    # latin-1 and an ellipsis in cp1252, and occurs in real sentences.
    data = b"a\x85b\x0bc\x0cd\x1ce\rf\ng\n"
    assert len(data.decode("latin-1").splitlines()) == 7
    lines = read_lines(write(tmp_path, data), "latin-1")
    assert lines == ["a\x85b\x0bc\x0cd\x1ce\rf", "g"]


def test_windows_line_ends_are_those_of_unix(tmp_path):
    unix = read_lines(write(tmp_path, b"a b\nc\n\nd\n"), "utf-8")
    windows = read_lines(write(tmp_path, b"a b\r\nc\r\n\r\nd\r\n"), "utf-8")
    assert unix == windows == ["a b", "c", "", "d"]


def test_the_last_line_needs_no_end(tmp_path):
    assert read_lines(write(tmp_path, b"a\nb"), "utf-8") == ["a", "b"]


def test_an_empty_file_is_refused_by_name(tmp_path):
    path = write(tmp_path, b"")
    with pytest.raises(ValueError, match="which is empty") as why:
        read_lines(path, "utf-8")
    assert repr(str(path)) in str(why.value)
