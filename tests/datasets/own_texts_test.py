"""Tests of tfmixup.datasets.own_texts."""

import os
import warnings

import pytest

from tfmixup.datasets.own_texts import OwnTexts

SPLITS = ("train", "validation", "test")


def fill(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def everything(source):
    found = {}
    for split in source.splits:
        texts, labels = source.read(split)
        names = [source.class_names[label] for label in labels]
        found[split] = sorted(zip(names, texts, strict=True))
    return found


def in_layout(layout, root, parts):
    """Writes {split: {class: texts}} in a layout; "" is without splits."""
    files = {}
    for split, classes in parts.items():
        at = f"{split}/" if split else ""
        lines = ["text,label"]
        for name, texts in classes.items():
            if layout == "folders":
                for i, text in enumerate(texts):
                    files[f"{at}{name}/{i:02}.txt"] = text
            elif layout == "lines":
                files[f"{at}{name}.txt"] = "\n".join(texts) + "\n"
            lines += [f'"{text}",{name}' for text in texts]
        if layout == "tables":
            files[f"{split or 'reviews'}.csv"] = "\n".join(lines)
        elif layout == "tabs":
            table = "\n".join(lines).replace('"', "").replace(",", "\t")
            files[f"{split or 'reviews'}.tsv"] = table
    return fill(root, files)


def classes(first=0):
    """A different text each."""
    return {
        name: [f"{name} caf\u00e9 {i}" for i in range(first, first + 3)]
        for name in ("pos", "neg")
    }


@pytest.mark.parametrize("layout", ["folders", "lines", "tables", "tabs"])
@pytest.mark.parametrize(
    "names",
    [
        ("",),
        ("train",),
        ("train", "test"),
        ("TRAIN", "val"),
        ("training", "Dev", "Test"),
    ],
)
def test_all_layouts_are_the_same_data(layout, names, tmp_path):
    parts = {name: classes(10 * i) for i, name in enumerate(names)}
    source = OwnTexts.find(in_layout(layout, tmp_path, parts))
    assert source.class_names == ("neg", "pos")
    expected = dict(zip(("train", "test"), parts.values(), strict=False))
    if len(names) == 3:
        expected = dict(zip(SPLITS, parts.values(), strict=True))
    elif "val" in names:
        expected = dict(
            zip(("train", "validation"), parts.values(), strict=True)
        )
    assert source.splits == tuple(expected)
    assert everything(source) == {
        split: sorted((name, t) for name, ts in part.items() for t in ts)
        for split, part in expected.items()
    }


def test_a_table_may_be_named_itself(tmp_path, monkeypatch):
    in_layout("tables", tmp_path, {"train": classes(), "test": classes(5)})
    monkeypatch.setenv("HOME", str(tmp_path))
    source = OwnTexts.find("~/train.csv")
    assert source.splits == ("train",) and len(source.read("train")[0]) == 6


def test_whole_numbers_are_in_their_order(tmp_path):
    rows = "".join(f"text {i},{i}\n" for i in (10, 9, 2, 0))
    fill(tmp_path, {"reviews.csv": "text,label\n" + rows})
    source = OwnTexts.find(tmp_path)
    assert source.class_names == ("0", "2", "9", "10")
    assert source.read("train")[1].tolist() == [3, 2, 1, 0]


def test_what_is_no_texts_is_none(tmp_path):
    assert OwnTexts.find(tmp_path / "none") is None
    fill(tmp_path, {"a/1.png": "", "b/1.png": "", "words.json": "{}"})
    assert OwnTexts.find(tmp_path) is None
    assert OwnTexts.find(tmp_path / "words.json") is None


def test_hidden_files_are_no_texts(tmp_path, recwarn):
    for layout in ("folders", "lines", "tables"):
        root = in_layout(layout, tmp_path / layout, {"train": classes()})
        mark = "\0\5\x16\7Mac OS X"
        files = ("._train.csv", "train/._neg.txt", "train/neg/._00.txt")
        fill(root, {name: mark for name in files})
        if layout == "tables":
            (root / "train" / "neg" / "._00.txt").unlink()
        elif layout == "lines":
            (root / "train" / "neg" / "._00.txt").unlink()
        found = everything(OwnTexts.find(root))["train"]
        assert len(found) == 6
    assert not recwarn.list


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.txt": "x\n", "b.txt": "\n\n"}, "which is empty"),
        ({"a.txt": "x\n"}, r"two classes or more. Received: \['a'\]"),
        ({"a.txt": "x\n", "b.txt": "y", "README.txt": "z"}, "README.txt"),
        ({"train/a/1.txt": "x", "train/b/1.txt": " \n"}, "1 of 2 in train"),
        (
            {"train/a/1.txt": "x", "train/b/1.txt": "y", "test/c/1.txt": "z"},
            "'c' .1 texts",
        ),
        (
            {"train/a.txt": "x", "train/b.txt": "y", "test/c.txt": "z"},
            "1 in test of .* do not: 'c'. The training split has a, b",
        ),
        ({"a/1.txt": "x", "b/1.txt": "y", "notes.txt": "z"}, "no class folder"),
        (
            {"a/1.txt": "x", "b/1.txt": "y", "c.csv": "text,label\n"},
            "one layout",
        ),
        ({"a.csv": "text,label\n", "b.csv": "text,label\n"}, "like a split"),
        (
            {"train.csv": "text,label\n", "train.tsv": "text\tlabel\n"},
            "like a split of its own",
        ),
        ({"test.csv": "text,label\na,b\n"}, "need a training split"),
        ({"train.csv": "text,label\n"}, "two classes or more"),
        (
            {"train/a.txt": "x", "train/b.txt": "y", "Train/a.txt": "x"},
            "must be one folder",
        ),
        ({"a/1.txt": "x", "b/1.txt": "y", "b/2.pdf": "z"}, "1 texts of a kind"),
    ],
)
def test_what_cannot_be_told_is_refused(files, message, tmp_path):
    fill(tmp_path, files)
    with pytest.raises(ValueError, match=message):
        OwnTexts.find(tmp_path)


