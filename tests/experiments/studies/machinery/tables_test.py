"""Tests of experiments.studies.machinery.tables."""

import numpy as np
import pytest

from experiments.studies.machinery import tables
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.results import Results
from tests.experiments.studies.fake_runs import make_runs


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    return Results(make_runs(root, {"baseline": 3.0, "mixup": 1.0}), "made up")


def test_the_scores_tell_made_up_truth(results):
    table = tables.scores_of_lines(results).set_index("method")
    sharp, honest = table.loc["baseline"], table.loc["mixup"]
    assert sharp["ece_15"] > 3 * sharp["floor_15"]
    assert honest["ece_15"] < 2 * honest["floor_15"]
    assert sharp["gap"] > 0.05 > abs(honest["gap"])
    # Logits three times as sharp as the truth need a temperature of 3.
    assert sharp["temperature"] == pytest.approx(3, rel=0.2)
    assert honest["temperature"] == pytest.approx(1, rel=0.2)
    assert sharp["ece_15_scaled"] < sharp["ece_15"] / 2
    assert sharp["floor_100"] > sharp["floor_15"]
    assert sharp["seeds"] == 3 and sharp["ece_15_half"] > 0
    assert sharp["best_epochs"] == "2 2 2"


def test_a_temperature_at_its_bound_is_counted_and_never_averaged(tmp_path):
    results = Results(make_runs(tmp_path, {"baseline": 3.0}), "made up")
    free = tables.scores_of_lines(results).iloc[0]
    assert free["temperatures_at_bound"] == 0
    run, *others = results.of(results.lines[0])
    labels = np.arange(40) % 4
    logits = 5 * np.eye(4, dtype=np.float32)[labels]  # all right: T is 0.01
    np.savez(run.directory / "validation.npz", logits=logits, labels=labels)
    bound = tables.scores_of_lines(results).iloc[0]
    assert bound["temperatures_at_bound"] == 1
    assert bound["temperature"] == pytest.approx(3, rel=0.2)
    for other in others:
        np.savez(
            other.directory / "validation.npz", logits=logits, labels=labels
        )
    none = tables.scores_of_lines(results).iloc[0]
    assert none["temperatures_at_bound"] == 3 and np.isnan(none["temperature"])


def test_the_paired_test_is_counted_over_seeds(results):
    table = tables.scores_of_lines(results).set_index("method")
    assert table.loc["baseline", "against_baseline"] == ""
    assert (
        table.loc["mixup", "against_baseline"]
        == "better 3, worse 0, within noise 0"
    )


def test_printed_numbers_are_judged_at_full_scale_only(results):
    baseline = results.values(results.lines[0], "ece")
    paper = [
        Line("Data\nNet", "baseline", (), {"ece": float(baseline.mean())}),
        Line("Data\nNet", "mixup", (), {"ece": 0.9, "accuracy": 0.1}),
        Line("Data\nOther", "mixup", (), {"ece": 0.1}),
    ]
    small = tables.comparison(paper, results, is_full=False)
    assert set(small["verdict"]) == {tables.NOT_RUN} and len(small) == 4
    assert small["ours"].isna().all()
    full = tables.comparison(paper, results, is_full=True)
    assert full["verdict"].tolist() == [
        "reproduced",
        "not reproduced",
        "not reproduced",
        tables.NOT_RUN,
    ]
    assert full["ours"][0] == pytest.approx(baseline.mean(), abs=1e-15)


def test_a_number_closer_than_the_noise_floor_is_within_noise(results):
    ours = results.values(results.lines[1], "ece").mean()
    floors = [
        results.report(run).loc["ece_15", "floor_95"]
        for run in results.of(results.lines[1])
    ]
    half = tables.scores_of_lines(results).set_index("method")
    half = half.loc["mixup", "ece_15_half"]
    number = ours + min(floors) * 0.9
    assert number > ours + half  # Outside of the interval over seeds.
    paper = [Line("Data\nNet", "mixup", (), {"ece": float(number)})]
    (row,) = tables.comparison(paper, results, True).to_dict("records")
    assert row["verdict"] == "within noise"
