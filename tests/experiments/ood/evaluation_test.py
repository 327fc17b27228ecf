"""Tests of experiments.ood.evaluation."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments.ood.evaluation import draw_winning_scores
from experiments.ood.evaluation import evaluate
from experiments.ood.scores import Answers
from tests.calibrators.made import log_loss
from tests.experiments.ood import ood_made
from tests.export import made
from tests.reference import softmax
from tfmixup.export import export_saved_model


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """An evaluation of one of our models and a foreign one, side by side."""
    root = tmp_path_factory.mktemp("evaluation")
    import keras

    model = keras.Sequential(
        [
            keras.Input((6, 6, 3), name="image"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Rescaling(1 / 20),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3, kernel_initializer="identity"),
        ]
    )
    export_saved_model(
        model, root / "ours", 1.25, mc_dropout=True, from_logits=True
    )
    models = {
        "ours": root / "ours",
        "theirs": ood_made.foreign(root / "theirs"),
        "scores": ood_made.foreign(root / "p", kind="probabilities"),
    }
    report = evaluate(
        models,
        ood_made.npz(root / "colors.npz"),
        ["gaussian", "uniform"],
        root / "out",
        batch_size=25,
        passes=3,
        distances=[0.0, 100.0],
        directions=2,
    )
    return root / "out", report


METHODS = [
    "ours",
    "ours + MC dropout",
    "ours + temperature",
    "theirs",
    "theirs + temperature",
    "scores",
]


def test_every_method_is_beside_every_other(done):
    folder, report = done
    inside = pd.read_csv(folder / "in_distribution.csv")
    assert inside["method"].tolist() == METHODS
    detection = pd.read_csv(folder / "detection.csv")
    chosen = detection[detection["score"] == "max_softmax"]
    for data in ("gaussian", "uniform"):
        here = chosen[chosen["out"] == data]
        assert here["method"].tolist() == METHODS
        assert here["auroc"].between(0, 1).all()
    for name in ("AUROC", "aupr_in", "aupr_out", "fpr95_in", "fpr95_out"):
        assert name in report
    assert (folder / "report.md").read_text() == report


def test_the_temperature_is_that_of_the_manifest_or_fitted_on_validation(
    done,
):
    folder, report = done
    inside = pd.read_csv(folder / "in_distribution.csv").set_index("method")
    assert inside.loc["ours + temperature", "temperature"] == 1.25
    fitted = inside.loc["theirs + temperature", "temperature"]
    images, labels = ood_made.colored(60, seed=1)  # The validation split.
    logits = ood_made.logits_of(images)

    def loss(temperature):
        return log_loss(softmax(logits / temperature), labels)

    for factor in (0.99, 1.01):
        assert loss(fitted) < loss(factor * fitted)
    assert "temperature of scores: (none: it gives probabilities)" in report
    assert "fitted on 60 examples" in report


def test_the_numbers_of_a_foreign_model_are_right(done):
    folder, _ = done
    inside = pd.read_csv(folder / "in_distribution.csv").set_index("method")
    images, labels = ood_made.colored(60, seed=2)
    logits = ood_made.logits_of(images)
    for method in ("theirs", "scores"):
        np.testing.assert_allclose(
            inside.loc[method, "accuracy"],
            np.mean(logits.argmax(axis=1) == labels),
        )
        np.testing.assert_allclose(
            inside.loc[method, "nll"], log_loss(softmax(logits), labels), 1e-5
        )


def test_the_pictures_and_the_curves_are_there(done):
    folder, _ = done
    for name in ("winning_scores", "hull"):
        with Image.open(folder / f"{name}.png") as picture:
            assert picture.width > picture.height
        assert (folder / f"{name}.svg").exists()
    curves = json.loads((folder / "hull.json").read_text())
    assert set(curves) == {m for m in METHODS if "MC" not in m}
    assert len(curves["ours"]["accuracy"]["100.0"]) == 2


def test_more_methods_than_colors_take_another_row():
    rng = np.random.default_rng(0)
    answers = {
        f"m{i}": Answers(rng.normal(size=(20, 3)), True) for i in range(9)
    }
    figure = draw_winning_scores({"in": answers, "out": answers}, "in")
    assert len(figure.axes) == 4


def evaluate_two(tmp_path, **changes):
    arguments = {
        "models": {"m": ood_made.foreign(tmp_path / "m")},
        "in_data": ood_made.npz(tmp_path / "d.npz"),
        "out": ["uniform"],
        "output_dir": tmp_path / "out",
        **changes,
    }
    return evaluate(**arguments)


def test_a_given_temperature_is_used_and_none_leaves_it(tmp_path):
    report = evaluate_two(tmp_path, temperature=3.0, passes=0)
    assert "temperature of m: 3.0000 (given)" in report
    report = evaluate_two(tmp_path, temperature="none")
    assert "m + temperature" not in report
    assert "MC dropout" in report


def test_models_of_different_inputs_are_refused(tmp_path):
    export_saved_model(made.small(), tmp_path / "other", from_logits=True)
    models = {
        "m": ood_made.foreign(tmp_path / "m"),
        "other": tmp_path / "other",
    }
    with pytest.raises(ValueError, match="inputs of one shape.*8, 8, 3"):
        evaluate_two(tmp_path, models=models)


def test_a_name_given_twice_is_refused(tmp_path):
    with pytest.raises(ValueError, match="name of its own"):
        evaluate_two(tmp_path, out=["uniform", "uniform"])


def test_leaving_out_of_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="--exclude names 'svhn'"):
        evaluate_two(tmp_path, exclude={"svhn": []})
