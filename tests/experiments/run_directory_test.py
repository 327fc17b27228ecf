"""Tests of the directory of a run."""

import os
import pathlib
import subprocess
import sys

import pytest

from experiments.run_directory import read_record
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError

ROOT = pathlib.Path(__file__).parents[2]


def test_a_file_in_its_place_is_refused(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(RunDirectoryError, match="--run_dir=.*run is no"):
        RunDirectory(tmp_path / "run")


def test_a_place_that_cannot_be_written_to_is_refused():
    # /proc refuses directories even to root, who may run these tests.
    with pytest.raises(RunDirectoryError, match="--run_dir=/proc/run"):
        RunDirectory("/proc/run")


def test_a_directory_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    RunDirectory("~/runs/first")
    assert (tmp_path / "runs" / "first").is_dir()
    assert not (tmp_path / "~").exists()


def of_a_run(path, settings, data=None):
    """A directory that a run has trained in."""
    directory = RunDirectory(path)
    directory.claim(settings, data)
    (path / "backup" / "epoch-000001").mkdir(parents=True)
    return directory


def test_other_settings_are_refused_and_listed(tmp_path):
    directory = of_a_run(tmp_path, {"alpha": 0.3, "seed": 0})
    with pytest.raises(RunDirectoryError) as error:
        directory.check({"alpha": 0.4, "seed": 0})
    assert "--alpha: 0.3 there, 0.4 here" in str(error.value)
    assert "--seed" not in str(error.value)


def test_the_same_settings_are_accepted_again(tmp_path):
    directory = of_a_run(tmp_path, {"alpha": 0.3, "name": None})
    directory.check({"alpha": 0.3, "name": None})
    # A flag that was not there then.
    directory.check({"alpha": 0.3, "name": None, "new": 1}, defaults={"new": 1})
    with pytest.raises(RunDirectoryError, match="--new: 1 there, 2 here"):
        directory.check(
            {"alpha": 0.3, "name": None, "new": 2}, defaults={"new": 1}
        )


def test_other_data_are_refused_and_listed(tmp_path):
    data = {"test": {"examples": 3, "labels": "0a"}}
    directory = of_a_run(tmp_path, {"seed": 0}, data)
    directory.check({"seed": 0})
    directory.check({"seed": 0}, data)
    with pytest.raises(RunDirectoryError, match="test examples: 3 there, 4"):
        directory.check({"seed": 0}, {"test": {"examples": 4, "labels": "0a"}})


@pytest.mark.parametrize(
    "left", ["record.json", "best.weights.h5", "backup/epoch-000001"]
)
def test_only_what_has_trained_is_another_run(tmp_path, left):
    directory = RunDirectory(tmp_path)
    directory.claim({"seed": 0})
    directory.check({"seed": 1})
    directory.claim({"seed": 1})
    (tmp_path / "backup").mkdir()
    (tmp_path / left).touch()
    # The run goes on under its own name.
    directory.claim({"seed": 2})
    with pytest.raises(RunDirectoryError, match="--seed: 1 there, 2 here"):
        directory.check({"seed": 2})


def test_a_second_process_is_refused_with_the_name_of_the_first(tmp_path):
    program = (
        "from experiments.run_directory import RunDirectory\n"
        f"with RunDirectory({str(tmp_path)!r}).locked():\n"
        "    print('locked', flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as other:
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(RunDirectoryError, match=f"process {other.pid} on"):
            with RunDirectory(tmp_path).locked():
                pass
        other.kill()
        other.wait()
        # The lock of a process that was killed is gone with it.
        with RunDirectory(tmp_path).locked():
            pass


def test_a_record_marks_the_run_finished(tmp_path):
    directory = RunDirectory(tmp_path)
    assert not directory.finished()
    directory.write_record({"metrics": {"test": {"ece": 0.25}}})
    assert directory.finished()
    assert directory.read_record()["metrics"]["test"]["ece"] == 0.25
    assert len((tmp_path / "record.json").read_text().splitlines()) == 1
    assert sorted(os.listdir(tmp_path)) == ["record.json"]


SETTINGS = {"alpha": 0.3, "seed": 0}
RECORD = {"settings": SETTINGS, "metrics": {"test": {"ece": 0.25}}}


def finished_run(path):
    directory = RunDirectory(path)
    directory.claim(SETTINGS)
    directory.write_record(RECORD)
    return directory


def test_what_is_written_is_read(tmp_path):
    finished_run(tmp_path)
    assert read_record(tmp_path) == {**RECORD, "files": {}}


@pytest.mark.parametrize("kind", ["missing", "damaged"])
def test_a_file_that_is_not_as_the_run_wrote_it_is_named(tmp_path, kind):
    for name in ("test.npz", "history.csv", "other.txt"):
        (tmp_path / name).write_text("content")
    finished_run(tmp_path)
    (tmp_path / "other.txt").unlink()
    read_record(tmp_path, "all")
    path = tmp_path / "history.csv"
    path.unlink() if kind == "missing" else path.write_text("contenx")
    read_record(tmp_path, ["test.npz"])
    for files in ("all", ["history.csv"]):
        message = f"history.csv is {kind}.*Remove record.json"
        with pytest.raises(RunDirectoryError, match=message):
            read_record(tmp_path, files)


def test_a_record_of_a_time_before_digests_is_read(tmp_path):
    (tmp_path / "record.json").write_text('{"by": "another"}')
    assert read_record(tmp_path) == {"by": "another"}


DAMAGE = {
    "empty": lambda text: "",
    "cut": lambda text: text[: len(text) // 2],
    "flipped": lambda text: text.replace("0.25", "0.35"),
    "torn": lambda text: text.replace(":", ";", 1),
    "zeros": lambda text: "\0" * len(text),
    "a list": lambda text: f"[{text}]",
    "no UTF-8": lambda text: "\xff" + text,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_record_is_no_finished_run(tmp_path, kind):
    directory = finished_run(tmp_path)
    text = directory.record_path.read_text()
    directory.record_path.write_bytes(DAMAGE[kind](text).encode("latin-1"))
    assert not directory.finished()
    message = "record.json is damaged .*command of the run again"
    with pytest.raises(RunDirectoryError, match=message) as error:
        directory.read_record()
    assert "Expecting" not in str(error.value)
    assert "codec" not in str(error.value)


def test_without_a_record_there_is_no_finished_run(tmp_path):
    with pytest.raises(RunDirectoryError, match="no finished run"):
        read_record(tmp_path)


def test_a_record_of_another_run_is_noticed(tmp_path):
    directory = finished_run(tmp_path / "one")
    other = RunDirectory(tmp_path / "two")
    other.claim({**SETTINGS, "seed": 1})
    other.record_path.write_bytes(directory.record_path.read_bytes())
    message = "(?s)another run.*--seed: 1 there, 0 here.*Remove record.json"
    with pytest.raises(RunDirectoryError, match=message):
        other.finished()


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_settings_are_named_with_the_remedy(tmp_path, kind):
    directory = finished_run(tmp_path)
    # One bit of a name or of a value leaves it JSON.
    text = directory.settings_path.read_text().replace('"seed": 0', '"s": 0.25')
    directory.settings_path.write_bytes(DAMAGE[kind](text).encode("latin-1"))
    with pytest.raises(
        RunDirectoryError, match="settings.json is damaged .*Remove that file"
    ) as error:
        directory.check(SETTINGS)
    assert "Expecting" not in str(error.value)
    directory.settings_path.unlink()
    directory.check(SETTINGS)
    # The record knows what the run is, too.
    with pytest.raises(RunDirectoryError, match="--seed: 0 there, 1 here"):
        directory.check({**SETTINGS, "seed": 1})
    directory.claim(SETTINGS)
    assert directory.finished()


def test_what_a_killed_process_left_is_removed(tmp_path):
    directory = finished_run(tmp_path)
    (tmp_path / "backup" / ".new-7-epoch-000003").mkdir(parents=True)
    for name in (".new-7-history.csv", "backup/.new-7-epoch-000003/a.npz"):
        (tmp_path / name).write_text("half")
    with directory.locked():
        left = {path.name for path in tmp_path.rglob("*")}
    assert left == {"backup", ".lock", "settings.json", "record.json"}


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    finished_run("~/run")
    assert (tmp_path / "run" / "record.json").exists()


def test_lost_settings_of_a_finished_run_are_written_again(tmp_path):
    directory = RunDirectory(tmp_path)
    settings, data = {"seed": 1}, {"test": {"examples": 2}}
    directory.claim(settings, data)
    directory.write_record({"settings": settings, "data": data})
    noted = directory.settings_path.read_bytes()
    directory.settings_path.unlink()
    directory.restore_settings()
    assert directory.settings_path.read_bytes() == noted
    # What is there stays as it is.
    directory.settings_path.write_text("{}")
    directory.restore_settings()
    assert directory.settings_path.read_text() == "{}"


def test_a_directory_that_is_not_there_is_no_run(tmp_path):
    with pytest.raises(RunDirectoryError, match="there is no such directory"):
        read_record(tmp_path / "nowhere")
