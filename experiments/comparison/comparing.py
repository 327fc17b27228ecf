"""Finished runs side by side, as tables and a picture."""

import dataclasses

import numpy as np
import pandas as pd

from experiments import run_report
from experiments.comparison.runs import check_same_examples
from experiments.comparison.runs import grouped
from experiments.comparison.runs import read
from tfmixup import diagrams
from tfmixup.diagrams import summarize_seeds
from tfmixup.files import new_file
from tfmixup.metrics import bins_of
from tfmixup.metrics import merge
from tfmixup.report import calibration_report
from tfmixup.report import headline_scores
from tfmixup.report import paired_comparison
from tfmixup.report import to_markdown

__all__ = ["Comparison", "compare"]

# What is shown: name of the score here, and its row in a report.
_SCORES = {
    "accuracy": "accuracy",
    "ece": "ece_{bins}",
    "oe": "oe_{bins}",
    "gap": "confidence_gap",
    "nll": "nll",
    "brier": "brier",
}
_KEY = """\
Fractions, but for `nll` (nats) and `brier` (0 to 2). `ece`: mean distance of
confidence and accuracy in {bins} bins; `oe`: its overconfident part; `gap`:
mean confidence less accuracy, above 0 for too sure. Of several seeds, `value`
is the mean and the interval (95 %) that of Student over seeds; of one seed it
is what other test examples would give, and says nothing about other seeds.
`less {reference}` is the difference with its interval: of the seeds that both
have, one by one; of one seed, on the same examples, without what chance adds
to a binned error. With so many rows one or another differs by chance."""


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """What `compare` returns.

    Attributes:
        table: `pandas.DataFrame`, a row for each score and group of runs.
        bins: dict from the name of a group to its `Bins`, all seeds together.
        groups: dict from the name of a group to a list of
            `runs.Run`.
        num_bins: int.
    """

    table: pd.DataFrame
    bins: dict
    groups: dict
    num_bins: int

    def figure(self):
        """The reliability diagrams side by side, a matplotlib figure."""
        first = next(iter(self.groups.values()))[0]
        title = f"{first.record['settings']['dataset']}, test split"
        return diagrams.compare_reliability(self.bins, title)

    def to_markdown(self):
        """All of it on one page, as Markdown."""
        reference = next(iter(self.groups))
        runs = [run for runs in self.groups.values() for run in runs]
        lines = [
            f"- {name}: "
            + ", ".join(f"{run.path} (seed {run.seed})" for run in runs)
            for name, runs in self.groups.items()
        ]
        records = [run.record for run in runs]
        dataset = records[0]["settings"]["dataset"]
        shown = pd.DataFrame(
            {
                "score": self.table["score"],
                "run": self.table["run"],
                "seeds": self.table["seeds"],
                "value": self.table["value"],
                "interval": _intervals(self.table, "low", "high"),
                f"less {reference}": [
                    "" if np.isnan(value) else f"{value:+.4f}"
                    for value in self.table["difference"]
                ],
                "its interval": _intervals(
                    self.table, "difference_low", "difference_high"
                ),
                "verdict": self.table["verdict"],
            }
        )
        return "\n\n".join(
            [
                f"# {dataset}: {', '.join(self.groups)}",
                f"{len(runs[0].labels):,} test examples, the same for all. "
                f"Made with {run_report.versions_in_words(records)}.",
                "\n".join(lines),
                to_markdown(shown.set_index("score")),
                "![reliability diagrams](comparison.png)",
                _KEY.format(bins=self.num_bins, reference=reference),
            ]
        )

    def write(self, folder):
        """Writes page, table and picture.

        Args:
            folder: `pathlib.Path`, made if it does not exist.

        Returns:
            list of `pathlib.Path`, the files.
        """
        page, table = folder / "comparison.md", folder / "comparison.csv"
        with new_file(page) as temporary:
            temporary.write_text(self.to_markdown() + "\n", encoding="utf-8")
        with new_file(table) as temporary:
            self.table.to_csv(temporary, index=False)
        pictures = diagrams.save(self.figure(), folder / "comparison")
        return [page, table, *pictures]


