"""Finished runs that were never trained: what a run leaves, made up."""

import json

import numpy as np
import pandas as pd

from experiments.run_flags import RunSettings
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import PlannedRun
from experiments.studies.machinery.results import Results
from tfmixup.metrics.bins import bins_of
from tfmixup.report import calibration_report
from tfmixup.report import headline_scores


def logits_of(generator, size, sharpness, classes=4):
    """Logits and labels; sharpness 1 is calibrated, above is overconfident."""
    honest = generator.normal(size=[size, classes]) * 2
    gumbel = -np.log(-np.log(generator.uniform(size=honest.shape)))
    labels = (honest + gumbel).argmax(axis=1)
    return (honest * sharpness).astype(np.float32), labels


def make_run(root, line, seed, sharpness, size=400, epochs=3, resamples=100):
    """Writes the directory of a run, and returns it as planned."""
    directory = root / f"{line.name}, seed {seed}".replace(" ", "_")
    directory.mkdir(parents=True)
    record = {
        "metrics": {},
        "bins": {},
        "best_epoch": 1,
        "seconds": 60.0,
        "examples": {"train": 10, "validation": size, "test": size},
        "versions": {"machine": "x86_64, 0 GPU", "commit": "ab" * 20},
    }
    for split, draw in (("validation", 7), ("test", 8)):
        # The same examples for all methods: their scores can be paired.
        generator = np.random.default_rng([draw, seed])
        logits, labels = logits_of(generator, size, sharpness)
        np.savez(directory / f"{split}.npz", logits=logits, labels=labels)
        bins = bins_of(labels, logits, 15, True)
        record["metrics"][split] = headline_scores(
            labels, logits, from_logits=True
        )
        record["bins"][split] = {
            name: np.asarray(value).tolist()
            for name, value in bins._asdict().items()
        }
    record["last_epoch"] = record["metrics"]["test"]
    (directory / "record.json").write_text(json.dumps(record))
    calibration_report(
        labels, logits, from_logits=True, resamples=100
    ).table.to_csv(directory / "report.csv")
    epoch = np.arange(epochs)
    pd.DataFrame(
        {
            "epoch": epoch,
            "nll": 1 / (1 + epoch),
            "val_ece": 0.1 + 0 * epoch,
            "val_gap": 0.1 + 0 * epoch,
        }
    ).to_csv(directory / "history.csv", index=False)
    table = pd.DataFrame(record["bins"]["validation"])
    pd.concat([table.assign(epoch=number) for number in epoch]).to_csv(
        directory / "bins.csv", index=False
    )
    settings = RunSettings(
        dataset="made_up", epochs=epochs, train_examples=10, width=2, seed=seed
    )
    (directory / "settings.json").write_text(json.dumps(settings.written()))
    where = {"data_dir": None, "glove": None}
    return PlannedRun(line, seed, line.arguments, settings, directory, where)


def make_runs(root, sharpness_by_method, seeds=(0, 1, 2), data="Data\nNet"):
    """Runs of several methods; each method has its own sharpness."""
    return [
        make_run(
            root, Line(data, method, (f"--method={method}",)), seed, sharpness
        )
        for seed in seeds
        for method, sharpness in sharpness_by_method.items()
    ]


def results_of(root, lines, seeds=(0, 1)):
    """`Results` of a study, none of whose runs was trained."""
    runs = [
        make_run(
            root,
            line,
            seed,
            2.0 if line.method == "baseline" else 1.2,
            size=200,
        )
        for seed in seeds
        for line in lines
    ]
    return Results(runs, "made up scale: 3 epochs")
