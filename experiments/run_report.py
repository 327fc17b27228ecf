"""The report of a run for people: what it is, how sure it is, in words."""

import textwrap

import pandas as pd

from experiments.methods import METHODS
from experiments.run_checks import TEXT_MODELS
from experiments.run_flags import RunSettings
from tfmixup.report import to_markdown

__all__ = [
    "method_in_words",
    "on_terminal",
    "page",
    "sentence",
    "title",
    "vectors_in_words",
    "versions_in_words",
]

_ALL_SCORES = "## All scores of the test split"
# Row of the calibration report: what it is called here, and what it is.
_SCORES = {
    "accuracy": ("accuracy", "part of the examples that it gets right"),
    "confidence": ("mean confidence", "how sure it says it is"),
    "confidence_gap": (
        "confidence less accuracy",
        "above 0: too sure; below 0: not sure enough",
    ),
    "ece_{bins}": (
        "ECE, {bins} bins",
        "mean distance of confidence and accuracy; 0 is best",
    ),
    "oe_{bins}": (
        "OE, {bins} bins",
        "the part of it where it is too sure, weighted by confidence",
    ),
    "nll": ("NLL", "cross-entropy in nats; lower is better"),
    "brier": ("Brier score", "squared distance, 0 to 2; lower is better"),
    "aurc": (
        "AURC",
        "mean error if only the surest are kept; lower is better",
    ),
}
_KEY = """\
`value` is of the test examples; `low` to `high` is the 95 % interval of what
endless examples would give, and `debiased` its middle, without what chance
adds. `floor` and `floor_95` are the mean and the 95 % quantile of what a
perfectly calibrated model with the same confidences would have on as many
examples. `sign` is the direction of the error, `verdict` whether the value can
be told from that floor. `rmsce` is the root mean square, `mce` the maximum
over bins, `adaptive_ece` has as many examples in each bin; the number at the
end of a name is that of the bins."""


def method_in_words(settings):
    """ "mixup, alpha 0.3", from the `RunSettings` of a run."""
    strength = METHODS[settings.method].strength
    words = settings.method.replace("_", " ")
    if strength:
        words += f", {strength} {getattr(settings, strength):g}"
    if settings.adaptive_alpha:
        words += " at first, adapted"
    if settings.per_example:
        words += " (for each example)"
    return words


def title(settings):
    """What a run is, in one line, from its `RunSettings`."""
    return (
        f"{settings.dataset}, {settings.model}: "
        f"{method_in_words(settings)}, seed {settings.seed}"
    )


def vectors_in_words(settings, record):
    """Which word vectors a run on texts started from, and what they cover."""
    if not settings.glove:
        return "none: drawn at random"
    found = record.get("vectors")
    if not found:
        return settings.glove
    return (
        f"{settings.glove}: {found['words']:,} of {found['vocabulary']:,} "
        f"words, {100 * found['of_texts']:.1f} % of the training texts"
    )


def versions_in_words(records):
    """With what runs were made: commits, packages and machines.

    Args:
        records: list of dict, the records of the runs.

    Returns:
        str, in which each different value stands once.
    """
    parts = []
    for name in (
        "tfmixup",
        "commit",
        "tensorflow",
        "keras",
        "numpy",
        "python",
        "machine",
    ):
        values = sorted(
            {str(record["versions"].get(name) or "?") for record in records}
        )
        if name == "commit":
            values = [value[:12] for value in values]
        parts.append(f"{name} {' and '.join(values)}")
    return ", ".join(parts)


