"""What a study would do, and about how long it would take."""

import json

from experiments.studies import runner

__all__ = ["describe"]


def describe(runs, jobs):
    """The plan of a study, a line for each run, and its cost.

    The time of a run that was never made is that of finished ones of the same
    model and width, in proportion to the examples that they went through.

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
    lines, total, unknown = [], 0.0, 0
    for run, state in zip(runs, states, strict=True):
        cost = ""
        if state != "finished":
            seconds = rates.get(_kind(run))
            if seconds is None:
                unknown += 1
                cost = ", time unknown"
            else:
                total += seconds * run.settings["epochs"]
                cost = f", {seconds * run.settings['epochs'] / 60:.1f} min"
        lines.append(
            f"{run.line.name}, seed {run.seed}: {state}{cost}\n"
            f"    python -m experiments.run {' '.join(run.arguments)} "
            f"--run_dir={run.directory}"
        )
    finished = states.count("finished")
    lines.append(
        f"{len(runs)} runs, {finished} finished. Left: about "
        f"{total / 60 / jobs:.1f} min with --jobs={jobs}"
        + (f", and {unknown} runs unlike any finished one." if unknown else ".")
    )
    return "\n".join(lines)


def _seconds_per_epoch(runs, states):
    """dict from the kind of a run to the mean seconds of an epoch."""
    found = {}
    for run, state in zip(runs, states, strict=True):
        if state == "finished":
            record = json.loads(
                (run.directory / "record.json").read_text(encoding="utf-8")
            )
            found.setdefault(_kind(run), []).append(
                record["seconds"] / run.settings["epochs"]
            )
    return {kind: sum(all_) / len(all_) for kind, all_ in found.items()}


def _kind(run):
    """What decides how long an epoch takes."""
    names = ("dataset", "model", "width", "train_examples")
    return tuple(run.settings[name] for name in names)
