"""Tests of ImageNet end to end, as a user starts it, on real images."""

import ast
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests.datasets.records_made import example
from tests.datasets.records_made import write
from tfmixup.datasets import open_imagenet

ROOT = pathlib.Path(__file__).parents[3]


def start(*command):
    return subprocess.run(
        [str(each) for each in command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=540,
    )


@pytest.fixture
def samples(imagenet, tmp_path):
    """A copy of the images, to be damaged."""
    return shutil.copytree(imagenet, tmp_path / "samples")


def test_two_workers_train_evaluate_and_export(samples, tmp_path):
    train = open_imagenet("train", samples, limit=610)
    cut = pathlib.Path(ast.literal_eval(train.source.name_of(train.rows[0])))
    cut.write_bytes(cut.read_bytes()[:-2000])
    done = start(
        sys.executable,
        "tools/launch_workers",
        "--workers=2",
        f"--log_dir={tmp_path}",
        "--",
        sys.executable,
        "-m",
        "experiments.run",
        "--flagfile=experiments/flags/imagenet2012/resnet50_mixup.flags",
        "--flagfile=experiments/flags/smoke_imagenet.flags",
        "--strategy=multi_worker",
        "--start_deadline=240",
        "--train_examples=610",
        "--batch_size=300",
        "--epochs=1",
        "--width=2",
        "--image_size=64",
        "--skip_corrupt",
        f"--data_dir={samples}",
        f"--cache_dir={tmp_path / 'cache'}",
        f"--run_dir={tmp_path / 'run'}",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    logs = [(tmp_path / f"worker-{i}.log").read_text() for i in range(2)]
    for log in logs:
        assert "train: left out 1 of 610" in log and cut.name in log
    assert "Epoch 1/1" in logs[0]

    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert record["settings"]["schedule"] == "goyal"
    assert len(record["classes"]) == 1000
    assert record["examples"]["test"] == 32
    history = pd.read_csv(tmp_path / "run" / "history.csv")
    assert len(history) == 1 and 0 <= history["val_top5"][0] <= 1
    assert np.isfinite(history["loss"]).all()
    top5 = top_5(tmp_path / "run" / "test.npz")
    assert record["metrics"]["test"]["top5"] == pytest.approx(top5)

    exported = start(
        sys.executable,
        "-m",
        "experiments.export_run",
        f"--run_dir={tmp_path / 'run'}",
        f"--data_dir={samples}",
        f"--cache_dir={tmp_path / 'cache'}",
        f"--saved_model={tmp_path / 'saved'}",
    )
    assert exported.returncode == 0, exported.stderr
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures
    assert "serving_default" in serve


def top_5(path):
    with np.load(path) as saved:
        highest = np.argsort(saved["logits"], axis=1)[:, -5:]
        return (highest == saved["labels"][:, None]).any(axis=1).mean()


def refused(folder, tmp_path, *more):
    done = start(
        sys.executable,
        "-m",
        "experiments.run",
        "--flagfile=experiments/flags/imagenet2012/resnet50_baseline.flags",
        "--flagfile=experiments/flags/smoke_imagenet.flags",
        f"--data_dir={folder}",
        f"--cache_dir={tmp_path / 'cache'}",
        f"--run_dir={tmp_path / 'run'}",
        *more,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    return done.stderr


def test_a_truncated_record_file_ends_the_run_with_file_and_record(tmp_path):
    image = tf.io.encode_jpeg(tf.zeros([9, 9, 3], tf.uint8)).numpy()
    path = tmp_path / "train-00000-of-00001"
    starts = write(path, [example(image, 1 + i % 5) for i in range(40)])
    path.write_bytes(path.read_bytes()[: starts[23] + 60])
    message = refused(tmp_path, tmp_path)
    assert "train-00000-of-00001', record 23" in message


def test_a_folder_that_is_not_there_ends_the_run_with_what_it_would_hold(
    tmp_path,
):
    message = refused(tmp_path / "nowhere", tmp_path)
    assert "train/<wnid>/*.JPEG" in message and "no such folder" in message