def test_an_empty_class_folder_is_refused(tmp_path):
    fill(tmp_path, {"train/a/1.txt": "x", "train/b/1.txt": "y"})
    (tmp_path / "train" / "c").mkdir()
    with pytest.raises(ValueError, match="1 class folders without any texts"):
        OwnTexts.find(tmp_path)


def test_pipes_are_named_and_not_opened(tmp_path):
    fill(tmp_path, {"train/a.txt": "x", "train/b.txt": "y"})
    os.mkfifo(tmp_path / "train" / "c.txt")
    with pytest.raises(ValueError, match=r"1 pipes.*c\.txt"):
        OwnTexts.find(tmp_path)


@pytest.mark.parametrize(
    ("read", "beside"),
    [
        ("train/good/1.txt train/bad/1.txt", "good.txt"),
        ("train/good.txt train/bad.txt", "more/good/1.txt"),
        ("train/good.txt train/bad.txt", "good.txt"),
        ("train.csv test.csv", "old/train.csv"),
        ("train.csv test.csv", "notes.txt"),
    ],
)
def test_what_lies_beside_the_texts_is_named(read, beside, tmp_path):
    for name in [*read.split(), beside]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table = "text,label\nA film.,good\nA bore.,bad\n"
        path.write_text(table if path.suffix == ".csv" else "A film.\n")
    with pytest.warns(UserWarning, match="Left out.*" + beside.split("/")[0]):
        OwnTexts.find(tmp_path)
    (tmp_path / beside).unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        OwnTexts.find(tmp_path)


def test_files_that_would_have_to_be_converted_are_no_texts(tmp_path):
    (tmp_path / "README.md").write_text("Where the texts will be.\n")
    assert OwnTexts.find(tmp_path) is None
