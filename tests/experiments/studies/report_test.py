"""Tests of experiments.studies.report."""

import pandas as pd
import pytest

from experiments.studies import figure6
from experiments.studies import report
from experiments.studies import table2
from tests.experiments.studies.fake_runs import results_of


def write(study, name, root, is_full, scale="cpu"):
    results = results_of(root / "runs", study.lines(scale))
    files = report.write(
        study,
        name,
        results,
        root / "results",
        is_full=is_full,
        paper_lines=study.lines("full"),
        how=["Made by hand."],
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