def compare(directories, num_bins=15):
    """Compares finished runs on their test examples.

    Args:
        directories: list of str or path; the runs like the first one but for
            their seed are what the others are compared with.
        num_bins: int >= 1, the bins of ECE and OE.

    Returns:
        `Comparison`.

    Raises:
        RunDirectoryError: a run that is not finished, is damaged, or stands
            there twice; runs whose test examples differ.
    """
    runs = [read(directory) for directory in directories]
    for run in runs[1:]:
        check_same_examples(runs[0], run)
    groups = grouped(runs)
    reference = next(iter(groups))
    values = {
        name: [_values(run, num_bins) for run in each]
        for name, each in groups.items()
    }
    rows = []
    for name, each in groups.items():
        differences = (
            {}
            if name == reference
            else _differences(name, reference, groups, values, num_bins)
        )
        intervals = _value_intervals(each, values[name], num_bins)
        for score in _SCORES:
            low, high = intervals[score]
            difference, start, end, verdict = differences.get(
                score, (np.nan, np.nan, np.nan, "")
            )
            rows.append(
                {
                    "score": score,
                    "run": name,
                    "seeds": len(each),
                    "value": float(
                        np.mean([found[score] for found in values[name]])
                    ),
                    "low": low,
                    "high": high,
                    "difference": difference,
                    "difference_low": start,
                    "difference_high": end,
                    "verdict": verdict,
                }
            )
    table = pd.DataFrame(rows)
    order = {score: place for place, score in enumerate(_SCORES)}
    table = table.sort_values(
        "score", key=lambda column: column.map(order), kind="stable"
    ).reset_index(drop=True)
    bins = {
        name: merge(
            *(bins_of(run.labels, run.logits, num_bins, True) for run in each)
        )
        for name, each in groups.items()
    }
    return Comparison(table, bins, groups, num_bins)


def _values(run, num_bins):
    return headline_scores(run.labels, run.logits, num_bins, from_logits=True)


def _value_intervals(runs, values, num_bins):
    """Of each score: over seeds, or over examples if there is one seed."""
    if len(runs) == 1:
        report = calibration_report(
            runs[0].labels, runs[0].logits, num_bins, from_logits=True
        )
        rows = {
            score: report.table.loc[row.format(bins=num_bins)]
            for score, row in _SCORES.items()
        }
        return {
            score: (float(row["low"]), float(row["high"]))
            for score, row in rows.items()
        }
    return {
        score: _over_seeds([found[score] for found in values])[1:]
        for score in _SCORES
    }


def _over_seeds(values):
    """(mean, low, high); no interval around what is infinite."""
    if not np.all(np.isfinite(values)):
        return float(np.mean(values)), np.nan, np.nan
    summary = summarize_seeds(values)
    return float(summary.mean), float(summary.low), float(summary.high)


def _differences(name, reference, groups, values, num_bins):
    """(difference, low, high, verdict) of each score."""
    both = [
        {run.seed: place for place, run in enumerate(groups[each])}
        for each in (name, reference)
    ]
    pairs = [
        (place, both[1][seed])
        for seed, place in both[0].items()
        if seed in both[1]
    ]
    if not pairs and all(len(each) == 1 for each in both):
        pairs = [(0, 0)]
    if not pairs:
        return dict.fromkeys(
            _SCORES, (np.nan, np.nan, np.nan, "no seed in common")
        )
    if len(pairs) == 1:
        (mine, other) = pairs[0]
        return _on_examples(
            name,
            reference,
            groups[name][mine],
            groups[reference][other],
            num_bins,
        )
    found = {}
    for score in _SCORES:
        difference, low, high = _over_seeds(
            [
                values[name][mine][score] - values[reference][other][score]
                for mine, other in pairs
            ]
        )
        verdict = _verdict(score, low, high, name, reference)
        found[score] = (difference, low, high, verdict)
    return found


def _on_examples(name, reference, run, other, num_bins):
    # Names that cannot be those of columns.
    names = ("this run", "the other")
    table = paired_comparison(
        run.labels,
        run.logits,
        other.logits,
        num_bins,
        names=names,
        from_logits=True,
    ).table
    spoken = dict(zip(names, (name, reference), strict=True))
    found = {}
    for score, row in _SCORES.items():
        line = table.loc[row.format(bins=num_bins)]
        who, better, rest = line["verdict"].partition(" better")
        verdict = f"{spoken[who]}{better}{rest}" if better else line["verdict"]
        found[score] = (
            float(line["difference"]),
            float(line["low"]),
            float(line["high"]),
            verdict,
        )
    return found


def _verdict(score, low, high, name, reference):
    """As of `paired_comparison`, of an interval over seeds."""
    if np.isnan(low):
        return ""
    if low <= 0 <= high:
        return "within noise"
    if score == "gap":
        return "differs"
    is_better = (low > 0) == (score == "accuracy")
    return f"{name if is_better else reference} better"


def _intervals(table, low, high):
    return [
        "" if np.isnan(start) else f"{start:.4f} to {end:.4f}"
        for start, end in zip(table[low], table[high], strict=True)
    ]
