"""Tests of tfmixup.datasets.faulty."""

import pytest

from tests.datasets.damaged import DAMAGED
from tests.datasets.damaged import encoded
from tests.datasets.files import pixels
from tests.datasets.files import save
from tests.datasets.records_made import example
from tests.datasets.records_made import write
from tfmixup.datasets import faulty
from tfmixup.datasets.encoded import EncodedExamples
from tfmixup.datasets.faulty import faulty_images
from tfmixup.datasets.faulty import without_faulty
from tfmixup.datasets.records import RecordShards


def files(root, good=200):
    """Good files, and all damaged ones between them."""
    paths = [save(root / f"{i:03}.png", pixels(i % 7)) for i in range(good)]
    for i, content in enumerate(DAMAGED.values()):
        path = root / f"bad {i}.JPEG"
        path.write_bytes(content)
        paths.insert(10 * i + 3, path)
    return paths


def examples_of(paths):
    return EncodedExamples.from_files(
        paths, [0] * len(paths), "a", "set", "train", (4, 4)
    )


def test_every_kind_of_damage_is_found_and_nothing_else(tmp_path):
    examples = examples_of(files(tmp_path))
    found = faulty_images(examples, tmp_path / "cache")
    assert [*found] == [10 * i + 3 for i in range(len(DAMAGED))]
    for i, what in enumerate(found.values()):
        assert f"bad {i}.JPEG' (" in what


def test_a_truncated_file_is_found_even_if_windows_lie_above_the_cut(tmp_path):
    path = tmp_path / "cut.JPEG"
    path.write_bytes(encoded(pixels(0, 400, 400), "JPEG")[:-20])
    assert faulty_images(examples_of([path]), tmp_path / "cache").keys() == {0}


def test_positions_are_those_of_a_subset(tmp_path):
    examples = examples_of(files(tmp_path)).subset([0, 13, 5, 3])
    found = faulty_images(examples, tmp_path / "cache")
    assert [*found] == [1, 3] and "bad 1" in found[1] and "bad 0" in found[3]


def test_images_are_decoded_once_while_they_stay(tmp_path, monkeypatch):
    paths = files(tmp_path)
    first = faulty_images(examples_of(paths), tmp_path / "cache")
    looks = []
    look = faulty._not_decoded
    monkeypatch.setattr(
        faulty, "_not_decoded", lambda *x: looks.append(x) or look(*x)
    )
    assert faulty_images(examples_of(paths), tmp_path / "cache") == first
    assert not looks
    save(tmp_path / "repaired.png", pixels(0)).replace(paths[3])
    repaired = faulty_images(examples_of(paths), tmp_path / "cache")
    assert looks and repaired.keys() == first.keys() - {3}
    (cache,) = {
        path
        for path in (tmp_path / "cache").iterdir()
        if len(path.read_text())
        == max(len(each.read_text()) for each in (tmp_path / "cache").iterdir())
    }
    cache.write_text("{torn")
    assert faulty_images(examples_of(paths), tmp_path / "cache") == repaired


def test_records_are_named_by_file_and_number(tmp_path):
    good = encoded(pixels(0), "PNG")
    made = [example(each, 1) for each in (good, good, b"<html>", good)]
    write(tmp_path / "train.tfrecord", made)
    source = RecordShards.find(tmp_path, cache_dir=tmp_path / "cache")
    found = faulty_images(source.open(["train"]), tmp_path / "cache")
    assert found.keys() == {2} and "train.tfrecord', record 2" in found[2]


def test_faulty_images_are_an_error_with_their_number_and_a_name(tmp_path):
    examples = examples_of(files(tmp_path))
    found = faulty_images(examples, tmp_path / "cache")
    message = r"9 of 209 in set/train, the first '.*bad 0.JPEG'.*--skip_corrupt"
    with pytest.raises(ValueError, match=message):
        without_faulty(examples, found)


def test_up_to_a_hundredth_can_be_left_out_and_no_more(tmp_path):
    examples = examples_of(files(tmp_path, 300 - len(DAMAGED)))
    message = "At most 1% of the images.*9 of 300.*the copy is complete"
    with pytest.raises(ValueError, match=message):
        without_faulty(examples, dict.fromkeys(range(9), "x"), skip=True)
    with pytest.raises(ValueError, match="At most 1%"):
        without_faulty(examples, dict.fromkeys(range(4), "x"), skip=True)
    three = dict.fromkeys((0, 7, 299), "x")
    left = without_faulty(examples, three, skip=True)
    assert left.rows.tolist() == [i for i in range(300) if i not in three]
    assert left.split == "train" and len(left.labels) == 297


def test_a_set_without_faults_stays_what_it_is(tmp_path):
    examples = examples_of([save(tmp_path / "a.png", pixels(0))])
    assert faulty_images(examples, tmp_path / "cache") == {}
    assert without_faulty(examples, {}) is examples
