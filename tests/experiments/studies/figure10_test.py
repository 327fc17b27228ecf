"""Tests of experiments.studies.figure10; study_test.py has it end to end."""

import keras
import numpy as np
import pytest
from scipy import special

from experiments.studies import detection
from experiments.studies import figure10
from experiments.studies.machinery.results import Results
from tests.experiments.studies.fake_runs import make_run
from tfmixup import datasets

KERNEL = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)


def network():
    """A linear map of 2x2 pixels to four logits."""
    dense = keras.layers.Dense(4, use_bias=False)
    model = keras.Sequential(
        [keras.Input((2, 2, 3)), keras.layers.Flatten(), dense]
    )
    dense.set_weights([KERNEL / 100])
    return model


def examples():
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, [40, 2, 2, 3]).astype(np.uint8)
    labels = (images.reshape(40, 12) @ KERNEL).argmax(axis=1)
    return datasets.Examples.from_arrays(images, labels, list("abcd"))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Of two seeds, measured: what `measure` has found it keeps."""
    root = tmp_path_factory.mktemp("runs")
    runs = [
        make_run(root, line, seed, sharpness=3.0)
        for seed in (0, 1)
        for line in figure10.find_lines("cpu")
    ]
    results = Results(runs, "made up")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            detection,
            "trained_model",
            lambda _: (network(), {"test": examples()}),
        )
        figure10.measure(results)
    return results


def test_the_measures_at_a_distance_are_those_of_moved_images(results):
    found = figure10.measure(results)
    assert list(found) == [
        "baseline",
        "baseline, temperature scaled",
        "mixup, alpha 0.4",
    ]
    # At the shortest distance, near to the images as they are.
    images, _ = examples().fetch(range(40))
    logits = images.numpy().reshape(40, 12).astype(np.float64) @ KERNEL / 100
    scores = special.softmax(logits, axis=1)
    by_measure = found["baseline"]
    assert by_measure["accuracy"][30.0][0] > 0.7
    assert abs(by_measure["confidence"][30.0][0] - scores.max(1).mean()) < 0.1
    entropy = special.entr(scores).sum(axis=1).mean()
    assert abs(by_measure["entropy"][30.0][0] - entropy) < 0.1
    # Far away the direction is all, which tells nothing of the class.
    assert by_measure["accuracy"][1e5][0] < 0.5


def test_a_temperature_leaves_the_accuracy_and_lowers_the_confidence(results):
    found = figure10.measure(results)
    plain, scaled = found["baseline"], found["baseline, temperature scaled"]
    assert plain["accuracy"] == scaled["accuracy"]
    # Fitted on logits that are three times too sharp.
    assert scaled["confidence"][30.0][0] < plain["confidence"][30.0][0]
    assert scaled["entropy"][30.0][0] > plain["entropy"][30.0][0]


def test_the_table_has_the_numbers_of_the_picture(results):
    table = figure10.tabulate(results)["Distances"]
    assert len(table) == 3 * 8 and (table["seeds"] == 2).all()
    found = figure10.measure(results)
    for _, row in table.iterrows():
        for key in ("accuracy", "confidence", "entropy"):
            values = found[row["model"]][key][row["mu"]]
            assert row[key] == pytest.approx(np.mean(values))


def test_the_picture_says_how_many_images_there_are(results):
    for run in results.runs:
        results.record(run)["examples"] = {"test": 40}
    figure = figure10.draw(results)["distance"]
    assert "40 test images, 3 directions each" in figure.get_suptitle()
    assert [ax.get_xscale() for ax in figure.axes] == ["log"] * 3
    limits = [ax.get_ylim()[1] for ax in figure.axes]
    np.testing.assert_allclose(limits, 1.03 * np.array([1, 1, np.log(4)]))
    lines = [len(ax.get_legend().get_texts()) for ax in figure.axes]
    # The temperature's accuracy would hide that of the model itself.
    assert lines == [2, 3, 3]
    colors = [
        {
            label: handle.lines[0].get_color()
            for handle, label in zip(
                *ax.get_legend_handles_labels(), strict=True
            )
        }
        for ax in figure.axes
    ]
    assert colors[0].items() <= colors[1].items()
    assert colors[1] == colors[2]