def sentence(table, num_bins, examples):
    """What the test split says of a model, in words.

    Args:
        table: `pandas.DataFrame`, that of a `CalibrationReport`.
        num_bins: int, the bins of the ECE.
        examples: int, how many there were.

    Returns:
        str.
    """
    accuracy = table.loc["accuracy", "value"]
    gap = table.loc["confidence_gap"]
    error = table.loc[f"ece_{num_bins}"]
    confidence = table.loc["confidence", "value"]
    said = (
        f"The model is right on {100 * accuracy:.1f} % of {examples:,} test "
        f"examples, and its mean confidence is {100 * confidence:.1f} %"
    )
    points = f"{100 * abs(gap['value']):.1f} points"
    if gap["verdict"] != "above noise":
        said += (
            f": {points} apart, which chance explains in a model that is "
            "neither too sure nor not sure enough."
        )
    elif gap["value"] > 0:
        said += f": it is too sure, by {points}."
    else:
        said += f": it is not sure enough, by {points}."
    said += f" Its ECE is {error['value']:.4f}"
    told = {
        "above noise": "more than chance makes of it in a calibrated model",
        "within noise": "which a calibrated model has by chance",
        "below noise": "less than a calibrated model has by chance: were "
        "these examples trained on?",
    }[error["verdict"]]
    return f"{said}, {told} ({error['floor_95']:.4f} at most, in 19 of 20)."


def page(record, report):
    """The report of a run as Markdown.

    Args:
        record: dict, the record of the run.
        report: `CalibrationReport` of the test split.

    Returns:
        str.
    """
    settings = RunSettings.read(record["settings"])
    examples = record["examples"]
    bins = settings.num_bins
    chosen = (
        "on the test split, as in the paper: the scores below are too good"
        if settings.protocol == "paper"
        else "on validation"
    )
    facts = [
        f"Data: {settings.dataset}, {len(record['classes'])} classes; "
        + ", ".join(f"{count:,} {name}" for name, count in examples.items())
        + " examples.",
        f"Model: {settings.model}, {record['parameters']:,} parameters. "
        f"Method: {method_in_words(settings)}. {settings.epochs} epochs in "
        f"batches of {settings.batch_size}, learning rate "
        f"{settings.learning_rate:g}, seed {settings.seed}.",
    ]
    if settings.model in TEXT_MODELS:
        facts.append(f"Word vectors: {vectors_in_words(settings, record)}.")
    facts += [
        f"Date: {record['finished'][:10]}. Best epoch: "
        f"{record['best_epoch'] + 1}, chosen {chosen}.",
        f"Made with {versions_in_words([record])}.",
    ]
    return "\n\n".join(
        [
            f"# {title(settings)}",
            "\n".join(f"- {fact}" for fact in facts),
            sentence(report.table, bins, report.size),
            to_markdown(_answers(report.table, bins)),
            "![reliability diagram](report.png)",
            _ALL_SCORES,
            report.to_markdown(),
            _KEY,
        ]
    )


def on_terminal(report):
    """The part of a report that answers questions, as a terminal shows it.

    Args:
        report: str, what `page` made.

    Returns:
        str, in lines of at most 100 columns: columns aligned, the last one,
        which explains, and the picture left out.
    """
    lines, rows = [], []
    for line in report.partition(_ALL_SCORES)[0].splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.split("|")[1:-2]])
        elif line.startswith("!["):
            del rows[1]  # The line of dashes.
            columns = list(zip(*rows, strict=True))
            widths = [max(map(len, column)) for column in columns]
            lines += [
                "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows
            ]
        else:
            indent = "  " * line.startswith("- ")
            lines += textwrap.wrap(line, 100, subsequent_indent=indent) or [""]
    return "\n".join(lines).replace("\n\n\n", "\n\n").rstrip()


def _answers(table, bins):
    """The rows that answer a question, with columns that say what they are."""
    rows = {}
    for name, (words, meaning) in _SCORES.items():
        row = table.loc[name.format(bins=bins)]
        floor = row["floor_95"] if row["verdict"] else float("nan")
        rows[words.format(bins=bins)] = {
            "value": row["value"],
            "95 % interval": f"{row['low']:.4f} to {row['high']:.4f}",
            "calibrated: at most": floor,
            "verdict": row["verdict"],
            "what it is": meaning,
        }
    found = pd.DataFrame.from_dict(rows, orient="index")
    found.index.name = "score"
    return found
