"""Tests of experiments.run_report."""

import numpy as np
import pytest

from experiments import run_report
from experiments import run_settings
from tfmixup.report import calibration_report

VERSIONS = {
    "tfmixup": "0.1.0",
    "commit": "0123456789abcdef",
    "tensorflow": "2.21.0",
    "keras": "3.15.1",
    "numpy": "2.4.6",
    "python": "3.11.7",
    "machine": "x86_64, 0 GPU",
}


def report_of(sharpness, size=2000):
    """Of a model whose logits are the true ones, times `sharpness`."""
    random = np.random.default_rng(2)
    honest = random.normal(size=[size, 4]) * 2
    labels = (honest + random.gumbel(size=honest.shape)).argmax(axis=1)
    return calibration_report(
        labels, honest * sharpness, from_logits=True, resamples=200
    )


def record_of(*arguments):
    return {
        "settings": run_settings.parse(list(arguments)).written(),
        "examples": {"train": 1078, "validation": 360, "test": 2000},
        "classes": list("abcd"),
        "parameters": 12345,
        "best_epoch": 4,
        "finished": "2026-11-27T07:12:00+00:00",
        "versions": VERSIONS,
        "vectors": None,
    }


@pytest.mark.parametrize(
    ("sharpness", "said", "error"),
    [
        (3.0, "it is too sure, by", "more than chance makes of it"),
        (0.3, "it is not sure enough, by", "more than chance makes of it"),
        (1.0, "apart, which chance explains", "a calibrated model has by"),
    ],
)
def test_the_sentence_says_what_the_table_says(sharpness, said, error):
    table = report_of(sharpness).table
    sentence = run_report.sentence(table, 15, 2000)
    assert said in sentence and error in sentence
    accuracy = f"right on {100 * table.loc['accuracy', 'value']:.1f} % of 2,000"
    assert accuracy in sentence
    assert f"ECE is {table.loc['ece_15', 'value']:.4f}" in sentence
    assert f"({table.loc['ece_15', 'floor_95']:.4f} at most" in sentence


def test_the_page_has_what_a_reader_asks_for():
    report = report_of(3.0)
    record = record_of("--method=mixup", "--alpha=0.3", "--seed=7")
    page = run_report.page(record, report)
    assert page.startswith("# digits, resnet18: mixup, alpha 0.3, seed 7\n")
    for part in (
        "4 classes; 1,078 train, 360 validation, 2,000 test examples",
        "12,345 parameters",
        "learning rate 0.1",
        "Date: 2026-11-27. Best epoch: 5, chosen on validation.",
        "commit 0123456789ab, tensorflow 2.21.0",
        run_report.sentence(report.table, 15, 2000),
        "| ECE, 15 bins | ",
        "| score | value | 95 % interval | calibrated: at most | verdict |",
    ):
        assert part in page, part
    # Every row of the report is there, and every column is explained.
    _, _, below = page.partition("## All scores of the test split")
    for name in report.table.index:
        assert f"| {name} |" in below
    for column in report.table.columns:
        assert f"`{column}`" in below
    assert "Word vectors" not in page
    # A terminal shows what answers a question, and fits.
    shown = run_report.on_terminal(page)
    assert shown.startswith("# digits, resnet18: mixup, alpha 0.3, seed 7\n")
    assert all(len(line) <= 100 for line in shown.splitlines())
    header, *rows = shown.splitlines()[-9:]
    assert rows[2].startswith("confidence less accuracy  ")
    place = header.index("value")
    assert all(row[place - 2 : place + 1].lstrip().isdigit() for row in rows)
    assert "rmsce" not in shown and "|" not in shown and "![" not in shown


def test_the_paper_s_protocol_and_vectors_are_said():
    text = ["--dataset=mr", "--model=sentence_cnn", "--protocol=paper"]
    record = record_of(*text, "--glove=/a/glove.txt")
    record["vectors"] = {"words": 939, "vocabulary": 1000, "of_texts": 0.9931}
    page = run_report.page(record, report_of(1.0))
    assert "on the test split, as in the paper" in page
    assert "glove.txt: 939 of 1,000 words, 99.3 % of the training" in page
    record = record_of(*text)
    assert "Word vectors: none" in run_report.page(record, report_of(1.0))


def test_each_version_stands_once():
    other = {**VERSIONS, "keras": "3.12.0"}
    words = run_report.versions_in_words(
        [{"versions": VERSIONS}, {"versions": other}, {"versions": VERSIONS}]
    )
    assert "keras 3.12.0 and 3.15.1" in words
    assert words.count("2.21.0") == 1
