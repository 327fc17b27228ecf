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
    assert lines == [(1, "a\x85b\x0bc\x0cd\x1ce\rf"), (2, "g")]


def test_windows_line_ends_are_those_of_unix(tmp_path):
    unix = read_lines(write(tmp_path, b"a b\nc\n\nd\n"), "utf-8")
    windows = read_lines(write(tmp_path, b"a b\r\nc\r\n\r\nd\r\n"), "utf-8")
    assert unix == windows == [(1, "a b"), (2, "c"), (4, "d")]


def test_the_last_line_needs_no_end(tmp_path):
    lines = read_lines(write(tmp_path, b"a\nb"), "utf-8")
    assert lines == [(1, "a"), (2, "b")]


def test_blank_lines_are_no_text_and_keep_their_numbers(tmp_path):
    data = b"\n \na\n\t\r\n\nb\n\n\n"
    assert read_lines(write(tmp_path, data), "cp1252") == [(3, "a"), (6, "b")]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be", "utf-32-be"]
)
@pytest.mark.parametrize("stated", ["utf-8", "cp1252", "latin-1"])
def test_a_byte_order_mark_says_how_a_file_is_read(tmp_path, encoding, stated):
    text = "caf\u00e9\nna\u00efve\n"
    marked = "" if encoding in ("utf-8-sig", "utf-16", "utf-32") else "\ufeff"
    path = write(tmp_path, (marked + text).encode(encoding))
    assert read_text(path, stated) == text
    assert read_lines(path, stated)[0] == (1, "caf\u00e9")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_zero_bytes_are_no_text(tmp_path, encoding):
    # UTF-16 without a mark; a file of macOS beside each of one's own.
    for data in ("one\ntwo".encode("utf-16-le"), b"\x00\x05\x16\x07Mac OS"):
        with pytest.raises(ValueError, match="zero byte in line 1"):
            read_text(write(tmp_path, data), encoding)
    with pytest.raises(ValueError, match="in line 2"):
        read_text(write(tmp_path, b"a\nb\0\n"), encoding)


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, b"a")
    assert read_text("~/lines.txt", "utf-8") == "a"


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused_by_name(tmp_path, data):
    path = write(tmp_path, data)
    with pytest.raises(ValueError, match="which is empty") as why:
        read_lines(path, "utf-8")
    assert repr(str(path)) in str(why.value)


def test_a_carriage_return_within_a_line_is_no_line_end(tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes(b"one\rtwo\rthree\r")
    with pytest.raises(ValueError, match="2 carriage returns"):
        read_lines(path, "utf-8")
    path.write_bytes(b"one\r\ntwo\r\n")
    assert [line for _, line in read_lines(path, "utf-8")] == ["one", "two"]
