"""Tests of tools/benchmark_metrics and tools/calibration_bias."""

import importlib.machinery
import importlib.util
import json
import pathlib

import numpy as np
import pytest


def imported(name):
    path = pathlib.Path(__file__).parents[2] / "tools" / name
    loader = importlib.machinery.SourceFileLoader(f"{name}_tool", str(path))
    spec = importlib.util.spec_from_loader(f"{name}_tool", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


benchmark = imported("benchmark_metrics")
bias = imported("calibration_bias")


def test_all_contestants_of_a_part_compute_the_same_error(monkeypatch):
    results = {}

    def run_once(contestants, rounds, number=1):
        results.update({n: f() for n, f in contestants.items()})
        return {name: [1.0] * rounds for name in contestants}

    monkeypatch.setattr(benchmark, "race", run_once)
    found = benchmark.calibration_part(1000, 10, rounds=2)
    values = [
        float(value)
        for name, value in results.items()
        if not name.startswith("keras")
    ]
    np.testing.assert_allclose(values, values[0], atol=1e-6)
    assert found["state_bytes"] == 360


def test_the_area_is_that_of_scikit_learn():
    found = benchmark.auroc_part(rounds=1, size=1000)
    assert found["difference"] < 1e-12


def test_the_ratio_is_taken_within_a_round():
    seconds = {"one": [1.0, 10.0, 3.0], "base": [2.0, 20.0, 3.0]}
    assert benchmark.ratio(seconds, "one", "base") == 0.5


def test_no_rounds_are_refused(capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["--rounds=0"])
    assert "--rounds must be at least 1" in capsys.readouterr().err


def test_the_bias_table_has_every_estimator(capsys):
    assert bias.main(["--runs=3", "--sizes", "50", "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["accuracy"] for record in records] == list(bias.ACCURACIES)
    for record in records:
        for name in bias.ESTIMATORS:
            mean, standard = record[name]
            assert np.isfinite(mean) and standard >= 0


def test_the_true_error_of_a_constant_gap_is_the_gap():
    assert bias.true_error(bias.ACCURACIES["calibrated"]) == 0
    found = bias.true_error(bias.ACCURACIES["off by 0.05"])
    np.testing.assert_allclose(found, 0.05, rtol=1e-9)


def test_too_few_runs_are_refused(capsys):
    with pytest.raises(SystemExit):
        bias.main(["--runs=1"])
    assert "--runs must be at least 2" in capsys.readouterr().err
