"""The two workers of `jobs`, run once."""

import json
import pathlib
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]


class Found(NamedTuple):
    """What one worker wrote: JSON values, and arrays."""

    values: dict
    arrays: dict


@pytest.fixture(scope="session")
def workers(tmp_path_factory):
    """[`Found` of worker 0, `Found` of worker 1]."""
    folder = tmp_path_factory.mktemp("workers")
    launcher = [sys.executable, ROOT / "tools" / "launch_workers"]
    job = [sys.executable, "-m", "tests.distribution.jobs", folder]
    ended = subprocess.run(
        [*launcher, "--workers=2", f"--log_dir={folder}", "--", *job],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )
    logs = [path.read_text() for path in sorted(folder.glob("*.log"))]
    assert ended.returncode == 0, (ended.stderr, *logs)
    found = []
    for index in (0, 1):
        values = json.loads((folder / f"worker-{index}.json").read_text())
        with np.load(folder / f"worker-{index}.npz") as file:
            found.append(Found(values, dict(file)))
    return found
