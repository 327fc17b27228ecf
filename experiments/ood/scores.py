"""Who says what of which examples, and what it is worth."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tfmixup import metrics
from tfmixup.uncertainty import detection_metrics
from tfmixup.uncertainty import energy_score
from tfmixup.uncertainty import entropy_score
from tfmixup.uncertainty import max_softmax_score

__all__ = ["Answers", "confidence", "detection_table", "in_table"]

SCORES = ("max_softmax", "entropy", "energy")


class Answers(NamedTuple):
    """Predictions of one method for one data set.

    Attributes:
        predictions: float `[n, num_classes]`.
        from_logits: whether they are logits.
        temperature: float, by which logits are divided.
    """

    predictions: np.ndarray
    from_logits: bool
    temperature: float = 1.0


def confidence(answers):
    """The winning scores.

    Args:
        answers: `Answers`.

    Returns:
        float64 `[n]`, in [0, 1].
    """
    return np.exp(score(answers, "max_softmax"))


def score(answers, name):
    """A detection score in float64, higher for in-distribution examples.

    Args:
        answers: `Answers`.
        name: of `SCORES`.

    Returns:
        float64 `[n]`; None where probabilities do not tell it.
    """
    predictions, from_logits, temperature = answers
    if name == "energy":
        if not from_logits:
            return None
        return energy_score(predictions, temperature)
    function = {"max_softmax": max_softmax_score, "entropy": entropy_score}
    return function[name](predictions, temperature, from_logits)


def detection_table(inside, outside):
    """How well each method tells each data set from the in-distribution one.

    Args:
        inside: dict from method to `Answers` for the in-distribution examples.
        outside: dict from data set to such a dict.

    Returns:
        `pandas.DataFrame`, a row for each (data set, method, score).
    """
    rows = []
    for data, by_method in outside.items():
        for method, answers in by_method.items():
            for name in SCORES:
                scores = score(answers, name)
                if scores is None:
                    continue
                found = detection_metrics(score(inside[method], name), scores)
                rows.append(
                    {
                        "out": data,
                        "method": method,
                        "score": name,
                        **found._asdict(),
                    }
                )
    return pd.DataFrame(rows)


def in_table(inside, labels, outside, num_bins):
    """Accuracy and calibration in distribution, and mean confidences.

    Args:
        inside: dict from method to `Answers` for the in-distribution examples.
        labels: int `[n]`.
        outside: dict from data set to a dict from method to `Answers`.
        num_bins: int.

    Returns:
        `pandas.DataFrame`, a row for each method.
    """
    rows = []
    for method, answers in inside.items():
        predictions = answers.predictions.astype(np.float64)
        if answers.from_logits:
            predictions = predictions / answers.temperature
        bins = metrics.bins_of(
            labels, predictions, num_bins, answers.from_logits
        )
        row = {
            "method": method,
            "temperature": answers.temperature,
            "accuracy": float(metrics.accuracy(bins)),
            "nll": float(
                metrics.negative_log_likelihood(
                    labels, predictions, answers.from_logits
                )
            ),
            f"ece_{num_bins}": float(metrics.expected_calibration_error(bins)),
            "gap": float(metrics.confidence_gap(bins)),
            "confidence in": float(confidence(answers).mean()),
        }
        for data, by_method in outside.items():
            row[f"confidence {data}"] = float(
                confidence(by_method[method]).mean()
            )
        rows.append(row)
    return pd.DataFrame(rows)
