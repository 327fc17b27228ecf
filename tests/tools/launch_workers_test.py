"""Tests of tools/launch_workers, with workers that need no TensorFlow."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest

TOOL = pathlib.Path(__file__).parents[2] / "tools" / "launch_workers"

# Every worker knows its index; what follows is different in each test.
PRELUDE = """
import json, os, pathlib, signal, sys, time
config = json.loads(os.environ["TF_CONFIG"])
index = config["task"]["index"]
def wait_for(path):
    while not pathlib.Path(path).exists():
        time.sleep(0.01)
"""


def start(folder, script, *options):
    command = [sys.executable, "-c", PRELUDE + script]
    return subprocess.Popen(
        [sys.executable, TOOL, f"--log_dir={folder}", *options, "--", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def launch(folder, script, *options):
    """(status, output, messages) of a job."""
    process = start(folder, script, *options)
    output, messages = process.communicate(timeout=120)
    return process.returncode, output, messages


def is_alive(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_worker_gets_its_index_and_the_same_free_ports(tmp_path):
    status, output, messages = launch(
        tmp_path, "print(json.dumps(config))", "--workers=3"
    )
    assert status == 0, messages
    logs = [tmp_path / f"worker-{i}.log" for i in range(3)]
    configs = [json.loads(log.read_text()) for log in logs]
    assert [each["task"] for each in configs] == [
        {"type": "worker", "index": index} for index in range(3)
    ]
    assert len({json.dumps(each["cluster"]) for each in configs}) == 1
    assert len(set(configs[0]["cluster"]["worker"])) == 3
    # Worker 0 is shown as well, and each is named with its log.
    assert output == logs[0].read_text()
    for index, log in enumerate(logs):
        assert re.search(rf"worker {index} is process \d+, log {log}", messages)


def test_one_that_fails_stops_all_and_is_named(tmp_path):
    status, _, messages = launch(
        tmp_path,
        """
if index == 1:
    print("no such data")
    sys.exit(3)
time.sleep(100)
""",
    )
    assert status == 3
    assert re.search(
        r"worker 1 \(process \d+\) ended with status 3; all are stopped.\n",
        messages,
    )
    assert "no such data" in messages and "last backup" not in messages


def test_one_that_is_killed_stops_all_with_75_and_the_advice(tmp_path):
    began = time.monotonic()
    status, _, messages = launch(
        tmp_path,
        """
if index == 1:
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(100)
""",
    )
    assert status == 75 and time.monotonic() - began < 60
    assert "was ended by SIGKILL; all are stopped. The same command goes" in (
        messages
    )
    assert "worker 1 (process" in messages.splitlines()[-1]


def test_the_cause_is_the_one_that_a_signal_ended_not_one_that_missed_it():
    """Both may be found at one look: the one that noticed ends with 75."""
    import importlib.machinery
    import importlib.util

    loader = importlib.machinery.SourceFileLoader("launcher", str(TOOL))
    spec = importlib.util.spec_from_loader("launcher", loader)
    tool = importlib.util.module_from_spec(spec)
    loader.exec_module(tool)

    class Ended:
        def __init__(self, status):
            self.status = status

        def poll(self):
            return self.status

    job = tool.Job([], 0, pathlib.Path(), 0.0)
    job._processes = [Ended(75), Ended(None), Ended(-9)]
    assert job._wait() == 2


def test_a_worker_that_ignores_sigterm_is_killed_with_its_children(tmp_path):
    # TensorFlow may catch SIGTERM for good.
    status, _, messages = launch(
        tmp_path,
        f"""
import subprocess
mine = pathlib.Path({str(tmp_path)!r})
if index == 0:
    child = subprocess.Popen(["sleep", "100"])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (mine / "child").write_text(str(child.pid))
    (mine / "child").rename(mine / "child.pid")
    time.sleep(100)
wait_for(mine / "child.pid")
sys.exit(1)
""",
        "--grace=0.5",
    )
    assert status == 1, messages
    # A zombie that nobody has collected yet is no longer running.
    child = int((tmp_path / "child.pid").read_text())
    state = pathlib.Path(f"/proc/{child}/stat")
    assert not is_alive(child) or state.read_text().split()[2] == "Z"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_job_leaves_no_worker_behind(tmp_path, sent):
    process = start(
        tmp_path,
        f"""
pathlib.Path({str(tmp_path)!r}, f"pid-{{index}}").write_text(str(os.getpid()))
time.sleep(100)
""",
    )
    paths = [tmp_path / f"pid-{index}" for index in (0, 1)]
    while not all(path.exists() and path.read_text() for path in paths):
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(sent)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == 128 + sent
    assert f"interrupted by {sent.name}; all are stopped." in messages
    assert not any(is_alive(int(path.read_text())) for path in paths)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers=0", "--", "true"], "must be 1 or more"),
        (["--workers=2"], "a command is needed after --"),
    ],
)
def test_a_command_line_that_makes_no_job_is_refused(arguments, message):
    ended = subprocess.run(
        [sys.executable, TOOL, *arguments], capture_output=True, text=True
    )
    assert ended.returncode == 2 and message in ended.stderr
