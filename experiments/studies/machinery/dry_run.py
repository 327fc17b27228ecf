"""What a study would do, and about how long it would take."""

from experiments.run_directory import read_record
from experiments.studies.machinery import runner
from experiments.studies.machinery.estimates import estimate

__all__ = ["describe"]


def describe(runs, jobs):
    """The plan of a study, a line for each run, and its cost.

    The time of a run that was never made is that of finished ones of the same
    model and width, in proportion to the epochs; without any it is what the
    flagfile of the run says.

    Args:
        runs: list of `PlannedRun`.
        jobs: int, how many would run at a time.

    Returns:
        str.

    Raises:
        RunDirectoryError: if a directory holds a run with other flags.
    """
    runs = list({run.directory: run for run in runs}.values())
    states = [runner.state_of(run) for run in runs]
    rates = _seconds_per_epoch(runs, states)
    lines, measured, estimated, unknown = [], 0.0, {}, 0
    for run, state in zip(runs, states, strict=True):
        cost = ""
        if state != "finished":
            rate, guess = rates.get(_kind(run)), estimate(run)
            if rate is not None:
                seconds = rate * run.settings.epochs
                measured += seconds
                cost = f", {_time(seconds)}"
            elif guess is not None:
                machine = guess.machine
                estimated.setdefault(machine, 0.0)
                estimated[machine] += guess.seconds
                cost = f", about {_time(guess.seconds)} on {machine}"
            else:
                unknown += 1
                cost = ", time unknown"
        lines.append(
            f"{run.line.name}, seed {run.seed}: {state}{cost}\n"
            f"    python -m experiments.run {' '.join(run.arguments)} "
            f"--run_dir={run.directory}"
        )
    left = []
    if measured or not (estimated or unknown):
        left.append(f"about {_time(measured / jobs)} with --jobs={jobs}")
    left += [
        f"about {_time(seconds)} on {machine}, as the flagfiles estimate it"
        for machine, seconds in estimated.items()
    ]
    if unknown:
        left.append(f"{unknown} runs unlike any finished one")
    finished = states.count("finished")
    lines.append(
        f"{len(runs)} runs, {finished} finished. Left: {'; '.join(left)}."
    )
    return "\n".join(lines)


def _time(seconds):
    """An hour or more in hours, less in minutes."""
    if seconds < 3600:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def _seconds_per_epoch(runs, states):
    """dict from the kind of a run to the mean seconds of an epoch."""
    found = {}
    for run, state in zip(runs, states, strict=True):
        if state == "finished":
            record = read_record(run.directory)
            found.setdefault(_kind(run), []).append(
                record["seconds"] / run.settings.epochs
            )
    return {kind: sum(all_) / len(all_) for kind, all_ in found.items()}


def _kind(run):
    """What decides how long an epoch takes."""
    names = ("dataset", "model", "width", "train_examples")
    return tuple(getattr(run.settings, name) for name in names)
