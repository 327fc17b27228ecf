"""What a study writes: pictures, tables, and a page that holds them."""

import pathlib
import time

import numpy as np
import pandas as pd

from experiments.run_report import versions_in_words
from experiments.studies.machinery import tables
from experiments.studies.machinery.claims import judge
from tfmixup import diagrams
from tfmixup.files import new_file
from tfmixup.report import to_markdown

__all__ = ["how", "write"]

_EXPLAINED = """\
Fractions, not percents. A figure of several seeds is their mean, with half of
its 95 % t interval over seeds (`_half` in the CSV file). `floor_M`: what
chance alone makes of the ECE with M bins, for a perfectly calibrated model
with the same confidences. `gap`: mean confidence less accuracy, above 0 for
overconfidence. `temperature` is fitted on the validation split,
`ece_15_scaled` is the ECE with it on the test split. `last_`: at the last
epoch instead of the best. `against_baseline`: seeds whose ECE is better or
worse than the baseline's on the same test examples, by a paired test."""


def write(
    study,
    name,
    results,
    folder,
    *,
    is_full,
    paper_lines,
    how,
    missing=None,
):
    """Writes everything that a study says.

    Args:
        study: `Study`.
        name: str, such as "figure2".
        results: `Results`.
        folder: `pathlib.Path`, gets `<name>_<picture>.png` and `.svg`,
            `<name>.csv`, and `<name>.md`, which is all of it on one page.
        is_full: whether the runs are the paper's.
        paper_lines: tuple of `Line`, all that the paper shows.
        how: list of str, lines that say how it was made.
        missing: dict from the name of a run that was planned to why it is
            not here; None for none.

    Returns:
        list of `pathlib.Path`, the files.
    """
    folder = pathlib.Path(folder)
    files, parts = [], [f"# {name}: {study.title}", "\n".join(how)]
    missing = missing or {}
    complete = not (study.whole and missing)
    if not complete:
        parts.append(
            "No picture: it compares all runs of the study, and some are "
            "missing (at the end of this page)."
        )
    for picture, figure in (study.draw(results) if complete else {}).items():
        pictures = diagrams.save(figure, folder / f"{name}_{picture}")
        files += pictures
        parts.append(f"![{picture}]({pictures[0].name})")
    if study.note:
        parts.append(study.note)
    if results.lines:
        for title, table, suffix in (
            *(
                (title, table, f"_{title.lower().replace(' ', '_')}")
                for title, table in (
                    study.tabulate(results) if complete else {}
                ).items()
            ),
            ("Claims of the paper", judge(study.claims, results), "_claims"),
            (
                "Beside the paper's numbers",
                tables.comparison(paper_lines, results, is_full),
                "_paper",
            ),
            ("All scores", tables.scores_of_lines(results), ""),
            (
                "How the models were trained",
                tables.training_of_lines(results),
                "_training",
            ),
        ):
            if table.empty:
                continue
            path = folder / f"{name}{suffix}.csv"
            with new_file(path) as temporary:
                table.to_csv(temporary, index=False)
            files.append(path)
            parts.append(f"## {title}")
            parts += [to_markdown(part) for part in _readable(table)]
        parts.append(_EXPLAINED)
        not_run = [
            name
            for name in _not_run(paper_lines, results)
            if name not in missing
        ]
        if not_run:
            parts.append(f"## Not run at this scale\n\n{_listed(not_run)}")
    if missing:
        reasons = [
            f"{run}: not run. " + " ".join(reason.split())
            for run, reason in missing.items()
        ]
        parts.append(f"## Missing\n\n{_listed(reasons)}")
    path = folder / f"{name}.md"
    with new_file(path) as temporary:
        temporary.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return [*files, path]


def how(command, results):
    """How a study was made, in lines for its page.

    Args:
        command: str, the command line.
        results: `Results`.

    Returns:
        list of str.
    """
    lines = [f"Made by `{command}`, {results.scale}."]
    lines.append(f"Date: {time.strftime('%F')}.")
    if not results.runs:
        return lines
    runs = {run.directory: run for run in results.runs}.values()
    records = [results.record(run) for run in runs]
    tested = sorted({record["examples"]["test"] for record in records})
    lines.append(
        f"Test split ({_spoken(f'{size:,}' for size in tested)} examples), "
        f"{results.selection}."
    )
    hours = sum(record["seconds"] for record in records) / 3600
    lines.append(
        f"{len(records)} runs of {hours:.2f} hours in all (each on one "
        f"process; {versions_in_words(records)})."
    )
    return lines


def _spoken(parts):
    return " or ".join(parts)


# The table of all scores in parts that fit a page.
_PARTS = (
    ("accuracy", "ece_15", "floor_15", "oe_15", "gap", "against_baseline"),
    ("ece_100", "floor_100", "nll", "brier", "aurc"),
    ("temperature", "ece_15_scaled", "last_accuracy", "last_ece", "last_oe"),
)


def _readable(table):
    """Tables of a few columns, each mean with its interval in one cell."""
    if "method" not in table or "ece_15" not in table:
        return [table.set_index(table.columns[0])]
    names = table["data"] + ", " + table["method"]
    shown = []
    for columns in _PARTS:
        part = pd.DataFrame(index=pd.Index(names, name="run"))
        for column in columns:
            cells = table[column]
            if f"{column}_half" in table:
                halves = table[f"{column}_half"]
                cells = [
                    f"{mean:.4f}" + ("" if np.isnan(half) else f" ± {half:.4f}")
                    for mean, half in zip(cells, halves, strict=True)
                ]
            part[column] = list(cells)
        shown.append(part)
    return shown


def _not_run(paper_lines, results):
    ran = {line.name for line in results.lines}
    return [line.name for line in paper_lines if line.name not in ran]


def _listed(names):
    return "\n".join(f"- {name}" for name in names)
