"""Tests of experiments.exporting: a run, and what comes out of it."""

import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from experiments.exporting import export_run
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError
from tests.reference import softmax
from tfmixup import datasets
from tfmixup.export import open_saved_model

ROOT = pathlib.Path(__file__).parents[2]
WHERE = {"data_dir": None, "glove": None}


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "experiments.run",
            "--dataset=digits",
            "--model=vgg16",
            "--dropout=0.3",
            "--noaugment",
            "--epochs=2",
            "--train_examples=64",
            "--batch_size=16",
            "--width=2",
            f"--run_dir={folder}",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_model_says_what_the_run_said(run_dir, tmp_path):
    manifest = export_run(run_dir, tmp_path / "m", WHERE)
    served = open_saved_model(tmp_path / "m")
    images, labels = datasets.open_examples("digits", "test").fetch(range(359))
    outputs = served.signatures["serving_default"](tf.cast(images, tf.float32))
    with np.load(run_dir / "test.npz") as said:
        np.testing.assert_array_equal(labels, said["labels"])
        np.testing.assert_allclose(outputs["logits"], said["logits"], atol=1e-5)
        np.testing.assert_allclose(
            outputs["probabilities"],
            softmax(said["logits"] / manifest["temperature"]),
            atol=1e-6,
        )
    assert manifest["classes"] == [str(i) for i in range(10)]
    assert manifest["temperature"] != 1
    assert sum(manifest["bins"]["count"]) == 360
    assert manifest["mc_dropout"] == {"rate": None}
    record = json.loads((run_dir / "record.json").read_text())
    assert manifest["commit"] == record["versions"]["commit"]


def test_the_paper_s_protocol_leaves_the_temperature(run_dir, tmp_path):
    record = json.loads((run_dir / "record.json").read_text())
    record["settings"]["protocol"] = "paper"
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("best.weights.h5", "validation.npz"):
        (copy / name).write_bytes((run_dir / name).read_bytes())
    # Made before there were digests.
    for name in ("data", "files", "sha256"):
        del record[name]
    (copy / "record.json").write_text(json.dumps(record))
    manifest = export_run(copy, tmp_path / "m", WHERE, dropout_rate=0.5)
    assert manifest["temperature"] == 1.0 and manifest["bins"] is None
    assert manifest["mc_dropout"] == {"rate": 0.5}


def test_the_program_exports_and_says_no_more_than_the_temperature(
    run_dir, tmp_path
):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "experiments.export_run",
            f"--run_dir={run_dir}",
            f"--saved_model={tmp_path / 'm'}",
            "--dropout_rate=0.4",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text())
    assert manifest["mc_dropout"] == {"rate": 0.4}
    said = f"{tmp_path / 'm'}: temperature {manifest['temperature']:.4f}\n"
    assert done.stdout == said
    for line in done.stderr.splitlines():
        # A fit at its bound is worth a word.
        assert "UserWarning" in line or line.startswith(" "), line


def test_other_data_than_those_of_the_run_are_refused(run_dir, tmp_path):
    copy = RunDirectory(tmp_path / "copy")
    for name in ("best.weights.h5", "validation.npz"):
        (copy / name).write_bytes((run_dir / name).read_bytes())
    record = json.loads((run_dir / "record.json").read_text())
    record["data"]["train"]["pixels"] = "0" * 32
    copy.write_record(record)
    with pytest.raises(ValueError, match="train pixels: others than there"):
        export_run(copy.path, tmp_path / "m", WHERE)
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("name", ["best.weights.h5", "validation.npz"])
@pytest.mark.parametrize("kind", ["missing", "flipped"])
def test_a_damaged_run_is_refused_by_the_name_of_the_file(
    run_dir, tmp_path, name, kind
):
    copy = tmp_path / "copy"
    shutil.copytree(run_dir, copy)
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    if kind == "missing":
        (copy / name).unlink()
    with pytest.raises(RunDirectoryError, match=f"{name} is (miss|dam)"):
        export_run(copy, tmp_path / "m", WHERE)
