"""Tests of tfmixup.datasets.text_catalog."""

import numpy as np
import pytest

from tests.real_data import real
from tfmixup.datasets import DatasetNotAvailable
from tfmixup.datasets.text_catalog import open_texts


@pytest.fixture
def mr(tmp_path):
    """MR with 100 sentences, each of its own words, in lengths 1 to 10."""
    for name in ("neg", "pos"):
        lines = [
            " ".join([f"{name}{i}"] * (1 + i % 10)) + "\n" for i in range(50)
        ]
        (tmp_path / f"rt-polarity.{name}").write_text("".join(lines))
    return tmp_path


@pytest.fixture
def imdb(tmp_path):
    """IMDB with 20 reviews; `w` is there always, others up to 19 times."""
    for split in ("train", "test"):
        for name in ("neg", "pos"):
            folder = tmp_path / "aclImdb" / split / name
            folder.mkdir(parents=True)
            for i in range(5):
                text = "w " * 399 + "last<br />beyond" if i else f"{split} w"
                (folder / f"{i}_7.txt").write_text(text)
    return tmp_path


def rows(examples):
    """The texts as tuples of ids, which identify those of `mr`."""
    ids, _ = examples.fetch(range(len(examples)))
    return [tuple(row) for row in ids.numpy().tolist()]


def check_parts(splits, number):
    """Disjoint parts that together are all; train+validation is their sum."""
    parts = [rows(splits[name]) for name in ("train", "validation", "test")]
    together = sum(parts, [])
    assert len(together) == number == len(set(together))
    assert set(rows(splits["train+validation"])) == {*parts[0], *parts[1]}
    for name, examples in splits.items():
        assert examples.split == name


def test_the_fixed_split_of_mr_is_72_8_and_20_percent(mr):
    splits = open_texts("mr", mr)
    assert {name: len(part) for name, part in splits.items()} == {
        "train": 72,
        "validation": 8,
        "test": 20,
        "train+validation": 80,
    }
    check_parts(splits, 100)
    for part in splits.values():
        assert np.bincount(part.labels).tolist() == [len(part) // 2] * 2


def test_the_ten_folds_are_disjoint_and_together_everything(mr):
    tests = []
    for fold in range(10):
        splits = open_texts("mr", mr, fold=fold)
        check_parts(splits, 100)
        assert [len(splits[n]) for n in ("train", "validation")] == [81, 9]
        assert np.bincount(splits["test"].labels).tolist() == [5, 5]
        tests += rows(splits["test"])
    assert len(tests) == 100 == len(set(tests))


def test_the_split_seed_decides_and_nothing_else(mr):
    first, again, other = (
        rows(open_texts("mr", mr, split_seed=seed)["test"])
        for seed in (0, 0, 1)
    )
    assert first == again
    assert set(first) != set(other)
    folds = [
        rows(open_texts("mr", mr, fold=2, split_seed=seed)["test"])
        for seed in (0, 1)
    ]
    assert set(folds[0]) != set(folds[1])


def test_a_label_stays_with_its_text(mr):
    for part in open_texts("mr", mr).values():
        for row, label in zip(rows(part), part.labels, strict=True):
            word = part.vocabulary.words[row[0] - 2]
            assert word.startswith(part.class_names[label])


def test_rows_are_as_long_as_the_longest_text_or_cut(mr):
    for part in open_texts("mr", mr).values():
        assert part.length == 10
    for part in open_texts("mr", mr, max_words=3).values():
        assert part.length == 3
    assert open_texts("mr", mr, max_words=11)["test"].length == 10


def test_one_vocabulary_has_the_words_of_all_splits(mr):
    splits = open_texts("mr", mr)
    assert len(splits["train"].vocabulary.words) == 100
    for part in splits.values():
        assert part.vocabulary is splits["train"].vocabulary
        assert not np.any(np.array(rows(part)) == 1)


def test_rare_words_are_unknown(mr):
    vocabulary = open_texts("mr", mr, min_count=10)["train"].vocabulary
    # One sentence in ten has ten words.
    assert len(vocabulary.words) == 10


def test_imdb_is_cut_at_400_words_and_knows_words_from_the_fifth_time(imdb):
    splits = open_texts("imdb_reviews", imdb)
    assert [len(splits[n]) for n in ("train", "validation")] == [9, 1]
    assert len(splits["test"]) == 10
    train = splits["train+validation"]
    assert train.length == 400
    # "last" is the 400th word; "train" and "test" are there twice each.
    assert train.vocabulary.words == ("w", "beyond", "last")
    assert (1, 2) in [row[:2] for row in rows(train)]
    assert 4 in rows(train)[1] and 3 not in rows(train)[1]


def test_real_mr():
    splits = open_texts("mr", real("mr"))
    assert len(splits["train"].vocabulary.words) == 18765
    assert splits["train"].length == 56
    sizes = [len(splits[n]) for n in ("train", "validation", "test")]
    assert sizes == [7677, 853, 2132]
    assert abs(splits["test"].labels.mean() - 0.5) < 1e-3
    fold = open_texts("mr", real("mr"), fold=9)
    assert len(fold["test"]) == 1066


def test_real_trec_has_its_official_test_split():
    splits = open_texts("trec", real("trec"))
    sizes = [len(splits[n]) for n in ("train", "validation", "test")]
    assert sizes == [4907, 545, 500]
    counts = np.bincount(splits["test"].labels).tolist()
    assert counts == [9, 138, 94, 65, 81, 113]
    assert splits["train"].length == 37
    words = splits["test"].vocabulary.words
    first = [words[i - 2] for i in rows(splits["test"])[0] if i > 1]
    assert first == "how far is it from denver to aspen ?".split()


@pytest.mark.parametrize("name", ["mr", "trec", "imdb_reviews"])
def test_a_set_that_is_not_there_lists_its_files(name, tmp_path):
    with pytest.raises(DatasetNotAvailable) as why:
        open_texts(name, tmp_path)
    files = {
        "mr": ["rt-polarity.neg", "rt-polarity.pos"],
        "trec": [
            "TREC.train and TREC.test or train_5500.label and TREC_10.label",
            "tfds build trec",
        ],
        "imdb_reviews": ["aclImdb/{train,test}/{neg,pos}/*.txt"],
    }
    for expected in (str(tmp_path), *files[name]):
        assert expected in str(why.value)


def test_without_data_dir_the_folder_of_tfds_is_looked_at(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    for name in ("mr", "trec"):
        with pytest.raises(DatasetNotAvailable, match=str(tmp_path)):
            open_texts(name)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("", {}, "must be a string. Received: ''"),
        (None, {}, "must be a string. Received: None"),
        ("sst", {"fold": 0}, "goes with 'mr'"),
        ("mr", {"fold": 10}, "`fold` must be one of 0 to 9"),
        ("mr", {"fold": -1}, "`fold` must be one of 0 to 9"),
        ("trec", {"fold": 0}, "goes with 'mr'"),
        ("mr", {"max_words": 0}, "max_words=0"),
        ("mr", {"min_count": 0}, "min_count=0"),
        ("mr", {"min_count": 10**6}, "needs words"),
    ],
)
def test_wrong_arguments_are_refused(mr, name, arguments, message):
    with pytest.raises(ValueError, match=message):
        open_texts(name, mr, **arguments)


