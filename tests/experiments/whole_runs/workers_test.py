"""Whole runs on two real workers, as `tools/launch_workers` starts them."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests.experiments import run_test

LAUNCHER = run_test.ROOT / "tools" / "launch_workers"
MIXED = ["--method=mixup", "--alpha=0.3", "--synchronized_batch_norm"]
SMALL = [
    "--dataset=digits",
    "--model=resnet18",
    "--width=2",
    "--epochs=6",
    "--train_examples=32",
    "--validation_examples=40",
    # Two batches: one for each worker.
    "--test_examples=300",
    "--batch_size=16",
    "--backup_every=1",
    # float32 parts after some 16 steps for reasons of its own.
    "--precision=float64",
    *MIXED,
]


class Job:
    """Two workers with a shared run directory, on digits."""

    def __init__(self, path):
        self.path = path
        logs = path.with_name(f"{path.name}-logs")
        self.logs = [logs / f"worker-{index}.log" for index in (0, 1)]
        self._command = [
            *[sys.executable, LAUNCHER, "--workers=2", f"--log_dir={logs}"],
            *["--", sys.executable, "-m", "experiments.run"],
            *[*SMALL, "--strategy=multi_worker"],
            f"--run_dir={path}",
        ]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self._command,
            cwd=run_test.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self):
        """(status, what it printed, what the launcher said)."""
        output, said = self.process.communicate(timeout=550)
        return self.process.returncode, output, said

    def run(self):
        self.start()
        return self.end()

    @functools.cached_property
    def digests(self):
        """The digest of its final weights that each worker wrote."""
        pattern = r"Worker (\d) has the weights ([0-9a-f]{64})"
        found = [re.findall(pattern, log.read_text()) for log in self.logs]
        assert [[index for index, _ in each] for each in found] == [
            ["0"],
            ["1"],
        ]
        return [each[0][1] for each in found]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    job = Job(tmp_path_factory.mktemp("workers") / "unbroken")
    status, _, said = job.run()
    assert status == 0, said
    # Another run of the job writes other logs.
    assert len(job.digests) == 2
    return job


@pytest.fixture(scope="module")
def one_process(tmp_path_factory):
    path = tmp_path_factory.mktemp("one") / "run"
    # The two halves of each batch, each mixed within itself.
    arguments = [*SMALL, "--mixing_groups=2", f"--run_dir={path}"]
    assert run_test.run_here(*arguments) == 0
    return path


def record(path):
    return json.loads((path / "record.json").read_text())


def test_both_workers_have_the_same_weights_bit_for_bit(unbroken):
    one, other = unbroken.digests
    assert one == other


def test_two_workers_train_as_one_process(unbroken, one_process):
    expected = run_test.weights(one_process)
    found = run_test.weights(unbroken.path)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        # 12 steps in float64; batch norm that is not synchronized, or pairs
        # across the halves, are off by more than 1e-3.
        np.testing.assert_allclose(found[name], value, 0, 1e-12, err_msg=name)
    tables = [
        pd.read_csv(path / "history.csv")
        for path in (unbroken.path, one_process)
    ]
    pd.testing.assert_frame_equal(*tables, rtol=0, atol=1e-6)


def test_two_workers_measure_as_one_process(unbroken, one_process):
    found, expected = record(unbroken.path), record(one_process)
    assert found["best_epoch"] == expected["best_epoch"]
    for split in ("validation", "test"):
        bins = found["bins"][split], expected["bins"][split]
        assert bins[0]["count"] == bins[1]["count"]
        assert bins[0]["correct"] == bins[1]["correct"]
        metrics = found["metrics"][split]
        for name, value in expected["metrics"][split].items():
            assert metrics[name] == pytest.approx(value, abs=1e-9), name
        saved = [
            np.load(p / f"{split}.npz") for p in (unbroken.path, one_process)
        ]
        np.testing.assert_array_equal(saved[0]["labels"], saved[1]["labels"])
        np.testing.assert_allclose(
            saved[0]["logits"], saved[1]["logits"], rtol=0, atol=1e-11
        )
    assert sum(found["bins"]["test"]["count"]) == 300


def test_only_the_chief_writes_and_reports(unbroken):
    # Two writers of events would have left two files.
    assert len(os.listdir(unbroken.path / "calibration")) == 1
    chief, other = (log.read_text() for log in unbroken.logs)
    assert "Record and pictures" in chief and "Epoch 6/6" in chief
    assert "Record and pictures" not in other and "Epoch" not in other


def test_a_finished_run_is_left_alone_by_all_workers(unbroken):
    before = (unbroken.path / "record.json").stat().st_mtime_ns
    status, output, said = unbroken.run()
    assert status == 0, said
    assert "Already complete" in output
    assert (unbroken.path / "record.json").stat().st_mtime_ns == before


@pytest.mark.slow
@pytest.mark.parametrize("killed", [1, 0])
def test_a_lost_worker_stops_the_job_and_it_goes_on(tmp_path, unbroken, killed):
    job = Job(tmp_path / "run")
    job.start()
    # Two epochs of two steps are done.
    deadline = time.monotonic() + 500
    while not list((job.path / "backup").glob("epoch-000002*")):
        assert job.process.poll() is None, job.end()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    processes = subprocess.check_output(
        ["ps", "--ppid", str(job.process.pid), "-o", "pid="], text=True
    )
    victim = sorted(map(int, processes.split()))[killed]
    began = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    status, _, said = job.end()
    seconds = time.monotonic() - began
    print(f"The job stopped {seconds:.1f} s after worker {killed} was killed.")
    assert status == 75 and seconds < 60
    last = said.splitlines()[-1]
    assert f"worker {killed} (process {victim}) was ended by SIGKILL" in last
    assert "The same command goes on from the last backup." in last
    assert not (job.path / "record.json").exists()

    status, output, said = job.run()
    assert status == 0, said
    assert "Goes on from the last backup" in output
    run_test.assert_same_run(job.path, unbroken.path)
    digests = {*job.digests, *unbroken.digests}
    assert len(digests) == 1


def test_a_worker_that_lost_the_other_says_so_and_ends_with_75(capfd):
    # In a process of its own: it ends at once.
    script = """
