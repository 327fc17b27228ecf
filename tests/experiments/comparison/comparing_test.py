"""Tests of experiments.comparison.comparing."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments import run_settings
from experiments.comparison import comparing
from experiments.run_directory import RunDirectory
from tests.experiments.run_report_test import VERSIONS
from tests.experiments.studies.fake_runs import logits_of
from tfmixup.diagrams import summarize_seeds
from tfmixup.report import headline_scores
from tfmixup.report import paired_comparison

BASELINE = ()
MIXUP = ("--method=mixup", "--alpha=0.3")


def write_run(path, arguments, seed=0, sharpness=1.0, data=None, size=400):
    """A finished run: noise of its own on examples that all runs share."""
    generator = np.random.default_rng(0)
    logits, labels = logits_of(generator, size, 1.0)
    own = np.random.default_rng([seed, len(arguments)])
    logits = logits * sharpness + own.normal(size=logits.shape) * 0.1
    path.mkdir(parents=True)
    np.savez(path / "test.npz", logits=logits, labels=labels)
    test = {"examples": size, "labels": "0a", "pixels": "1b"}
    RunDirectory(path).write_record(
        {
            "settings": run_settings.parse(
                [*arguments, f"--seed={seed}"]
            ).written(),
            "data": data or {"train": {"examples": 9}, "test": test},
            "versions": VERSIONS,
        }
    )
    return path, logits, labels


def lines_of(comparison, run):
    table = comparison.table
    return table[table["run"] == run].set_index("score")


def test_one_seed_is_compared_on_its_examples(tmp_path):
    first, logits, labels = write_run(tmp_path / "a", BASELINE, 0, 3.0)
    second, others, _ = write_run(tmp_path / "b", MIXUP, 0, 1.0)
    found = comparing.compare([first, second])
    assert list(found.groups) == ["baseline", "mixup, alpha 0.3"]
    scores = headline_scores(labels, logits, 15, True)
    lines = lines_of(found, "baseline")
    assert lines["value"].to_dict() == pytest.approx(scores)
    assert lines["difference"].isna().all()
    assert (lines["low"] < lines["high"]).all()
    paired = paired_comparison(
        labels, others, logits, 15, from_logits=True
    ).table
    lines = lines_of(found, "mixup, alpha 0.3")
    assert (
        lines.loc["ece", "difference"] == (paired.loc["ece_15", "difference"])
    )
    assert lines.loc["ece", "verdict"] == "mixup, alpha 0.3 better"
    assert lines.loc["gap", "verdict"] == "differs"
    # The other way around the same one is better.
    turned = lines_of(comparing.compare([second, first]), "baseline")
    assert turned.loc["ece", "verdict"] == "mixup, alpha 0.3 better"


def test_several_seeds_are_paired(tmp_path):
    values = {}
    paths = []
    for name, arguments, sharpness in (
        ("a", BASELINE, 3.0),
        ("b", MIXUP, 1.0),
    ):
        for seed in (2, 0, 1):
            path, logits, labels = write_run(
                tmp_path / f"{name}{seed}", arguments, seed, sharpness
            )
            paths.append(path)
            values[name, seed] = headline_scores(labels, logits, 15, True)
    # A seed that the other has not takes no part in the difference.
    paths.remove(tmp_path / "a2")
    found = comparing.compare(paths)
    lines = lines_of(found, "mixup, alpha 0.3")
    assert (lines["seeds"] == 3).all()
    assert (lines_of(found, "baseline")["seeds"] == 2).all()
    for score in ("ece", "nll", "accuracy"):
        own = summarize_seeds([values["b", seed][score] for seed in range(3)])
        assert lines.loc[score, "value"] == pytest.approx(own.mean)
        assert lines.loc[score, "low"] == pytest.approx(own.low)
        summary = summarize_seeds(
            [values["b", s][score] - values["a", s][score] for s in (0, 1)]
        )
        assert lines.loc[score, "difference"] == pytest.approx(summary.mean)
        assert lines.loc[score, "difference_low"] == pytest.approx(summary.low)
        inside = summary.low <= 0 <= summary.high
        verdict = "within noise" if inside else "mixup, alpha 0.3 better"
        assert lines.loc[score, "verdict"] == verdict
    assert lines.loc["ece", "verdict"] == "mixup, alpha 0.3 better"
    bins = found.bins["mixup, alpha 0.3"]
    assert bins.count.sum() == 3 * 400


def test_seeds_that_are_not_shared_are_not_compared(tmp_path):
    paths = [
        write_run(tmp_path / f"{len(arguments)}{seed}", arguments, seed)[0]
        for arguments, seed in (
            (BASELINE, 0),
            (BASELINE, 1),
            (MIXUP, 2),
            (MIXUP, 3),
        )
    ]
    lines = lines_of(comparing.compare(paths), "mixup, alpha 0.3")
    assert (lines["verdict"] == "no seed in common").all()
    assert lines["difference"].isna().all()
    # Two runs are two models on the same examples, whatever their seeds.
    lines = lines_of(comparing.compare(paths[::2]), "mixup, alpha 0.3")
    assert lines["difference"].notna().all()


def test_infinite_losses_have_no_interval(tmp_path):
    paths = []
    for arguments in (BASELINE, MIXUP):
        for seed in (0, 1):
            path, logits, labels = write_run(
                tmp_path / f"{len(arguments)}{seed}", arguments, seed
            )
            logits[0, labels[0]] = -np.inf
            np.savez(path / "test.npz", logits=logits, labels=labels)
            directory = RunDirectory(path)
            directory.write_record(directory.read_record())
            paths.append(path)
    lines = lines_of(comparing.compare(paths), "baseline")
    assert lines.loc["nll", "value"] == np.inf
    assert np.isnan(lines.loc["nll", "low"])
    assert np.isfinite(lines.loc["ece", "low"])


def test_the_page_the_table_and_the_picture_are_written(tmp_path):
    first, *_ = write_run(tmp_path / "a", BASELINE, 0, 3.0)
    second, *_ = write_run(tmp_path / "b", MIXUP, 0, 1.0)
    comparison = comparing.compare([first, second], num_bins=10)
    files = comparison.write(tmp_path / "out")
    assert {file.name for file in files} == {
        "comparison.md",
        "comparison.csv",
        "comparison.png",
        "comparison.svg",
    }
    page = (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8")
    assert page.startswith("# digits: baseline, mixup, alpha 0.3\n")
    for part in (
        "400 test examples, the same for all",
        "commit 0123456789ab",
        f"- baseline: {first} (seed 0)",
        "| less baseline | its interval | verdict |",
        "| ece | mixup, alpha 0.3 | 1 |",
        "accuracy in 10 bins",
    ):
        assert part in page, part
    table = pd.read_csv(tmp_path / "out" / "comparison.csv")
    assert table["value"].tolist() == pytest.approx(
        comparison.table["value"].tolist()
    )
    with Image.open(tmp_path / "out" / "comparison.png") as picture:
        assert picture.width > picture.height
