"""Noise floors and intervals of scores, by resampling.

A binned calibration error is a mean of absolute values. Chance makes it
larger, hardly ever smaller: it is above 0 for a perfectly calibrated model,
and a bootstrap, which draws from the sample instead of from the truth, adds
chance to chance. So the usual percentile interval lies too high. Of 40
simulated samples of 2,000 examples of a model whose true error with 15 bins
is 0.01, it held that error in none, and the interval of this module in 37.

`invert_scores` asks instead which true errors explain the error that was
seen. It takes the truths in which each bin is miscalibrated in its own
direction by t times a bin's gap, t >= 0, draws samples from each of them, and
keeps the truths under which the error seen is neither among the smallest nor
among the largest. t = 0 is the noise floor: the interval starts at 0 if the
model may be calibrated. From 500 to 10,000 examples, 1 to 100 bins and errors
of 0 to 0.1, intervals of a level of 95 % held the truth in 78 to 100 % of the
samples, in the median 94 %; the worst are those of 100 bins on few examples.
(`pytest -m slow -s tests/report/resampling_test.py` prints the numbers.)
"""

from typing import NamedTuple

import numpy as np

from tfmixup.metrics.bins import Bins

__all__ = [
    "Estimate",
    "bootstrap_counts",
    "generator",
    "interval_of_difference",
    "invert_scores",
    "redraw_correct",
]

# Numbers of a chunk of resamples that are held at a time: 16 MB of float64.
_CHUNK = 1 << 21
# Errors below this are sums of terms in [0, 1] that should have cancelled.
_ROUNDING = 1e-12
# Truths that are tried, as multiples of the gaps: dense near 0, where the
# score changes slowest, and up to where the bins of the smallest gaps are far
# outside of what they show.
_MULTIPLES = 8 * np.linspace(0, 1, 41) ** 2


class Estimate(NamedTuple):
    """What a sample says about a score of the whole population.

    Attributes:
        low: float, lower end of the interval.
        high: float, upper end.
        debiased: float, the score of the truth under which what was seen is
            the mean of what would be seen; 0 if even perfect calibration has
            a larger mean.
    """

    low: float
    high: float
    debiased: float


