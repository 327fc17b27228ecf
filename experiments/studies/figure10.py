"""Figure 10: predictions on images that leave the convex hull."""

import functools

import numpy as np
import pandas as pd
from scipy import special

from experiments.studies import detection
from experiments.studies.machinery.lines import Study
from tfmixup import calibrators
from tfmixup import diagrams
from tfmixup.datasets.shifts import leave_convex_hull
from tfmixup.diagrams import canvas
from tfmixup.diagrams import summarize_seeds

__all__ = ["STUDY"]

# Distances in pixel values. An image of 32x32x3 is some 7,000 long; at 100,000
# the direction is all that is left of it.
_DISTANCES = (30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, 1e5)
_DIRECTIONS = 3
_IMAGES = 1000
_SCALED = ", temperature scaled"
_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "confidence": "Mean winning score",
    "entropy": "Mean entropy of the prediction (nats)",
}


def find_lines(scale):
    """The dropout line has no place in this figure."""
    return detection.find_lines(scale)[:2]


@functools.cache
def measure(results):
    """Accuracy, confidence and entropy at every distance.

    Args:
        results: `Results` of the lines of `find_lines`.

    Returns:
        dict from the name of a model to a dict from measure to a dict from
        distance to the values of all seeds, each the mean over directions.
    """
    found = {}
    for line in results.lines:
        for run in results.of(line):
            model, splits = detection.trained_model(run)
            scaling = calibrators.TemperatureScaling()
            scaling.fit(*results.predictions(run, "validation"))
            examples = detection.some_of(splits["test"], _IMAGES)
            images, labels = examples.fetch(range(len(examples)))
            models = {line.method: 1.0}
            if line.method == "baseline":
                models[f"{line.method}{_SCALED}"] = scaling.temperature
            for distance in _DISTANCES:
                logits = [
                    detection.logits_of(
                        model, leave_convex_hull(images, distance, direction)
                    )
                    for direction in range(_DIRECTIONS)
                ]
                for name, temperature in models.items():
                    values = _summarize(logits, labels, temperature)
                    for key, value in values.items():
                        by_distance = found.setdefault(name, {}).setdefault(
                            key, {}
                        )
                        by_distance.setdefault(distance, []).append(value)
    return found


def _summarize(logits, labels, temperature):
    scaled = np.concatenate(logits).astype(np.float64) / temperature
    log_probabilities = special.log_softmax(scaled, axis=1)
    probabilities = np.exp(log_probabilities)
    correct = scaled.argmax(axis=1) == np.tile(labels, len(logits))
    return {
        "accuracy": correct.mean(),
        "confidence": probabilities.max(axis=1).mean(),
        "entropy": -(probabilities * log_probabilities).sum(axis=1).mean(),
    }


def tabulate(results):
    """The numbers of the picture: mean over seeds, and half of the interval."""
    rows = []
    for name, by_measure in measure(results).items():
        for distance in _DISTANCES:
            row = {"model": name, "mu": int(distance)}
            for key in _MEASURES:
                summary = summarize_seeds(by_measure[key][distance])
                row[key] = float(summary.mean)
                row[f"{key}_half"] = float(summary.high - summary.mean)
            rows.append({**row, "seeds": summary.size})
    return {"Distances": pd.DataFrame(rows)}


def draw(results):
    """The three measures against the distance."""
    found = measure(results)
    figure, axes = canvas.new_panels(1, 3, (5.2, 4.6))
    data = results.lines[0].data.replace("\n", ", ")
    classes = results.predictions(results.runs[0])[0].shape[1]
    for ax, (key, label) in zip(axes.flat, _MEASURES.items(), strict=True):
        values = {
            name: found[name][key]
            # Scaled ones last: the colors are the same in all panels.
            for name in sorted(found, key=lambda name: name.endswith(_SCALED))
            # It would lie on the line of the model itself.
            if not (key == "accuracy" and name.endswith(_SCALED))
        }
        title = None
        if key == "accuracy":
            title = "A temperature does not change the accuracy"
        diagrams.plot_sweep(
            values, "Distance mu (of pixels from 0 to 255)", label, title, ax=ax
        )
        ax.set_xscale("log")
        # An interval of two seeds can leave what is possible.
        ax.set_ylim(0, 1.03 * (np.log(classes) if key == "entropy" else 1))
    there = results.record(results.runs[0])["examples"]["test"]
    figure.suptitle(
        f"{data}: {min(_IMAGES, there):,} test images, {_DIRECTIONS} "
        f"directions each, {results.scale}"
    )
    return {"distance": figure}


STUDY = Study(
    "Predictions as images leave the convex hull of the training set",
    find_lines,
    draw,
    scales=detection.SCALES_OF_DETECTION,
    tabulate=tabulate,
    whole=True,
)
