"""Tests of tools/run.slurm and tools/run_kubernetes.yaml.

There is no cluster here: stand-ins for the programs of one say how they were
called.
"""

import json
import os
import pathlib
import subprocess

import pytest
import yaml

from tfmixup.distribution import cluster

TOOLS = pathlib.Path(__file__).parents[2] / "tools"
FLAGS = ["--flagfile=some.flags", "--run_dir=a folder"]


def stand_in(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)


def run_slurm(folder, status, **environment):
    """The script in a job whose step ends with a status."""
    stand_in(
        folder, "srun", f'printf "<%s>" "$@" > {folder}/srun.txt; exit {status}'
    )
    stand_in(folder, "scontrol", f'echo "$@" > {folder}/scontrol.txt')
    return subprocess.run(
        ["bash", TOOLS / "run.slurm", *FLAGS],
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "VIRTUAL_ENV": "active",
            "SLURM_SUBMIT_DIR": str(folder),
            "SLURM_JOB_ID": "17",
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_the_slurm_script_gives_all_flags_to_every_task(tmp_path):
    ended = run_slurm(tmp_path, 0)
    assert ended.returncode == 0, ended.stderr
    command = ["python", "-m", "experiments.run", "--strategy=multi_worker"]
    expected = "".join(f"<{word}>" for word in [*command, *FLAGS])
    called = (tmp_path / "srun.txt").read_text()
    assert called.endswith(expected)
    # One that fails ends all.
    assert "<--kill-on-bad-exit=1>" in called
    assert not (tmp_path / "scontrol.txt").exists()


@pytest.mark.parametrize(
    ("status", "restarts", "again"),
    [(75, "", True), (137, "3", True), (1, "", False), (75, "10", False)],
)
def test_a_job_that_lost_a_worker_goes_back_into_the_queue(
    tmp_path, status, restarts, again
):
    ended = run_slurm(tmp_path, status, SLURM_RESTART_COUNT=restarts)
    assert ended.returncode == status
    called = tmp_path / "scontrol.txt"
    assert called.exists() == again
    if again:
        assert called.read_text() == "requeue 17\n"


def test_the_slurm_script_asks_for_one_task_a_node():
    lines = (TOOLS / "run.slurm").read_text().splitlines()
    options = [line.split()[1] for line in lines if line.startswith("#SBATCH")]
    assert "--ntasks-per-node=1" in options and "--requeue" in options


@pytest.fixture
def kubernetes():
    """(service, job) of the manifest."""
    text = (TOOLS / "run_kubernetes.yaml").read_text()
    service, job = yaml.safe_load_all(text)
    assert (service["kind"], job["kind"]) == ("Service", "Job")
    return service, job


def test_the_parts_of_the_manifest_fit_together(kubernetes):
    service, job = kubernetes
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert pod["subdomain"] == service["metadata"]["name"]
    assert service["spec"]["selector"] == {"job-name": job["metadata"]["name"]}
    # Pods have a host name with their index in indexed jobs only.
    assert job["spec"]["completionMode"] == "Indexed"
    workers = int(environment["WORKERS"])
    assert job["spec"]["completions"] == job["spec"]["parallelism"] == workers
    (port,), (listening,) = service["spec"]["ports"], container["ports"]
    ports = {port["port"], listening["containerPort"], int(environment["PORT"])}
    assert len(ports) == 1
    mounts = {each["name"] for each in container["volumeMounts"]}
    assert mounts == {each["name"] for each in pod["volumes"]}


@pytest.mark.parametrize("index", ["0", "3"])
def test_each_pod_makes_a_tf_config_that_tensorflow_can_use(
    tmp_path, kubernetes, index
):
    service, job = kubernetes
    (container,) = job["spec"]["template"]["spec"]["containers"]
    stand_in(tmp_path, "python", 'echo "$TF_CONFIG"; printf "<%s>" "$@" >&2')
    ended = subprocess.run(
        [*container["command"], *container["args"]],
        env={
            **{each["name"]: each["value"] for each in container["env"]},
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "JOB_COMPLETION_INDEX": index,
        },
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    config = cluster.check_tf_config(ended.stdout)
    assert config["task"] == {"type": "worker", "index": int(index)}
    name = f"{job['metadata']['name']}-%d.{service['metadata']['name']}:2222"
    assert config["cluster"]["worker"] == [name % i for i in range(4)]
    command = ["-m", "experiments.run", "--strategy=multi_worker"]
    expected = [*command, *container["args"]]
    assert ended.stderr == "".join(f"<{word}>" for word in expected)
    assert json.loads(ended.stdout) == config
