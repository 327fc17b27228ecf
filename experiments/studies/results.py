"""What the finished runs of a study say, as tables."""

import json

import numpy as np
import pandas as pd

from tfmixup.metrics import Bins

__all__ = ["Results"]


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
        FileNotFoundError: if a run is not finished.
    """

    def __init__(self, runs, scale, data=()):
        self.runs = list(runs)
        self.scale = scale
        self.data = dict(data)
        self.lines = list({run.line.name: run.line for run in runs}.values())
        self._records = {
            run.directory: json.loads(
                (run.directory / "record.json").read_text(encoding="utf-8")
            )
            for run in self.runs
        }

    @property
    def selection(self):
        """How the best epoch was chosen, in words."""
        protocols = {run.settings["protocol"] for run in self.runs}
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
