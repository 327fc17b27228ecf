"""Tests of experiments.studies.machinery.report."""

import pandas as pd
import pytest

from experiments.studies import figure6
from experiments.studies import table2
from experiments.studies.machinery import report
from tests.experiments.studies.fake_runs import results_of


def write(study, name, root, is_full, scale="cpu", missing=None):
    results = results_of(root / "runs", study.lines(scale))
    files = report.write(
        study,
        name,
        results,
        root / "results",
        is_full=is_full,
        paper_lines=study.lines("full"),
        how=["Made by hand."],
        missing=missing,
    )
    return files, (root / "results" / f"{name}.md").read_text()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write(figure6.STUDY, "figure6", tmp_path_factory.mktemp("a"), False)


def test_every_file_is_there_and_named(written):
    files, page = written
    assert all(file.exists() for file in files)
    assert {file.name for file in files} == {
        "figure6_bars.png",
        "figure6_bars.svg",
        "figure6_claims.csv",
        "figure6.csv",
        "figure6_training.csv",
        "figure6.md",
    }
    assert "![bars](figure6_bars.png)" in page and "Made by hand." in page


def test_the_page_says_what_was_not_run(written):
    _, page = written
    missing = page.partition("Not run at this scale")[2]
    assert "- CIFAR-100, VGG-16: feature mixup" in missing
    assert "Fashion-MNIST" not in missing


def test_the_table_has_a_row_for_each_line_and_honest_columns(written):
    files, _ = written
    (path,) = [file for file in files if file.name == "figure6.csv"]
    table = pd.read_csv(path)
    assert table["method"].tolist() == ["baseline", "feature mixup", "mixup"]
    assert {"floor_15", "gap", "ece_15_scaled", "against_baseline"} <= set(
        table.columns
    )


def test_printed_numbers_stand_beside_ours(tmp_path):
    files, page = write(table2.STUDY, "table2", tmp_path, False)
    (path,) = [file for file in files if file.name == "table2_paper.csv"]
    paper = pd.read_csv(path)
    # Five rows of two parts, with accuracy and ECE.
    assert len(paper) == 20
    assert set(paper["verdict"]) == {"not run at this scale"}
    assert "Beside the paper's numbers" in page


def test_the_page_says_how_the_models_were_trained(written):
    _, page = written
    table = page.partition("## How the models were trained")[2]
    header, _, row = table.strip().splitlines()[:3]
    for column in ("learning rate", "epochs", "test examples", "strength"):
        assert f"| {column} |" in header
    assert "baseline |  | 0.1 | 3 | 128 | 10 | 200 | 200 |" in row


def test_how_a_study_was_made_has_examples_versions_and_commit(tmp_path):
    results = results_of(tmp_path, figure6.STUDY.lines("cpu"))
    command, date, split, runs = report.how("the command", results)
    assert "`the command`, made up scale" in command
    assert split.startswith("Test split (200 examples), best epoch chosen")
    assert "commit abababababab" in runs and "machine x86_64, 0 GPU" in runs


def test_the_page_names_what_is_missing_and_why(tmp_path):
    missing = {"MR: mixup, seed 0": "No data:\n  nowhere."}
    _, page = write(figure6.STUDY, "figure6", tmp_path, False, missing=missing)
    assert "- MR: mixup, seed 0: not run. No data: nowhere." in page
    assert "![bars]" in page


def test_a_study_that_compares_all_its_runs_has_no_picture_without_one(
    tmp_path,
):
    study = figure6.STUDY._replace(whole=True, draw=None, tabulate=None)
    missing = {"baseline, seed 0": "It failed."}
    files, page = write(study, "figure6", tmp_path, False, missing=missing)
    assert not any(file.suffix == ".png" for file in files)
    assert "No picture" in page and "## All scores" in page
