"""The figures of a report: of a sample, of redrawn labels, of resamples.

Every function here returns a dict whose keys are the names of rows.
"""

import numpy as np

from tfmixup.metrics import scores
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.ranked import RankedBins
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.report.resampling import bootstrap_counts
from tfmixup.report.resampling import generator
from tfmixup.report.resampling import invert_scores
from tfmixup.report.resampling import redraw_correct
from tfmixup.report.scored_examples import rebin

__all__ = [
    "bins_between",
    "bootstrap",
    "equal_width_bins",
    "invert",
    "measure",
    "redraw",
]

_EQUAL_WIDTH_SCORES = {
    "ece": scores.expected_calibration_error,
    "oe": scores.overconfidence_error,
    "rmsce": scores.root_mean_square_calibration_error,
    "mce": scores.maximum_calibration_error,
}
_EQUAL_MASS_SCORES = {"adaptive_ece": scores.expected_calibration_error}
# The uses of one seed.
_REDRAW, _BOOTSTRAP, _INVERT = range(3)


def bins_between(examples, cuts, count=None, correct=None):
    """The bins between cuts.

    Args:
        examples: `ScoredExamples`.
        cuts: float `[k + 1]`, one of its own.
        count: float `[..., m]`, how often each confidence occurs in a
            resample; None for the examples themselves.
        correct: float `[..., m]`, how many of those are right; likewise.

    Returns:
        `Bins`, each field float64 `[..., k]`.
    """
    distinct = examples.bins
    values = distinct.confidence / distinct.count
    count = distinct.count if count is None else count
    correct = distinct.correct if correct is None else correct
    fields = Bins(count, count * values, correct)
    bins = Bins(*[rebin(field, cuts) for field in fields])
    return Bins(*np.broadcast_arrays(*bins))


def equal_width_bins(examples):
    """The bins of equal width, for diagrams.

    Args:
        examples: `ScoredExamples`.

    Returns:
        dict from num_bins to `Bins`.
    """
    return {
        num_bins: bins_between(examples, cuts)
        for (num_bins, equal_mass), cuts in examples.cuts.items()
        if not equal_mass
    }


def measure(examples):
    """The figures of the examples.

    Args:
        examples: `ScoredExamples`.

    Returns:
        dict from row to float.
    """
    share = examples.weight / examples.weight.sum()
    figures = {
        "accuracy": share @ examples.correct,
        "confidence": share @ (examples.gap + examples.correct),
        "confidence_gap": share @ examples.gap,
        "nll": np.sum(share * examples.log_loss),
        "brier": share @ examples.squared_distance,
        "aurc": area_under_risk_coverage(examples.bins),
    }
    for cuts, named_scores in _binnings(examples):
        bins = bins_between(examples, cuts)
        for name, score in named_scores.items():
            figures[name] = score(bins)
    return {name: float(figure) for name, figure in figures.items()}


def redraw(examples, seed, resamples):
    """The figures with labels drawn from the predictions.

    Args:
        examples: `ScoredExamples`.
        seed: int.
        resamples: int.

    Returns:
        dict from row to float64 `[resamples]`; without `confidence`, which
        does not depend on labels, `nll` and `brier`, whose mean and deviation
        are known exactly.
    """
    random = generator(seed, _REDRAW)
    parts = []
    for correct in redraw_correct(examples, resamples, random):
        wide = RankedBins(*np.broadcast_arrays(*examples.bins[:2], correct))
        part = {
            "accuracy": scores.accuracy(wide),
            "confidence_gap": scores.confidence_gap(wide),
            "aurc": area_under_risk_coverage(wide),
        }
        for cuts, named_scores in _binnings(examples):
            bins = bins_between(examples, cuts, correct=correct)
            for name, score in named_scores.items():
                part[name] = score(bins)
        parts.append(part)
    return _concatenate(parts)


def bootstrap(several, seed, resamples, binned):
    """The figures of bootstrap samples, the same ones of several models.

    Args:
        several: list of `ScoredExamples`, of the same examples.
        seed: int.
        resamples: int.
        binned: whether to include binned errors. (Chance counts twice in
            them: see `tfmixup.report.resampling`.)

    Returns:
        list of dicts from row to float64 `[resamples]`.
    """
    size = 1 + max(examples.order.max() for examples in several)
    parts = [[] for _ in several]
    for counts in bootstrap_counts(
        size, resamples, generator(seed, _BOOTSTRAP)
    ):
        for examples, collected in zip(several, parts, strict=True):
            part = _measure_resample(
                examples, counts[:, examples.order] * examples.weight, binned
            )
            collected.append(part)
    return [_concatenate(collected) for collected in parts]


def invert(examples, seed, resamples, level):
    """What binned errors say about those of the population.

    Not of the maximum calibration error, which bins of one or two examples
    decide: its value says next to nothing about the population.

    Args:
        examples: `ScoredExamples`.
        seed: int.
        resamples: int.
        level: float in (0, 1).

    Returns:
        dict from row to `tfmixup.report.resampling.Estimate`.
    """
    estimates = {}
    for place, (cuts, named_scores) in enumerate(_binnings(examples)):
        chosen = {
            name: score
            for name, score in named_scores.items()
            if score is not scores.maximum_calibration_error
        }
        bins = bins_between(examples, cuts)
        # Chance sees as many examples as the weights amount to.
        scale = examples.effective_size / examples.weight.sum()
        bins = Bins(*[scale * field for field in bins])
        random = generator(seed, _INVERT, place)
        estimates |= invert_scores(bins, chosen, resamples, random, level)
    return estimates


def _binnings(examples):
    """For each way of binning, its cuts and its scores by their rows."""
    for (num_bins, equal_mass), cuts in examples.cuts.items():
        chosen = _EQUAL_MASS_SCORES if equal_mass else _EQUAL_WIDTH_SCORES
        yield (
            cuts,
            {f"{name}_{num_bins}": score for name, score in chosen.items()},
        )


def _measure_resample(examples, counts, binned):
    # An example of infinite loss makes every sample that has it infinite.
    infinite = np.isinf(examples.log_loss)
    finite = np.where(infinite, 0, examples.log_loss)
    means = counts @ np.stack(
        [
            examples.correct,
            examples.gap,
            finite,
            examples.squared_distance,
            infinite,
        ],
        axis=1,
    )
    size = counts.sum(axis=1, keepdims=True)
    accuracy, gap, loss, distance, spoilt = (means / size).T
    count = np.add.reduceat(counts, examples.first, axis=1)
    correct = np.add.reduceat(counts * examples.correct, examples.first, axis=1)
    confidence = count * (examples.bins.confidence / examples.bins.count)
    figures = {
        "accuracy": accuracy,
        "confidence": gap + accuracy,
        "confidence_gap": gap,
        "nll": np.where(spoilt > 0, np.inf, loss),
        "brier": distance,
        "aurc": area_under_risk_coverage(
            RankedBins(count, confidence, correct)
        ),
    }
    if binned:
        for cuts, named_scores in _binnings(examples):
            bins = bins_between(examples, cuts, count, correct)
            for name, score in named_scores.items():
                figures[name] = score(bins)
    return figures


def _concatenate(parts):
    return {
        name: np.concatenate([np.atleast_1d(part[name]) for part in parts])
        for name in parts[0]
    }