def generator(seed, *purpose):
    """A NumPy generator that is a function of a seed and a purpose.

    Args:
        seed: int.
        *purpose: ints >= 0, which keep the uses of one seed apart.

    Returns:
        `np.random.Generator`.

    Raises:
        TypeError: if `seed` is not an integer.

    Example:

    >>> int(generator(7, 1).integers(100)) == int(generator(7, 1).integers(100))
    True
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(
            "`seed` must be an integer. "
            f"Received: seed={seed!r} of type {type(seed).__name__}."
        )
    # NumPy takes no negative number; -1 and 1 must not be one seed. Nor must
    # purposes (1,) and (1, 0), as they would be at the end of the entropy.
    entropy = [int(int(seed) < 0), abs(int(seed))]
    return np.random.default_rng(
        np.random.SeedSequence(entropy, spawn_key=purpose)
    )


def redraw_correct(examples, resamples, random):
    """Draws which examples are right, as if their confidences were true.

    Args:
        examples: `ScoredExamples`, or anything with its `bins`, `first` and
            `weight`.
        resamples: int, >= 1.
        random: `np.random.Generator`.

    Yields:
        float64 `[k, m]`, the weight of what is right of each confidence;
        `resamples` rows in all, a few at a time.
    """
    count = np.asarray(examples.bins.count, np.float64)
    # A softmax may round to a little more than 1.
    chance = np.clip(np.asarray(examples.bins.confidence) / count, 0, 1)
    weight, first = examples.weight, examples.first
    if np.all(weight == 1):
        for rows in _chunks(resamples, count.size):
            draws = random.binomial(
                count.astype(int), chance, (rows, count.size)
            )
            yield draws.astype(np.float64)
        return
    numbers = np.diff(np.append(first, weight.size))
    chance = np.repeat(chance, numbers)
    for rows in _chunks(resamples, weight.size):
        right = random.random((rows, weight.size)) < chance
        yield np.add.reduceat(right * weight, first, axis=1)


def bootstrap_counts(size, resamples, random):
    """Draws how often each example is in a bootstrap sample.

    Args:
        size: int, the number of examples, of which as many are drawn.
        resamples: int, >= 1.
        random: `np.random.Generator`.

    Yields:
        float64 `[k, size]`, whole numbers, each row of sum `size`; `resamples`
        rows in all, a few at a time.

    Example:

    >>> [counts] = bootstrap_counts(4, 2, generator(0))
    >>> counts.shape, counts.sum(axis=1).tolist()
    ((2, 4), [4.0, 4.0])
    """
    for rows in _chunks(resamples, size):
        drawn = random.integers(size, size=(rows, size))
        drawn += size * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * size)
        yield counts.reshape(rows, size).astype(np.float64)


def invert_scores(bins, scores, resamples, random, level=0.95):
    """Estimates of calibration errors that allow for chance.

    See the head of this module. Samples are drawn in two exact steps: how
    many examples fall into each bin (multinomial), and how many of those are
    right (binomial).

    Args:
        bins: `Bins`, each field `[num_bins]`.
        scores: dict from name to a function of `Bins` with leading
            dimensions, which is 0 if no bin has a gap.
        resamples: int, >= 1, of each truth that is tried.
        random: `np.random.Generator`.
        level: float in (0, 1).

    Returns:
        dict from name to `Estimate`.

    Example:

    >>> from tfmixup.metrics import expected_calibration_error
    >>> bins = Bins([100, 100], [60.0, 90.0], [40, 70])  # two gaps of 0.2
    >>> scores = {"ece": expected_calibration_error}
    >>> estimate = invert_scores(bins, scores, 500, generator(0))["ece"]
    >>> 0.1 < estimate.low < 0.15 < 0.25 < estimate.high < 0.3
    True
    """
    bins = Bins(*[np.asarray(field, np.float64) for field in bins])
    bins = Bins(*[field[bins.count > 0] for field in bins])
    size = round(bins.count.sum())
    confidence = bins.confidence / bins.count
    gap = _direction(bins)
    seen = {name: float(score(bins)) for name, score in scores.items()}
    truths = {name: [] for name in scores}
    samples = {name: [] for name in scores}
    for multiple in _MULTIPLES:
        chance = np.clip(confidence - multiple * gap, 0, 1)
        count = random.multinomial(size, bins.count / size, resamples)
        correct = random.binomial(count, chance)
        truth = Bins(bins.count, bins.confidence, bins.count * chance)
        sample = Bins(count, count * confidence, correct)
        for name, score in scores.items():
            truths[name].append(float(score(truth)))
            samples[name].append(score(sample))
        # Larger truths would explain still less.
        if all(np.min(samples[name][-1]) > seen[name] for name in scores):
            break
    return {
        name: _invert(
            seen[name], np.array(truths[name]), np.array(samples[name]), level
        )
        for name in scores
    }


def interval_of_difference(first, second, correlation):
    """The interval of first - second, from intervals of both.

    The variances of the two are recovered from their intervals, separately
    for each end, so that it is as skewed as they are.

    Args:
        first: `Estimate`.
        second: `Estimate`.
        correlation: float in [-1, 1], of the two over resamples of the same
            examples.

    Returns:
        low: float, at most the difference of the debiased values.
        high: float, at least that.

    Example:

    >>> first, second = Estimate(1.0, 5.0, 2.0), Estimate(0.0, 3.0, 1.0)
    >>> low, high = interval_of_difference(first, second, 0.0)
    >>> round(low, 3), round(high, 3)  # 1 - sqrt(1 + 4), 1 + sqrt(9 + 1)
    (-1.236, 4.162)

    Reference:
        Zou, 2007, "Toward using confidence intervals to compare
        correlations", Psychological Methods 12
    """
    difference = first.debiased - second.debiased

    def half(one, other):
        square = one**2 + other**2 - 2 * correlation * one * other
        return np.sqrt(max(square, 0.0))

    low = half(first.debiased - first.low, second.high - second.debiased)
    high = half(first.high - first.debiased, second.debiased - second.low)
    return float(difference - low), float(difference + high)


def _chunks(resamples, size):
    rows = max(1, _CHUNK // max(1, size))
    for start in range(0, resamples, rows):
        yield min(rows, resamples - start)


def _direction(bins):
    """The gaps whose multiples are the truths that are tried.

    Those that were seen, but none smaller than half a standard error: a gap
    that happens to be 0 may be of that size.
    """
    gap = (bins.confidence - bins.correct) / bins.count
    confidence = bins.confidence / bins.count
    variance = np.maximum(confidence * (1 - confidence), 0) / bins.count
    size = np.sqrt(gap**2 + variance / 4)
    return np.where(gap < 0, -size, size)


def _invert(seen, truths, samples, level):
    """An `Estimate` from scores `[truths]` and `[truths, resamples]`."""
    ends = [(1 - level) / 2, (1 + level) / 2]
    curves = [truths, samples.mean(axis=1), *np.quantile(samples, ends, axis=1)]
    # Finer than any interval, also that of millions of examples.
    tried = _MULTIPLES[: len(truths)]
    fine = np.linspace(0, tried[-1], 50_001)
    truths, means, lowest, highest = [
        np.interp(fine, tried, curve) for curve in curves
    ]
    # What rounding leaves of an error of 0.
    truths[truths < _ROUNDING] = 0
    if seen <= means[0]:
        # Also where all bins err in the direction that a score ignores.
        debiased = 0.0
    else:
        # The curve starts below what was seen. It crosses it once but for the
        # chance left in the resamples, unless it never does.
        above = np.flatnonzero(means > seen)
        debiased = float(truths[above[0] if len(above) else -1])
    held = truths[(lowest <= seen) & (seen <= highest)]
    if not len(held):
        # Less error than any truth explains: all that is known is a bound.
        held = np.array([0.0, seen])
    return Estimate(
        low=min(float(held.min()), debiased),
        high=max(float(held.max()), debiased),
        debiased=debiased,
    )
