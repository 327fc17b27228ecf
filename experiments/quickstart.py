"""Baseline and mixup on the embedded digits: one table, one picture.

  python -m experiments.quickstart [--root=runs/quickstart]

Runs baseline.flags and mixup.flags of experiments/flags/digits unless they are
done already.
"""

import json
import pathlib
import subprocess
import sys

from absl import app
from absl import flags

from experiments import quiet
from experiments.command_line import Command

COMMAND = Command("experiments.quickstart")
ROOT = flags.DEFINE_string("root", "runs/quickstart", "Where the runs go.")
NAMES = ("baseline", "mixup")


def main(argv):
    """Makes both runs and shows them side by side."""
    root = pathlib.Path(ROOT.value)
    for name in NAMES:
        print(f"\nTraining: {name}", flush=True)
        command = [
            sys.executable,
            "-m",
            "experiments.run",
            f"--flagfile=experiments/flags/digits/{name}.flags",
            f"--run_dir={root / name}",
        ]
        status = subprocess.run(command, check=False).returncode
        if status:
            sys.exit(status)
    records = {
        name: json.loads(
            (root / name / "record.json").read_text(encoding="utf-8")
        )
        for name in NAMES
    }
    print_table(records)
    picture = draw(records, root)
    print(f"Reliability diagrams: {picture}")
    print(f"Training curves:      tensorboard --logdir {root}")


def print_table(records):
    """Prints the test metrics, a row for each run."""
    columns = {
        "accuracy": "accuracy",
        "ece": "ECE",
        "oe": "OE",
        "nll": "NLL",
        "brier": "Brier",
        "gap": "gap",
    }
    examples = records[NAMES[0]]["examples"]
    print(
        f"\nHandwritten digits, {examples['test']} test examples, "
        f"{examples['train']} for training:\n"
    )
    print(" " * 10 + "".join(f"{title:>10}" for title in columns.values()))
    for name, record in records.items():
        metrics = record["metrics"]["test"]
        values = "".join(f"{metrics[column]:>10.4f}" for column in columns)
        print(f"{name:<10}{values}")
    print(
        "\nECE: mean distance of confidence and accuracy. OE: its "
        "overconfident part.\ngap: mean confidence - accuracy; above 0 is "
        "overconfident, below 0 underconfident.\n"
    )


def draw(records, root):
    """Writes both reliability diagrams in one picture; returns its path."""
    # Late, because TensorFlow comes with it and the runs have their own.
    with quiet.native_notices():
        from tfmixup import diagrams  # noqa: PLC0415
        from tfmixup.metrics import Bins  # noqa: PLC0415

        bins = {name: Bins(**records[name]["bins"]["test"]) for name in records}
        figure = diagrams.compare_reliability(bins, "Digits, test split")
        return diagrams.save(figure, root / "reliability.png")[0]


if __name__ == "__main__":
    app.run(main, flags_parser=COMMAND.parse)
