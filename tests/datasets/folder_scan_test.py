"""Tests of tfmixup.datasets.folder_scan."""

import os
import socket

import pytest

from tfmixup.datasets.class_trees import FileKind
from tfmixup.datasets.folder_scan import scan
from tfmixup.datasets.folder_scan import shown
from tfmixup.datasets.folder_scan import split_of
from tfmixup.datasets.folder_scan import visible_folders

KIND = FileKind("images", (".jpg", ".png"), (".gif", ".webp"))


def make(root, *names):
    for name in names:
        path = os.path.join(os.fsencode(root), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb"):
            pass


def message_of(root):
    with pytest.raises(ValueError, match="none may be left out unsaid") as why:
        scan(root, KIND).check("images")
    return str(why.value)


def test_files_of_a_class_lie_at_any_depth_and_in_order(tmp_path):
    make(tmp_path, "b/2.png", "b/1.JPG", "b/more/and/3.png", "a/x.Png")
    make(tmp_path, "C/10.png", "C/9.png", "C/folder.png/1.png")
    branch = scan(tmp_path, KIND)
    branch.check("images")
    assert list(branch.classes) == ["C", "a", "b"]
    found = {
        name: [os.path.relpath(path, tmp_path / name) for path in files]
        for name, files in branch.classes.items()
    }
    assert found == {
        "C": ["10.png", "9.png", "folder.png/1.png"],
        "a": ["x.Png"],
        "b": ["1.JPG", "2.png", "more/and/3.png"],
    }
    assert branch.count == 7 and not branch.loose


def test_links_to_files_and_folders_are_followed(tmp_path):
    make(tmp_path, "elsewhere/1.png", "root/a/2.png", "root/b/1.png")
    (tmp_path / "root" / "c").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "a" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "a" / "3.png").symlink_to(
        tmp_path / "elsewhere" / "1.png"
    )
    # Twice the same folder is no loop.
    (tmp_path / "root" / "a" / "again").symlink_to(tmp_path / "elsewhere")
    branch = scan(tmp_path / "root", KIND)
    branch.check("images")
    counts = {name: len(files) for name, files in branch.classes.items()}
    assert counts == {"a": 4, "b": 1, "c": 1}


@pytest.mark.parametrize("target", ["..", ".", "../..", "../../../b"])
def test_links_in_a_loop_are_named(tmp_path, target):
    make(tmp_path, "a/deep/1.png", "b/1.png")
    (tmp_path / "a" / "deep" / "again").symlink_to(target)
    (tmp_path / "b" / "over").symlink_to(tmp_path / "a")
    if target.endswith("b"):
        # a holds a link to b, and b one to a.
        (tmp_path / "a" / "deep" / "again").unlink()
        (tmp_path / "a" / "deep" / "again").symlink_to(tmp_path / "b")
    message = message_of(tmp_path)
    assert "links that lead back to a folder above" in message
    assert "again" in message


def test_pipes_sockets_and_broken_links_are_named_and_not_opened(
    tmp_path, monkeypatch
):
    make(tmp_path, "a/1.png")
    os.mkfifo(tmp_path / "a" / "x.png")
    os.mkfifo(tmp_path / "a" / "pipe")
    (tmp_path / "a" / "y.png").symlink_to(tmp_path / "none")
    (tmp_path / "a" / "z").symlink_to(tmp_path / "a" / "z")
    (tmp_path / "a" / "null.png").symlink_to("/dev/null")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("a/socket.png")
    message = message_of(tmp_path)
    assert "4 pipes, sockets or devices" in message and "null.png" in message
    assert "2 links that lead nowhere" in message and "y.png" in message


def test_names_that_are_no_utf8_are_named_with_their_bytes(tmp_path):
    make(tmp_path, "a/1.png", b"a/caf\xe9.png", b"\xff/1.png")
    message = message_of(tmp_path)
    assert "2 names that are no UTF-8" in message
    assert r"caf\udce9.png" in message
    assert message.encode()  # It can be printed.


def test_what_cannot_be_read_is_counted_by_its_kind(tmp_path):
    make(tmp_path, "a/1.png", *[f"a/{i}.GIF" for i in range(5)], "b/1.webp")
    make(tmp_path, "b/1.png", "loose.png", "other.jpg", "c/readme.txt")
    (tmp_path / "d").mkdir()
    make(tmp_path, "a/Test/1.png", "only/2.gif")
    message = message_of(tmp_path)
    assert "7 images of a kind that cannot be read" in message
    assert "6 .gif, 1 .webp: " in message
    assert "and 4 more" in message
    assert "2 images that lie in no class folder" in message
    # `only` is told to hold a kind that cannot be read.
    assert "2 class folders without any images" in message
    assert repr(str(tmp_path / "c")) in message
    assert "1 folders in a class folder that are called like a split" in message
    assert scan(tmp_path, KIND).count == 2 + 7 + 2


def test_what_is_passed_over_is_warned_of_with_counts(tmp_path):
    make(tmp_path, "a/1.png", "a/words.txt", "a/more.txt", "a/.hidden.png")
    make(tmp_path, ".cache/1.png", "b/1.png", "b/none")
    branch = scan(tmp_path, KIND)
    branch.check("images")
    with pytest.warns(UserWarning, match="only images are read") as warned:
        branch.warn("images")
    (message,) = [str(each.message) for each in warned]
    assert "2 .txt files" in message and "more.txt" in message
    assert "2 hidden files or folders" in message
    assert "1 other files" in message and "none" in message


def test_what_operating_systems_leave_is_not_told(tmp_path, recwarn):
    make(tmp_path, "a/1.png", "a/._1.png", "a/.DS_Store", "a/Thumbs.db")
    make(tmp_path, "__MACOSX/a/._1.png", "a/desktop.ini", "._a")
    branch = scan(tmp_path, KIND)
    branch.check("images")
    branch.warn("images")
    assert not recwarn.list
    assert {n: len(f) for n, f in branch.classes.items()} == {"a": 1}
    assert visible_folders(tmp_path) == [tmp_path / "a"]


def test_splits_have_their_usual_names_in_any_case():
    for name in ("train", "Train", "TRAIN", "training"):
        assert split_of(name) == "train"
    for name in ("val", "VALID", "Validation", "dev"):
        assert split_of(name) == "validation"
    assert split_of("Test") == split_of("testing") == "test"
    assert split_of("tests") is split_of("trains") is None


def test_long_lists_are_cut():
    assert shown(["a"]) == "a"
    assert shown(["a", "b", "c"]) == "a, b, c"
    assert shown(list("abcd")) == "a, b, c and 1 more"
    assert visible_folders("/no/such/folder") == []
