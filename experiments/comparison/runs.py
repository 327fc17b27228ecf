"""Runs that are compared: read, checked, and grouped by their settings."""

import dataclasses
import hashlib
import json
import pathlib

import numpy as np

from experiments import run_identity
from experiments import run_report
from experiments import run_settings
from experiments.run_directory import read_record
from experiments.run_directory import RunDirectoryError
from experiments.run_flags import RunSettings

__all__ = ["Run", "check_same_examples", "grouped", "read"]

_OF_THE_METHOD = (
    "method",
    "alpha",
    "adaptive_alpha",
    "epsilon",
    "kappa",
    "per_example",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """A finished run, read.

    Attributes:
        path: `pathlib.Path`, its directory.
        record: dict.
        logits: float `[n, num_classes]`, of the test split.
        labels: int `[n]`.
    """

    path: pathlib.Path
    record: dict
    logits: np.ndarray
    labels: np.ndarray

    @property
    def seed(self):
        """int, the seed of the run."""
        return self.record["settings"]["seed"]


def read(directory):
    """Reads a finished run.

    Args:
        directory: str or path; `~` is the home directory.

    Returns:
        `Run`.

    Raises:
        RunDirectoryError: a run that is not finished, or is damaged.
    """
    path = pathlib.Path(directory).expanduser()
    record = read_record(path, files=["test.npz"])
    with np.load(path / "test.npz", allow_pickle=False) as saved:
        return Run(path, record, saved["logits"], saved["labels"])


def check_same_examples(first, run):
    """Checks that two runs were tested on the same examples.

    Args:
        first: `Run`.
        run: `Run`.

    Raises:
        RunDirectoryError: if the examples differ; it says in what.
    """
    digests = [each.record.get("data", {}).get("test") for each in (first, run)]
    lines = []
    if all(digests):
        there, here = ({"test": digest} for digest in digests)
        lines = run_identity.differences(there, here)
    elif not np.array_equal(first.labels, run.labels):
        # Runs of a time when there were no digests.
        lines = ["test labels: others than there"]
    if lines:
        listed = "\n".join(f"  {line}" for line in lines)
        raise RunDirectoryError(
            f"{run.path} was tested on other examples than {first.path} "
            f"(there):\n{listed}\nCompare runs on the same data."
        )


def grouped(runs):
    """Puts runs together that differ in their seed alone.

    Args:
        runs: list of `Run`.

    Returns:
        dict from the name of a group, which says what tells it from the
        others, to a list of `Run` in the order of their seeds.

    Raises:
        RunDirectoryError: if two runs of a group have the same seed.
    """
    by_settings = {}
    for run in runs:
        key = json.dumps(_facts(run), sort_keys=True)
        group = by_settings.setdefault(key, [])
        twice = [each for each in group if each.seed == run.seed]
        if twice:
            raise RunDirectoryError(
                f"{run.path} and {twice[0].path} have the same settings, data "
                "and seed. Give one of them."
            )
        group.append(run)
    groups = [
        sorted(group, key=lambda run: run.seed)
        for group in by_settings.values()
    ]
    facts = [_facts(group[0]) for group in groups]
    names = [
        name
        for name in sorted(set().union(*facts))
        if name not in _OF_THE_METHOD
        and len({json.dumps(each.get(name)) for each in facts}) > 1
    ]
    return {
        ", ".join(
            [
                run_report.method_in_words(RunSettings.read(each)),
                *(f"{name} {each.get(name)}" for name in names),
            ]
        ): group
        for each, group in zip(facts, groups, strict=True)
    }


def _facts(run):
    """What tells a run from others but its seed: settings and digests."""
    facts = {**run_settings.DEFAULTS, **run.record["settings"]}
    del facts["seed"]
    data = run.record.get("data", {})
    facts["training data"] = _short(data.get("train"))
    if "vectors" in data:
        facts["glove"] = _short(data["vectors"])
    return facts


def _short(digests):
    if digests is None:
        return None
    text = json.dumps(digests, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
