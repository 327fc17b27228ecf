"""What stands in the way of a study's runs, found before the first of them."""

import json

from experiments import run_identity
from experiments import run_settings
from experiments import training
from experiments.run_checks import TEXT_MODELS
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError
from tfmixup.datasets import DatasetNotAvailable

__all__ = ["check", "choose", "data_names"]

# What the splits of a run are made of, beside where they lie.
_DATA = (
    "dataset",
    "fold",
    "image_size",
    "label_base",
    "max_words",
    "model",
    "protocol",
    "skip_corrupt",
    "test_examples",
    "train_examples",
    "validation_examples",
)


def choose(lines, only):
    """The lines whose names hold one of some words.

    Args:
        lines: tuple of `Line`.
        only: list of str, in any case; empty for all lines.

    Returns:
        tuple of `Line`.

    Raises:
        ValueError: a word that is in no name.
    """
    for word in only:
        if not any(word.lower() in line.name.lower() for line in lines):
            listed = "".join(f"\n  {line.name}" for line in lines)
            raise ValueError(f"--only={word} is in none of:{listed}")
    return tuple(
        line
        for line in lines
        if not only or any(word.lower() in line.name.lower() for word in only)
    )


def data_names(study, scale):
    """The names that --data can have in a study.

    Args:
        study: `Study`.
        scale: str, a name of its scales.

    Returns:
        list of str, sorted.
    """
    names = set(study.needs)
    for line in study.lines(scale):
        settings = run_settings.parse([*line.arguments, *study.scales[scale]])
        names.add(settings.dataset)
        if settings.model in TEXT_MODELS:
            names.add("glove")
    return sorted(names)


def check(runs):
    """Opens all data and looks into all directories.

    Args:
        runs: list of `PlannedRun`.

    Returns:
        (usable, problems): list of `PlannedRun`, those that can be made or
        are finished, and dict from the directory of each other one to what
        is in its way. A finished run whose data are not there is usable:
        nothing says that it was made on others.
    """
    usable, problems, opened = [], {}, {}
    for run in runs:
        key = json.dumps(
            [[getattr(run.settings, name) for name in _DATA], run.where],
            default=str,
        )
        if key not in opened:
            opened[key] = _open(run)
        data, problem = opened[key]
        try:
            finished = _check_directory(run, data)
        except RunDirectoryError as error:
            problems[run.directory] = str(error)
            continue
        if problem and not finished:
            problems[run.directory] = problem
        else:
            usable.append(run)
    return usable, problems


def _open(run):
    """(what tells the data of a run from others, None), or (None, why not)."""
    try:
        splits = training.task_of(run.settings).open_splits(
            run.settings, run.where
        )
        data = run_identity.identity_of(splits, run.where)
    except (DatasetNotAvailable, ValueError, OSError) as error:
        print(f"{run.settings.dataset}: not there. {error}", flush=True)
        return None, str(error)
    sizes = ", ".join(f"{len(each):,} {name}" for name, each in splits.items())
    print(f"{run.settings.dataset}: {sizes} examples.", flush=True)
    return data, None


def _check_directory(run, data):
    """Whether a run is finished, in a directory that is its own."""
    if not run.directory.exists():
        return False
    directory = RunDirectory(run.directory)
    directory.check(run.settings.written(), data, run_settings.DEFAULTS)
    return directory.finished()
