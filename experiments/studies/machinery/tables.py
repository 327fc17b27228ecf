"""The table of a study: ours, the paper's, and what chance would make of it."""

import warnings

import numpy as np
import pandas as pd

from experiments.methods import METHODS
from experiments.run_checks import TEXT_MODELS
from experiments.run_report import vectors_in_words
from tfmixup import calibrators
from tfmixup.diagrams import summarize_seeds
from tfmixup.metrics import scores
from tfmixup.metrics.bins import bins_of
from tfmixup.report import paired_comparison

__all__ = ["NOT_RUN", "comparison", "scores_of_lines", "training_of_lines"]

NOT_RUN = "not run at this scale"
_BASELINE = "baseline"
# Enough for a verdict; the report of each run has 1,000.
_RESAMPLES = 200


def scores_of_lines(results):
    """Everything that an honest report says of each line.

    Args:
        results: `Results`.

    Returns:
        `pandas.DataFrame`, a row for each line. A figure of several seeds is
        the mean, and in the column `<name>_half` half of its 95 % t interval.
        `floor_M`: the ECE with M bins of a perfectly calibrated model with
        the same confidences. `gap`: mean confidence less accuracy, above 0
        for overconfidence. `temperature` is fitted on the validation split
        (those at the bound of the search are counted in
        `temperatures_at_bound` and left out of the mean);
        `ece_15_scaled` is the ECE on the test split with it. `last_*`: at
        the last epoch instead of the best. `against_baseline`: in how many
        seeds the ECE is better than the baseline's by a paired test.
    """
    return pd.DataFrame([_row(results, line) for line in results.lines])


def training_of_lines(results):
    """What was trained, on what: a row for each line.

    Args:
        results: `Results`.

    Returns:
        `pandas.DataFrame`: data, method with its strength, learning rate,
        epochs, batch size, the examples of each split, and for texts the
        vectors that training started from, with the part of the vocabulary
        and of the words of the training texts that they have.
    """
    return pd.DataFrame(
        [
            {
                "data": line.data.replace("\n", ", "),
                "method": line.method,
                **_training(results, results.of(line)[0]),
            }
            for line in results.lines
        ]
    )


def _training(results, run):
    settings, record = run.settings, results.record(run)
    strength = METHODS[settings.method].strength
    row = {
        "strength": (
            f"{strength} {getattr(settings, strength):g}" if strength else ""
        ),
        "learning rate": f"{settings.learning_rate:g}",
        "epochs": settings.epochs,
        "batch size": settings.batch_size,
    }
    for split in ("train", "validation", "test"):
        row[f"{split} examples"] = record["examples"][split]
    if settings.model in TEXT_MODELS:
        row["vectors"] = vectors_in_words(settings, record)
    return row


def comparison(lines, results, is_full):
    """Our numbers beside those that the paper prints.

    Args:
        lines: all lines of the paper's figure or table, run or not.
        results: `Results`.
        is_full: whether the runs are the paper's, not a smaller stand-in.

    Returns:
        `pandas.DataFrame`, a row for each line and printed metric; empty if
        the paper prints no numbers.
    """
    ran = {line.name: line for line in results.lines} if is_full else {}
    rows = []
    for line in lines:
        for metric, number in line.printed.items():
            row = {
                "data": line.data.replace("\n", ", "),
                "method": line.method,
                "metric": metric,
                "paper": number,
                "ours": np.nan,
                "low": np.nan,
                "high": np.nan,
                "verdict": NOT_RUN,
            }
            if line.name in ran:
                summary = summarize_seeds(results.values(line, metric))
                row["ours"] = float(summary.mean)
                row["low"], row["high"] = (
                    float(summary.low),
                    float(summary.high),
                )
                floor = _floor(results, line) if metric == "ece" else 0.0
                row["verdict"] = _verdict(number, summary, floor)
            rows.append(row)
    return pd.DataFrame(rows)


def _verdict(number, summary, floor):
    """Whether a printed number is what the seeds say."""
    if summary.size > 1 and summary.low <= number <= summary.high:
        return "reproduced"
    if abs(number - summary.mean) <= floor:
        return "within noise"
    return "not reproduced"


def _floor(results, line):
    return np.mean(
        [
            results.report(run).loc["ece_15", "floor_95"]
            for run in results.of(line)
        ]
    )


def _row(results, line):
    runs = results.of(line)
    row = {
        "data": line.data.replace("\n", ", "),
        "method": line.method,
        "seeds": len(runs),
    }
    columns = {
        "accuracy": results.values(line, "accuracy"),
        "ece_15": _reported(results, runs, "ece_15", "value"),
        "floor_15": _reported(results, runs, "ece_15", "floor"),
        "ece_100": _reported(results, runs, "ece_100", "value"),
        "floor_100": _reported(results, runs, "ece_100", "floor"),
        "oe_15": _reported(results, runs, "oe_15", "value"),
        "gap": results.values(line, "gap"),
        "nll": results.values(line, "nll"),
        "brier": results.values(line, "brier"),
        "aurc": _reported(results, runs, "aurc", "value"),
        "last_accuracy": results.last(line, "accuracy"),
        "last_ece": results.last(line, "ece"),
        "last_oe": results.last(line, "oe"),
    }
    scaled = [_scaled(results, run) for run in runs]
    columns["temperature"] = [
        scaling.temperature for scaling, _ in scaled if not scaling.at_bound
    ]
    columns["ece_15_scaled"] = [error for _, error in scaled]
    row["temperatures_at_bound"] = sum(one.at_bound for one, _ in scaled)
    for name, values in columns.items():
        if not len(values):
            row[name] = row[f"{name}_half"] = np.nan
            continue
        summary = summarize_seeds(values)
        row[name] = float(summary.mean)
        if not name.startswith("floor"):
            row[f"{name}_half"] = float(summary.high - summary.mean)
    row["best_epochs"] = " ".join(
        str(results.record(run)["best_epoch"] + 1) for run in runs
    )
    row["against_baseline"] = _against_baseline(results, line)
    return row


def _reported(results, runs, name, column):
    return np.array([results.report(run).loc[name, column] for run in runs])


def _scaled(results, run):
    """The temperature scaling fitted on validation, and its ECE on test."""
    scaling = calibrators.TemperatureScaling()
    with warnings.catch_warnings():
        # A temperature at its bound is counted in the table.
        warnings.simplefilter("ignore", UserWarning)
        scaling.fit(*results.predictions(run, "validation"))
    logits, labels = results.predictions(run, "test")
    bins = bins_of(labels, scaling.transform(logits), 15, True)
    return scaling, float(scores.expected_calibration_error(bins))


def _against_baseline(results, line):
    """The paired test of each seed against the baseline of the same seed."""
    baselines = {
        run.seed: run
        for other in results.lines
        if other.data == line.data and other.method == _BASELINE
        for run in results.of(other)
    }
    if line.method == _BASELINE or not baselines:
        return ""
    verdicts = []
    for run in results.of(line):
        if run.seed not in baselines:
            continue
        first, labels = results.predictions(run)
        second, _ = results.predictions(baselines[run.seed])
        compared = paired_comparison(
            labels,
            first,
            second,
            num_bins=15,
            from_logits=True,
            names=(line.method, _BASELINE),
            resamples=_RESAMPLES,
        )
        verdicts.append(compared.table.loc["ece_15", "verdict"])
    if not verdicts:
        return ""
    better = verdicts.count(f"{line.method} better")
    worse = verdicts.count(f"{_BASELINE} better")
    return f"better {better}, worse {worse}, within noise " + str(
        len(verdicts) - better - worse
    )
