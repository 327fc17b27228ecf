"""Makes the runs of a study that are not there yet, several at a time."""

import os
import pathlib
import signal
import subprocess
import sys
import time

from experiments import run_settings
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError

__all__ = ["make", "state_of"]

_ROOT = pathlib.Path(__file__).parents[3]


def state_of(run):
    """What is there of a run, in words: "finished", "to do" ...

    Raises:
        RunDirectoryError: if its directory holds a run with other flags.
    """
    if not (run.directory / "settings.json").exists():
        return "to do"
    directory = RunDirectory(run.directory)
    directory.check(run.settings.written(), defaults=run_settings.DEFAULTS)
    if directory.finished():
        return "finished"
    backups = sorted((run.directory / "backup").glob("epoch-*"))
    if not backups:
        return "to do"
    # epoch-000012, or epoch-000012-step-000000034.
    return f"goes on after epoch {int(backups[-1].name.split('-')[1])}"


def make(runs, jobs=1):
    """Makes every run that is not finished.

    Each is a process of its own, `python -m experiments.run ...`, whose
    output goes to `run.log` in its directory. A run that failed does not stop
    the others. On SIGINT the runs are ended, and what they had backed up is
    what the next call goes on from.

    Args:
        runs: list of `PlannedRun`.
        jobs: int >= 1, how many at a time.

    Returns:
        dict from the directory of each run that did not finish to how it
        ended: its exit status, and the last line of its log.

    Raises:
        RunDirectoryError: if a directory holds a run with other flags.
    """
    # Two lines of a study can be one run.
    runs = list({run.directory: run for run in runs}.values())
    todo = [run for run in runs if state_of(run) != "finished"]
    total, start = len(todo), time.monotonic()
    if total:
        print(f"{len(runs) - total} of {len(runs)} runs are finished.")
    active, failed, done = {}, {}, 0
    try:
        while todo or active:
            for run in [run for run in todo if not _in_use(run)]:
                if len(active) == jobs:
                    break
                todo.remove(run)
                # Another study may have finished it in the meantime.
                if state_of(run) == "finished":
                    done += 1
                    continue
                active[_start(run, jobs)] = run
            time.sleep(0.2)
            for process in [p for p in active if p.poll() is not None]:
                run = active.pop(process)
                done += 1
                if process.returncode or state_of(run) != "finished":
                    failed[run.directory] = (
                        f"exit status {process.returncode}; {_last_words(run)}"
                    )
                _report(run, process.returncode, done, total, start)
    finally:
        _stop(active)
    return failed


def _start(run, jobs):
    # Runs side by side share the cores instead of fighting for them.
    threads = {"TF_NUM_INTRAOP_THREADS": str(max(1, os.cpu_count() // jobs))}
    run.directory.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "experiments.run", *run.arguments]
    with open(run.directory / "run.log", "a", encoding="utf-8") as log:
        return subprocess.Popen(
            [*command, f"--run_dir={run.directory.resolve()}"],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=_ROOT,
            env=os.environ | threads,
            # A Ctrl-C in the terminal is for the study, which ends its runs.
            start_new_session=True,
        )


def _in_use(run):
    """Whether another process is at it: one that an earlier study left."""
    if not run.directory.exists():
        return False
    try:
        with RunDirectory(run.directory).locked():
            return False
    except RunDirectoryError:
        return True


def _stop(active):
    for process in active:
        process.send_signal(signal.SIGINT)
    for process in active:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _report(run, status, done, total, start):
    seconds = time.monotonic() - start
    left = (total - done) * seconds / done / 60
    outcome = "done" if status == 0 else f"FAILED with status {status}"
    print(
        f"[{done}/{total}] {run.line.name}, seed {run.seed}: {outcome}; "
        f"{seconds / 60:.1f} min so far, about {left:.1f} min left.",
        flush=True,
    )


def _last_words(run):
    path = run.directory / "run.log"
    lines = (
        path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    )
    return f"{path} ends: {lines[-1] if lines else '(nothing)'}"