import pathlib
from experiments import run
from tfmixup.distribution import Worker
class Lost(Exception):
    message = "Connection reset by peer\\nmore of it"
run.worker_lost(Lost(), Worker(0, 2), pathlib.Path("here"))
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=run_test.ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 75
    (line,) = [x for x in ended.stderr.splitlines() if "experiments.run" in x]
    assert "worker 0 of 2 lost another one (Connection reset by peer)" in line
    assert "last backup in here/backup" in line


@pytest.mark.parametrize("done", [True, False])
def test_a_worker_lost_after_the_record_is_no_loss(tmp_path, monkeypatch, done):
    from experiments import training

    path = tmp_path / "run"

    def run(settings, directory, *_):
        if done:
            (path / "report.md").write_text("report")
            metrics = {"test": {"ece": 0.0}}
            record = {"metrics": metrics, "settings": settings.written()}
            directory.write_record({**record, "best_epoch": 0, "seconds": 0})
        raise tf.errors.UnavailableError(None, None, "Connection reset")

    monkeypatch.setattr(training, "run", run)
    monkeypatch.setattr(
        run_test.program, "worker_lost", lambda *_: sys.exit(75)
    )
    status = run_test.run_here("--dataset=digits", f"--run_dir={path}")
    assert status == (0 if done else 75)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "Several workers need TF_CONFIG or a SLURM job step"),
        ("{", "TF_CONFIG must be JSON"),
        (
            '{"cluster": {"worker": ["a:1", "a:1"]},'
            ' "task": {"type": "worker", "index": 0}}',
            "`cluster.worker[1]` of TF_CONFIG must be another address",
        ),
    ],
    ids=["none", "no JSON", "twice"],
)
def test_a_wrong_cluster_is_one_line_with_the_field(tmp_path, config, message):
    environment = {**os.environ, "TF_CONFIG": config or ""}
    environment.pop("SLURM_PROCID", None)
    command = [sys.executable, "-m", "experiments.run"]
    ended = subprocess.run(
        [*command, "--strategy=multi_worker", f"--run_dir={tmp_path / 'run'}"],
        cwd=run_test.ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert f"experiments.run: {message}" in ended.stderr
    assert not (tmp_path / "run").exists()


LEAVING = """
import atexit, sys
from experiments import run
atexit.register(print, "an orderly exit")
with run.leaving_at_once({several}):
    {statement}
"""


@pytest.mark.parametrize(
    ("several", "statement", "status", "orderly"),
    [
        (True, "print('done')", 0, False),
        (True, "run.fail('no')", 1, False),
        (True, "raise RuntimeError('unforeseen')", 1, False),
        (False, "run.fail('no', 2)", 2, True),
    ],
)
def test_workers_do_not_wait_for_each_other_to_leave(
    several, statement, status, orderly
):
    script = LEAVING.format(several=several, statement=statement)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=run_test.ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == status, ended.stderr
    assert ("an orderly exit" in ended.stdout) == orderly
    assert ("done" in ended.stdout) == ("done" in statement)
    assert ("unforeseen" in ended.stderr) == ("unforeseen" in statement)
