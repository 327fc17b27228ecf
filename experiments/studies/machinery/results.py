"""What the finished runs of a study say, as tables."""

import zipfile
import zlib

import numpy as np
import pandas as pd

from experiments.run_directory import read_record
from experiments.run_directory import RunDirectoryError
from tfmixup.metrics import Bins

__all__ = ["Results", "sound"]

_DAMAGED = (
    EOFError,
    KeyError,
    OSError,
    RunDirectoryError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class Results:
    """The finished runs of a study.

    Args:
        runs: list of `PlannedRun`, each finished.
        scale: str, in words, as pictures say it.
        data: dict from a name to a path, as given to the study.

    Attributes:
        runs: the list.
        scale: as given.
        data: as given.
        lines: list of `Line`, in the order of the study.

    Raises:
        RunDirectoryError: if a run is not finished, or its record is damaged.
    """

    def __init__(self, runs, scale, data=()):
        self.runs = list(runs)
        self.scale = scale
        self.data = dict(data)
        self.lines = list({run.line.name: run.line for run in runs}.values())
        self._records = {
            run.directory: read_record(run.directory) for run in self.runs
        }

    @property
    def selection(self):
        """How the best epoch was chosen, in words."""
        protocols = {run.settings.protocol for run in self.runs}
        if protocols == {"paper"}:
            return "best epoch chosen on this same split, as in the paper"
        return "best epoch chosen on validation"

    def of(self, line):
        """The runs of a line, one for each seed."""
        return [run for run in self.runs if run.line.name == line.name]

    def record(self, run):
        """The record of a run, a dict."""
        return self._records[run.directory]

    def values(self, line, metric, split="test"):
        """A metric of each seed of a line, at the best epoch, float64."""
        return np.array(
            [
                self.record(run)["metrics"][split][metric]
                for run in self.of(line)
            ]
        )

    def last(self, line, metric):
        """A metric of each seed on the test split at the last epoch."""
        return np.array(
            [self.record(run)["last_epoch"][metric] for run in self.of(line)]
        )

    def differences(self, first, second, metric, epoch="best"):
        """A metric of one line less that of another, seed by seed.

        Args:
            first: `Line`.
            second: `Line`.
            metric: str, of the test split.
            epoch: "best" on validation, or "last".

        Returns:
            float64 array, of the seeds that both lines have.
        """
        read = self.values if epoch == "best" else self.last
        both = [
            dict(
                zip(
                    [run.seed for run in self.of(line)],
                    read(line, metric),
                    strict=True,
                )
            )
            for line in (first, second)
        ]
        return np.array(
            [
                value - both[1][seed]
                for seed, value in both[0].items()
                if seed in both[1]
            ]
        )

    def predictions(self, run, split="test"):
        """(logits, labels) of a run at its best epoch."""
        with np.load(run.directory / f"{split}.npz") as saved:
            return saved["logits"], saved["labels"]

    def report(self, run):
        """The calibration report of a run on the test split, a table."""
        return pd.read_csv(run.directory / "report.csv", index_col=0)

    def history(self, run):
        """The epochs of a run, a row each."""
        return pd.read_csv(run.directory / "history.csv")

    def epoch_bins(self, run):
        """dict from epoch to the `Bins` of the validation split then."""
        table = pd.read_csv(run.directory / "bins.csv")
        return {
            int(epoch): Bins(*(rows[name].to_numpy() for name in Bins._fields))
            for epoch, rows in table.groupby("epoch")
        }

    def bins(self, run):
        """`Bins` of a run on the test split at its best epoch."""
        saved = self.record(run)["bins"]["test"]
        return Bins(*(np.array(saved[name]) for name in Bins._fields))


def sound(runs):
    """Finished runs of which everything can be read.

    Args:
        runs: list of `PlannedRun`, each finished.

    Returns:
        (found, damaged): list of `PlannedRun`, and dict from the directory of
        each other one to what is wrong, in a sentence.
    """
    found, damaged = [], {}
    for run in runs:
        try:
            record = read_record(run.directory, files="all")
        except RunDirectoryError as error:
            damaged[run.directory] = str(error)
            continue
        # Older records do not know their files.
        checks = {} if "files" in record else _CHECKS
        for file, check in checks.items():
            try:
                check(Results([run], ""), run)
            except _DAMAGED:
                damaged[run.directory] = (
                    f"{run.directory / file} is damaged, or is not of this "
                    "run. Remove the directory: the same command makes the "
                    "run again."
                )
                break
        else:
            found.append(run)
    return found, damaged


def _check_record(results, run):
    record = results.record(run)
    for split in ("validation", "test"):
        float(record["metrics"][split]["ece"])
    float(record["last_epoch"]["ece"])
    float(record["seconds"])
    results.bins(run)


def _check_predictions(split):
    def check(results, run):
        logits, labels = results.predictions(run, split)
        accuracy = np.mean(logits.argmax(axis=1) == labels)
        noted = results.record(run)["metrics"][split]["accuracy"]
        # Ties between logits of half precision can fall either way.
        if not abs(accuracy - noted) < 0.01:
            raise ValueError(f"accuracy {accuracy}, and {noted} in the record")

    return check


def _check_curves(results, run):
    epochs = len(results.history(run))
    if not results.record(run)["best_epoch"] < epochs:
        raise ValueError(f"{epochs} epochs")


_CHECKS = {
    "record.json": _check_record,
    "validation.npz": _check_predictions("validation"),
    "test.npz": _check_predictions("test"),
    "report.csv": lambda results, run: results.report(run).loc["ece_100"],
    "history.csv": _check_curves,
    "bins.csv": lambda results, run: results.epoch_bins(run),
}
