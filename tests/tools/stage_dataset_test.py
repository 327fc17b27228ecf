"""Tests of tools/stage_dataset."""

import gzip
import importlib.machinery
import importlib.util
import pathlib
import shutil
import subprocess
import sys

import pytest

from tests.real_data import debians_fashion_mnist
from tests.real_data import real
from tfmixup.datasets import fashion_mnist
from tfmixup.datasets import open_examples

pytest.importorskip("tensorflow_datasets")

TOOL = pathlib.Path(__file__).parents[2] / "tools" / "stage_dataset"


def imported():
    loader = importlib.machinery.SourceFileLoader("stage_dataset", str(TOOL))
    spec = importlib.util.spec_from_loader("stage_dataset", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


tool = imported()


def test_debians_files_get_their_official_bytes_back(tmp_path):
    _, url_infos = tool.describe("fashion_mnist", tmp_path)
    source = debians_fashion_mnist()
    assert len(url_infos) == 4
    for info in url_infos.values():
        # Raises unless the SHA-256 is the one that TFDS registers.
        content = tool.read_checked(source, info.filename, info)
        debian = gzip.decompress((source / info.filename).read_bytes())
        assert gzip.decompress(content) == debian


@pytest.mark.slow
def test_fashion_mnist_is_prepared_from_debians_files(tmp_path, capsys):
    debians_fashion_mnist()
    assert tool.main(["fashion_mnist", f"--data_dir={tmp_path}"]) == 0
    assert "train 60,000, test 10,000" in capsys.readouterr().out
    staged = open_examples("fashion_mnist", "test", tmp_path)
    direct = open_examples("fashion_mnist", "test")
    assert sorted(staged.labels) == sorted(direct.labels)
    images = {image.numpy().tobytes() for image, _ in staged.dataset()}
    assert images == {image.numpy().tobytes() for image, _ in direct.dataset()}


def test_trec_is_prepared_from_its_two_files(tmp_path, capsys):
    arguments = ["trec", f"--source={real('trec')}", f"--data_dir={tmp_path}"]
    assert tool.main(arguments) == 0
    output = capsys.readouterr().out
    assert "(train 5,452, test 500)" in output
    assert "Next: " in output
    assert tool.main(arguments) == 0
    assert "prepared already" in capsys.readouterr().out


def test_a_wrong_file_is_refused_with_its_name_before_anything_is_written(
    tmp_path, capsys
):
    source, data_dir = tmp_path / "source", tmp_path / "data"
    shutil.copytree(real("trec"), source)
    with open(source / "TREC.test", "ab") as file:
        file.write(b"NUM:count One more ?\n")
    arguments = ["trec", f"--source={source}", f"--data_dir={data_dir}"]
    assert tool.main(arguments) == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "TREC.test is not the official file" in message
    assert "033f22c028c2" in message
    assert not list(data_dir.rglob("*"))


def test_a_damaged_archive_of_fashion_mnist_is_refused(tmp_path, capsys):
    for name in fashion_mnist.FILES:
        (tmp_path / name).write_bytes(gzip.compress(b"no image", mtime=0))
    arguments = [f"--source={tmp_path}", f"--data_dir={tmp_path / 'data'}"]
    assert tool.main(["fashion_mnist", *arguments]) == 1
    assert "-ubyte.gz is not the official file" in capsys.readouterr().err


def test_a_missing_file_is_refused_with_its_official_name(tmp_path, capsys):
    data_dir = tmp_path / "data"
    arguments = [f"--source={tmp_path}", f"--data_dir={data_dir}"]
    assert tool.main(["stl10", *arguments]) == 1
    message = capsys.readouterr().err
    assert f"stl10_binary.tar.gz is missing in {tmp_path}" in message
    assert not data_dir.exists()


def test_an_unknown_name_is_refused_in_one_line(tmp_path, capsys):
    arguments = [f"--source={tmp_path}", f"--data_dir={tmp_path / 'data'}"]
    assert tool.main(["stl11", *arguments]) == 1
    message = capsys.readouterr().err
    assert "no data set of that name. Received: 'stl11'" in message
    assert message.count("\n") == 1


def test_a_source_that_is_no_folder_is_refused(tmp_path, capsys):
    assert tool.main(["stl10", f"--source={tmp_path}/nowhere"]) == 1
    assert "must be a folder" in capsys.readouterr().err


def test_a_torn_copy_never_has_the_final_name(tmp_path, monkeypatch):
    def torn(source, target):
        pathlib.Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    source = tmp_path / "source"
    source.write_bytes(b"whole")
    monkeypatch.setattr(tool.shutil, "copyfile", torn)
    with pytest.raises(OSError, match="No space"):
        tool.write(tmp_path / "place" / "file", source)
    assert not (tmp_path / "place" / "file").exists()


def test_the_help_answers_without_tensorflow():
    result = subprocess.run(
        [sys.executable, "-X", "importtime", str(TOOL), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "fashion_mnist" in result.stdout
    assert "tensorflow" not in result.stderr
