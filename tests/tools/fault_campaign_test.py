"""A small version of tools/fault_campaign, and how it judges."""

import shutil

import pytest

from tests.tools.loading import loaded
from tfmixup.backup import files

NAMES = ("parts", "sizes", "kills", "chance", "serve")


@pytest.fixture(scope="module")
def tool():
    """The names of the tool; its flags leave with the last test."""
    with loaded("fault_campaign", NAMES) as names:
        # The smallest run that has an epoch to be interrupted in.
        names["RUN"][-2:] = ["--backup_every=2", "--epochs=2"]
        yield names


class Killed(BaseException):
    """The end of a process, as far as a test can have it."""


@pytest.fixture(scope="module")
def runs(tool, tmp_path_factory):
    """(path of a run that was cut, path of the unbroken one)."""
    folder = tmp_path_factory.mktemp("campaign")
    unbroken, cut = folder / "unbroken", folder / "cut"
    assert tool["run_here"](unbroken).status == 0
    write, left = files.BackupFiles.write, [3]

    def until_killed(*arguments):
        if not left[0]:
            raise Killed
        left[0] -= 1
        write(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files.BackupFiles, "write", until_killed)
        with pytest.raises(Killed):
            tool["run_here"](cut)
    assert len(list((cut / "backup").iterdir())) == 2
    assert not (cut / "record.json").exists()
    return cut, unbroken


@pytest.mark.parametrize(
    ("name", "kind", "end"),
    [
        ("best.json", "deleted", "same"),
        ("settings.json", "emptied", "sentence, same after it"),
        ("settings.json", "flipped", "sentence, same after it"),
        *(
            pytest.param(*case, "same", marks=pytest.mark.slow)
            for case in (
                ("best.weights.h5", "flipped"),
                ("history.csv", "truncated"),
                ("backup/epoch-000001-step-000000002/arrays.npz", "flipped"),
            )
        ),
    ],
)
def test_an_interrupted_run_survives(tool, runs, tmp_path, name, kind, end):
    cut, unbroken = runs
    [found] = tool["damage_each"](
        tool["run_here"],
        cut,
        tmp_path,
        tool["content_of"](unbroken),
        kinds=[kind],
        names=[name],
    )
    assert (found.fault, found.where, found.end) == (kind, name, end)


@pytest.mark.parametrize(
    ("name", "kind", "end"),
    [
        pytest.param(
            "record.json", "truncated", "same", marks=pytest.mark.slow
        ),
        ("test.npz", "deleted", "sentence, same after it"),
        ("settings.json", "deleted", "same"),
        pytest.param(
            "best.json",
            "flipped",
            "sentence, same after it",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_finished_run_survives(tool, runs, tmp_path, name, kind, end):
    _, unbroken = runs
    [found] = tool["damage_each"](
        tool["run_here"],
        unbroken,
        tmp_path,
        tool["content_of"](unbroken),
        kinds=[kind],
        names=[name],
    )
    assert found.end == end, found


@pytest.fixture
def expected(tool, runs):
    return tool["content_of"](runs[1])


def answering(tool, *ended):
    """A command that ends in these ways, one after the other."""
    answers = [tool["Ended"](*each) for each in ended]
    return lambda path: answers.pop(0)


SAID = "experiments.run: a.csv is damaged. Remove it."


@pytest.mark.parametrize(
    ("ended", "end"),
    [
        ([(0, "")], "same"),
        ([(1, SAID), (0, "")], "sentence, same after it"),
        ([(1, SAID), (1, SAID)], "FAULT: exit 1 after the remedy"),
        ([(1, "experiments.run: oh")], "FAULT: a.csv is not named"),
        ([(1, "Traceback ...\n" + SAID)], "FAULT: exit 1"),
        ([(-11, "")], "FAULT: exit -11"),
    ],
)
def test_every_end_is_judged(tool, runs, expected, ended, end):
    found, _ = tool["judge"](
        answering(tool, *ended), runs[1], expected, lambda: None, "a.csv"
    )
    assert found == end


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("history.csv", "history.csv"),
        ("validation.npz", "no whole run"),
        ("best.weights.h5", "no whole run"),
    ],
)
def test_an_end_in_other_content_is_a_fault(
    tool, runs, expected, tmp_path, name, other
):
    copy = tmp_path / "copy"
    shutil.copytree(runs[1], copy)
    (copy / name).write_bytes(b"")
    run = answering(tool, (0, ""))
    found, _ = tool["judge"](run, copy, expected, lambda: None, "")
    assert found.startswith("FAULT") and other in found


def test_damage_is_done_as_it_is_called(tool):
    damaged = tool["damaged"]
    assert damaged(b"abcd", "deleted") is None
    assert damaged(b"abcd", "emptied") == b""
    assert damaged(b"abcd", "truncated") == b"ab"
    assert damaged(b"abcd", "flipped") == b"abbd"
