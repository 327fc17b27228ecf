"""Tests of experiments.ood.data."""

import io
import zipfile

import numpy as np
import pytest

from experiments.ood.data import open_inside
from experiments.ood.data import open_outside
from tests.datasets.files import class_folders
from tests.experiments.ood import ood_made

MOMENTS, SPAN = ([100.0, 90.0, 80.0], [10.0, 20.0, 30.0]), (0.0, 255.0)


@pytest.fixture
def inside(tmp_path):
    path = ood_made.npz(tmp_path / "colors.npz")
    return open_inside(path, "test", None, None, None)


def outside(text, inside, limit=None, in_data="cifar10", exclude=None):
    return open_outside(
        text,
        inside,
        in_data,
        MOMENTS,
        SPAN,
        limit=limit,
        seed=0,
        exclude=exclude,
    )


def stacked(source, size=7):
    return np.concatenate([np.asarray(b) for b in source.batches(size)])


def test_a_file_gives_its_split_again_and_again(inside):
    images, labels = ood_made.colored(60, seed=2)
    for size in (7, 100):
        np.testing.assert_array_equal(stacked(inside, size), images)
    np.testing.assert_array_equal(inside.labels, labels)
    assert inside.name == "colors" and inside.image_shape == (6, 6, 3)


def test_a_limit_takes_evenly_from_the_classes_of_a_file(tmp_path):
    arrays = {
        "test_features": np.arange(30).reshape(30, 1),
        "test_labels": np.repeat([0, 1, 2], 10),
        "features": np.arange(30).reshape(30, 1),
    }
    np.savez(tmp_path / "x.npz", **arrays)
    source = open_inside(tmp_path / "x.npz", "test", None, None, 6)
    assert source.labels.tolist() == [0, 0, 1, 1, 2, 2]
    np.testing.assert_array_equal(stacked(source)[:, 0] // 10, source.labels)
    # Without labels: from all of the file, not its beginning.
    some = outside(f"x={tmp_path / 'x.npz'}", source, limit=9)
    assert len(stacked(some)) == 9 and stacked(some).max() >= 10


def test_a_named_data_set_gives_its_test_split():
    source = open_inside("digits", "test", None, None, 50)
    assert stacked(source).shape == (50, 8, 8, 1)
    assert len(source.labels) == 50


def test_noise_is_as_much_as_there_are_examples(inside):
    gaussian, uniform = (outside(t, inside) for t in ("gaussian", "uniform"))
    drawn = stacked(gaussian)
    assert drawn.shape == (60, 6, 6, 3) and gaussian.labels is None
    # 2,160 draws a channel: five standard errors.
    for channel in range(3):
        mean, std = MOMENTS[0][channel], MOMENTS[1][channel]
        assert abs(drawn[..., channel].mean() - mean) < 5 * std / 2160**0.5
    drawn = stacked(uniform)
    assert drawn.min() >= 0 and 250 < drawn.max() < 255
    assert len(stacked(outside("gaussian", inside, limit=9))) == 9


def test_a_folder_is_taken_without_the_classes_that_are_known(inside, tmp_path):
    folder = tmp_path / "images"
    class_folders(folder, ["n02099601", "n12267677"], 10, 9, 9)
    source = outside(f"acorns={folder}", inside)
    # Of a folder without splits, the test split is a fifth.
    assert stacked(source).shape == (2, 6, 6, 3)
    assert source.name == "acorns" and source.labels is None
    assert "1 of 2 classes, without those that cifar10 has" in source.note


def test_a_folder_of_other_names_is_taken_when_it_is_said_what_to_leave_out(
    inside, tmp_path
):
    folder = tmp_path / "images"
    class_folders(folder, ["one", "two"], 10, 9, 9)
    text = f"digits={folder}"
    with pytest.raises(
        ValueError, match=rf"--out={text}: .*'one'.*--exclude=digits= for none"
    ):
        outside(text, inside)
    # No list for this data set, and a class that is none.
    with pytest.raises(ValueError, match="Received: 'mine'.*--exclude=digits"):
        outside(text, inside, in_data="mine")
    with pytest.raises(ValueError, match="'three'.*--exclude=digits="):
        outside(text, inside, exclude=["three"])
    every = outside(text, inside, in_data="mine", exclude=[])
    assert len(stacked(every)) == 4 and "none left out" in every.note
    some = outside(text, inside, exclude=["two"])
    assert len(stacked(some)) == 2 and "without two" in some.note


def test_a_file_of_features_is_taken(inside, tmp_path):
    features = np.zeros([5, 6, 6, 3], np.float32)
    np.savez(tmp_path / "zeros.npz", features=features)
    source = outside(f"zeros={tmp_path / 'zeros.npz'}", inside)
    np.testing.assert_array_equal(stacked(source), features)


def test_another_shape_is_refused(inside, tmp_path):
    np.savez(tmp_path / "x.npz", features=np.zeros([5, 6, 6, 1]))
    with pytest.raises(ValueError, match=r"\(6, 6, 1\).*\(6, 6, 3\)"):
        outside(f"x={tmp_path / 'x.npz'}", inside)


def test_noise_for_sentences_is_refused(tmp_path):
    arrays = {
        "test_features": np.zeros([4, 9], np.int32),
        "test_labels": np.zeros(4, int),
    }
    np.savez(tmp_path / "words.npz", **arrays)
    words = open_inside(tmp_path / "words.npz", "test", None, None, None)
    with pytest.raises(ValueError, match="makes images"):
        outside("gaussian", words)


class Harmful:
    """What a pickle could run."""

    def __reduce__(self):
        return (print, ("harm",))


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"test_features": np.zeros([2, 3])}, "no array test_labels"),
        (
            {
                "test_features": np.array([Harmful()], object),
                "test_labels": np.zeros(1, int),
            },
            "cannot be read.*allow_pickle",
        ),
        (
            {"test_features": np.zeros([2, 3]), "test_labels": np.zeros(3)},
            "2 examples and 3 labels",
        ),
        (
            {"test_features": np.zeros([0, 3]), "test_labels": np.zeros(0)},
            "no examples",
        ),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path, capsys, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        open_inside(tmp_path / "x.npz", "test", None, None, None)
    assert "harm" not in capsys.readouterr().out


def test_truncated_and_absent_files_are_named(tmp_path):
    path = ood_made.npz(tmp_path / "x.npz")
    content = (tmp_path / "x.npz").read_bytes()
    (tmp_path / "x.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="x.npz cannot be read"):
        open_inside(path, "test", None, None, None)
    with pytest.raises(ValueError, match="There is no file"):
        open_inside("/nowhere/x.npz", "test", None, None, None)


def test_an_array_without_dimensions_gets_a_sentence(tmp_path):
    np.savez(tmp_path / "a.npz", test_features=np.float32(3), test_labels=[0])
    with pytest.raises(ValueError, match="holds a single number"):
        open_inside(str(tmp_path / "a.npz"), "test", None, None, None)


@pytest.mark.parametrize("limit", [None, 5])
def test_a_file_that_unpacks_to_terabytes_is_refused_unread(tmp_path, limit):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header,
        {"descr": "<f4", "fortran_order": False, "shape": (10**12, 4)},
    )
    for name in ("test_features", "test_labels"):
        with zipfile.ZipFile(tmp_path / "big.npz", "a") as file:
            file.writestr(f"{name}.npy", header.getvalue())
    with pytest.raises(ValueError, match=r"14901.2 GB\s+unpacked"):
        open_inside(str(tmp_path / "big.npz"), "test", None, None, limit)