def write_own(root, sizes, words=3):
    """Files of a text a line; each text has a word of its own."""
    more = "Gr\u00f6\u00dfe " * (words - 2)
    for split, size in sizes.items():
        (root / split).mkdir(parents=True)
        for name in ("gut", "schlecht"):
            lines = [
                f"{name}{split}{i} \u00fcber {more}\n" for i in range(size)
            ]
            path = root / split / f"{name}.txt"
            path.write_text("".join(lines), encoding="utf-8")
    return root


def test_texts_of_ones_own_have_a_name_of_their_own(tmp_path):
    splits = open_texts("filme", write_own(tmp_path, {"train": 50}))
    check_parts(splits, 100)
    sizes = [len(splits[n]) for n in ("train", "validation", "test")]
    assert sizes == [72, 8, 20]
    train = splits["train"]
    assert repr(train).startswith("TextExamples(filme/train: 72 texts")
    assert train.class_names == ("gut", "schlecht")
    assert {"\u00fcber", "gr\u00f6\u00dfe"} < set(train.vocabulary.words)
    for row, label in zip(rows(train), train.labels, strict=True):
        word = train.vocabulary.words[row[0] - 2]
        assert word.startswith(train.class_names[label])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"train": 50, "test": 7}, [90, 10, 14]),
        # The one held-out split is the one to report.
        ({"train": 50, "val": 7}, [90, 10, 14]),
        ({"train": 50, "val": 7, "test": 9}, [100, 14, 18]),
    ],
)
def test_official_splits_of_ones_own_are_kept(tmp_path, sizes, expected):
    splits = open_texts("filme", write_own(tmp_path, sizes))
    found = [len(splits[n]) for n in ("train", "validation", "test")]
    assert found == expected
    check_parts(splits, sum(expected))
    held_out = "test" if "test" in sizes else "val"
    for row in rows(splits["test"]):
        assert held_out in splits["test"].vocabulary.words[row[0] - 2]
    if len(sizes) == 3:
        for row in rows(splits["validation"]):
            assert "val" in splits["test"].vocabulary.words[row[0] - 2]


def test_long_texts_of_ones_own_are_cut_and_said(tmp_path, recwarn):
    folder = write_own(tmp_path, {"train": 5}, words=401)
    with pytest.warns(UserWarning, match="10 of 10 texts of filme .* 400"):
        assert open_texts("filme", folder)["train"].length == 400
    recwarn.clear()
    assert open_texts("filme", folder, max_words=401)["train"].length == 401
    assert open_texts("filme", folder, max_words=4)["train"].length == 4
    assert not recwarn.list


def test_words_may_be_found_by_a_function_of_ones_own(tmp_path):
    folder = write_own(tmp_path, {"train": 5})
    splits = open_texts("filme", folder, words=lambda text: [text[:3]])
    assert splits["train"].vocabulary.words == ("gut", "sch")
    assert splits["train"].length == 1


@pytest.mark.parametrize("data_dir", [None, "/no/such/folder", "here"])
def test_texts_of_ones_own_that_are_not_there_say_what_is_read(
    tmp_path, data_dir
):
    data_dir = tmp_path if data_dir == "here" else data_dir
    with pytest.raises(DatasetNotAvailable, match="'filme'") as why:
        open_texts("filme", data_dir)
    message = str(why.value)
    assert "imdb_reviews, mr, trec" in message
    if data_dir:
        assert str(data_dir) in message and "train.csv or .tsv" in message
