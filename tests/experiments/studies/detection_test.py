"""Tests of experiments.studies.detection; study_test.py has it end to end."""

import numpy as np
import pytest

from experiments.studies import detection
from experiments.studies.machinery.results import Results
from tests.datasets.files import class_folders
from tests.experiments.studies.fake_runs import make_run
from tests.reference import softmax
from tfmixup import datasets

SETS = ("in", "unseen classes", "Gaussian noise")


def test_some_are_of_all_classes_and_stay_in_order(tmp_path):
    # The files of a folder come class by class.
    class_folders(tmp_path / "train", ["a", "b", "c"], 1)
    class_folders(tmp_path / "test", ["a", "b", "c"], 8)
    examples = datasets.open_examples("folder", "test", tmp_path)
    some = detection.some_of(examples, 6)
    assert some.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert len(detection.some_of(examples, 100)) == 24


@pytest.fixture
def results(tmp_path):
    runs = [
        make_run(tmp_path, line, seed, sharpness=3.0)
        for seed in (0, 1)
        for line in detection.find_lines("cpu")
    ]
    return Results(runs, "made up")


def said(method, seed):
    """Predictions of one run: logits, of dropout probabilities."""
    rng = np.random.default_rng([seed, len(method)])
    logits = {name: rng.normal(size=(50, 4)) for name in SETS}
    if method.startswith("dropout"):
        return {name: softmax(each) for name, each in logits.items()}
    return logits


def test_scores_are_the_winning_ones_of_each_detector(results, monkeypatch):
    monkeypatch.setattr(
        detection, "_ask", lambda _, run: said(run.line.method, run.seed)
    )
    found = detection.scores(results)
    assert list(found) == list(detection.DETECTORS)
    for detector, method in detection.DETECTORS.items():
        assert len(found[detector]) == 2
        for seed, by_set in enumerate(found[detector]):
            for name, predictions in said(method, seed).items():
                scores = predictions
                if detector != "MC dropout":
                    # The logits of made-up runs are three times too sharp.
                    temperature = {"temperature scaling": 3.0}.get(detector, 1)
                    scores = softmax(predictions / temperature)
                np.testing.assert_allclose(
                    np.exp(by_set[name]),
                    scores.max(axis=1),
                    rtol=0.15 if detector == "temperature scaling" else 1e-9,
                )


def test_every_model_is_asked_once(results, monkeypatch):
    asked = []

    def ask(_, run):
        asked.append(run)
        return said(run.line.method, run.seed)

    monkeypatch.setattr(detection, "_ask", ask)
    detection.scores(results)
    detection.scores(results)
    assert len(asked) == 6


def test_a_folder_of_unseen_classes_is_asked_for_and_looked_at(tmp_path):
    with pytest.raises(ValueError, match="--data=unseen=FOLDER.*wnid"):
        detection.check_data("cpu", {"cifar10": tmp_path})
    with pytest.raises(ValueError, match=f"--data=unseen={tmp_path}: "):
        detection.check_data("cpu", {"unseen": tmp_path})
    # Monkeys are in STL-10 and not in CIFAR-10.
    folder = class_folders(tmp_path / "apes", ["n02487347"], 5)
    detection.check_data("cpu", {"unseen": folder})
    with pytest.raises(ValueError, match="none is unseen"):
        detection.check_data("full", {"unseen": folder})
