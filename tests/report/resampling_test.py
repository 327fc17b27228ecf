from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from tfmixup.metrics import expected_calibration_error
from tfmixup.metrics import overconfidence_error
from tfmixup.metrics.bins import Bins
from tfmixup.report import resampling
from tfmixup.report.resampling import Estimate
from tfmixup.report.resampling import generator

ECE = {"ece": expected_calibration_error}


class Examples(NamedTuple):
    bins: Bins
    first: np.ndarray
    weight: np.ndarray


def test_draws_are_a_function_of_seed_and_purpose():
    draws = {
        key: tuple(generator(*key).integers(1 << 30, size=3))
        for key in ((0,), (1,), (-1,), (1, 0), (1, 1), (1, 0, 0))
    }
    assert len(set(draws.values())) == len(draws)
    assert tuple(generator(1, 0).integers(1 << 30, size=3)) == draws[1, 0]


@pytest.mark.parametrize("seed", [None, 0.5, True, "7"])
def test_a_seed_that_is_no_integer_is_refused(seed):
    with pytest.raises(TypeError, match="`seed` must be an integer. Received"):
        generator(seed)


@pytest.mark.parametrize("chunk", [1, 10, 1 << 21])
def test_redrawn_labels_are_binomial(monkeypatch, chunk):
    monkeypatch.setattr(resampling, "_CHUNK", chunk)
    bins = Bins(
        np.array([1.0, 4.0, 2.0]),
        np.array([0.3, 3.2, 2.0 + 1e-7]),  # a softmax a little above 1
        np.zeros(3),
    )
    size = 4000
    examples = Examples(bins, np.array([0, 1, 5]), np.ones(7))
    parts = list(resampling.redraw_correct(examples, size, generator(3)))
    draws = np.concatenate(parts)
    assert draws.shape == (size, 3)
    assert max(part.size for part in parts) <= max(chunk, 3)
    for column, (count, chance) in enumerate([(1, 0.3), (4, 0.8), (2, 1.0)]):
        seen = np.bincount(draws[:, column].astype(int), minlength=count + 1)
        expected = size * stats.binom.pmf(np.arange(count + 1), count, chance)
        # Each number of times is binomial itself: five standard deviations,
        # which one draw in 1.7 million exceeds.
        bound = 5 * np.sqrt(expected * (1 - expected / size)) + 1e-9
        assert np.all(np.abs(seen - expected) <= bound)


def test_redrawn_weights_are_those_of_the_examples():
    weight = np.array([0.5, 2.0, 3.0])
    bins = Bins(np.array([2.5, 3.0]), np.array([2.5 * 0.6, 3.0]), np.zeros(2))
    examples = Examples(bins, np.array([0, 2]), weight)
    parts = resampling.redraw_correct(examples, 20_000, generator(5))
    draws = np.concatenate(list(parts))
    assert set(draws[:, 0]) == {0.0, 0.5, 2.0, 2.5}
    assert set(draws[:, 1]) == {3.0}
    # Five standard errors of the mean of 20,000 draws.
    deviation = np.sqrt(0.6 * 0.4 * np.sum(weight[:2] ** 2))
    bound = 5 * deviation / np.sqrt(20_000)
    assert abs(draws[:, 0].mean() - 1.5) < bound


@pytest.mark.parametrize("chunk", [1, 100, 1 << 21])
def test_bootstrap_samples_are_as_large_as_the_sample(monkeypatch, chunk):
    monkeypatch.setattr(resampling, "_CHUNK", chunk)
    size, resamples = 20, 3000
    parts = list(resampling.bootstrap_counts(size, resamples, generator(4)))
    assert max(part.size for part in parts) <= max(chunk, size)
    counts = np.concatenate(parts)
    assert counts.shape == (resamples, size)
    assert np.all(counts.sum(axis=1) == size)
    # How often an example is drawn is binomial: mean 1, variance 1 - 1/20. The
    # mean over 3,000 has a standard error of .018; five of them, and for the
    # variance 5 * sqrt((kurtosis 3.95 - 1) / 3000) * .95 = .15.
    assert np.abs(counts.mean(axis=0) - 1).max() < 0.09
    assert np.abs(counts.var(axis=0) - 0.95).max() < 0.15
    # Two examples compete: covariance -1/20 (standard error .017).
    covariance = np.cov(counts[:, 0], counts[:, 1])[0, 1]
    assert covariance == pytest.approx(-0.05, abs=0.09)


def test_a_large_error_is_estimated_as_it_is():
    # Ten bins of 10,000, all overconfident by 0.1. Chance adds nothing to
    # large gaps, and the standard error of the mean gap is at most
    # .5 / sqrt(100,000) = .0016.
    count = np.full(10, 1e4)
    confidence = np.linspace(0.5, 0.95, 10)
    bins = Bins(count, count * confidence, count * (confidence - 0.1))
    found = resampling.invert_scores(bins, ECE, 400, generator(0))["ece"]
    assert found.debiased == pytest.approx(0.1, abs=5e-4)
    assert 0.1 - 3 * 0.0016 < found.low < 0.1 < found.high < 0.1 + 3 * 0.0016
    # Closer than that it cannot be: the accuracies are between .4 and .85.
    assert found.high - found.low > 2 * 1.96 * 0.35 / np.sqrt(1e5)


def test_a_higher_level_has_a_wider_interval():
    bins = Bins(np.array([500.0]), np.array([400.0]), np.array([350.0]))
    wide, narrow = [
        resampling.invert_scores(bins, ECE, 500, generator(0), level)["ece"]
        for level in (0.99, 0.8)
    ]
    assert wide.low < narrow.low < narrow.high < wide.high


def test_one_bin_has_the_interval_of_a_mean():
    # With one bin the error is the absolute difference of two means, of which
    # the accuracy alone is random: 0.8 - 0.7 +- 1.96 sqrt(.7 * .3 / 500).
    bins = Bins(np.array([500.0]), np.array([400.0]), np.array([350.0]))
    found = resampling.invert_scores(bins, ECE, 4000, generator(0))["ece"]
    half = 1.96 * np.sqrt(0.21 / 500)
    # Ends are quantiles of 4,000 draws, with a standard error of
    # sqrt(.025 * .975 / 4000) / .058 = .042 standard deviations (.0205); the
    # variance moves by a tenth over the interval.
    assert found.low == pytest.approx(0.1 - half, abs=0.006)
    assert found.high == pytest.approx(0.1 + half, abs=0.006)


def test_empty_bins_change_nothing():
    bins = Bins(
        np.array([80.0, 20.0]), np.array([50.0, 18.0]), np.array([30.0, 16.0])
    )
    padded = Bins(*[np.array([0.0, field[0], 0.0, field[1]]) for field in bins])
    plain, other = [
        resampling.invert_scores(some, ECE, 200, generator(1))["ece"]
        for some in (bins, padded)
    ]
    assert plain == other


def test_less_error_than_chance_explains_bounds_the_truth_only():
    count = np.full(100, 50.0)
    confidence = np.linspace(0.3, 0.9, 100)
    # Accuracies as close to the confidences as whole numbers can be.
    bins = Bins(count, count * confidence, np.round(count * confidence))
    found = resampling.invert_scores(bins, ECE, 200, generator(0))["ece"]
    seen = float(expected_calibration_error(bins))
    assert found == Estimate(0.0, seen, 0.0)


def sample(random, size, num_bins, shift, drawn=True):
    """Bins of confidences of their own whose accuracy is less by `shift`.

    With drawn=False, nobody is right or wrong: chances are counted.
    """
    confidence = 1 - 0.9 * random.beta(0.6, 3, size)
    correct = np.maximum(confidence - shift, 0)
    if drawn:
        correct = random.random(size) < correct
    place = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    return Bins(
        *[
            np.bincount(place, weights, num_bins)
            for weights in (np.ones(size), confidence, correct)
        ]
    )


def test_the_debiased_error_of_a_calibrated_model_is_near_0():
    random = np.random.default_rng(5)
    seen, debiased = [], []
    for _ in range(20):
        bins = sample(random, 2000, 15, 0.0)
        found = resampling.invert_scores(bins, ECE, 100, generator(0))["ece"]
        seen.append(float(expected_calibration_error(bins)))
        debiased.append(found.debiased)
    # What is seen is chance alone: .018 in the mean. Half of the samples are
    # below the mean of chance, and of those 0 is the estimate.
    assert np.mean(debiased) < 0.5 * np.mean(seen)
    assert np.count_nonzero(np.equal(debiased, 0)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("size", [500, 2000, 10000])
@pytest.mark.parametrize("num_bins", [1, 15, 100])
@pytest.mark.parametrize("shift", [0.0, 0.01, 0.03, 0.1])
def test_intervals_hold_the_truth_where_percentiles_do_not(
    size, num_bins, shift
):
    population = np.random.default_rng(0)
    bins = sample(population, 1_000_000, num_bins, shift, drawn=False)
    truth = float(expected_calibration_error(bins))
    random = np.random.default_rng([size, num_bins, int(100 * shift)])
    held = held_by_percentiles = 0
    trials = 40
    for _ in range(trials):
        bins = sample(random, size, num_bins, shift)
        found = resampling.invert_scores(bins, ECE, 200, random)["ece"]
        held += found.low <= truth + 1e-4 and truth - 1e-4 <= found.high
        low, high = percentiles(bins, random)
        held_by_percentiles += low <= truth <= high
    shares = [held / trials, held_by_percentiles / trials]
    print(f"n={size} bins={num_bins} error={truth:.3f}: held {shares}")
    # Nominally .95; the worst that has been seen is .78 (100 bins and 500
    # examples). Of a true .78, 40 trials give .6 or less once in 100 times.
    assert shares[0] > 0.6
    # Percentiles are all right where chance adds nothing: see one bin.
    if num_bins > 1 and shift <= 0.01 and size <= 2000:
        assert shares[1] <= 0.1


def percentiles(bins, random):
    """The usual bootstrap interval, with the bins' mean confidences fixed."""
    size = int(bins.count.sum())
    cells = np.concatenate([bins.correct, bins.count - bins.correct])
    drawn = random.multinomial(size, cells / size, 200)
    right, wrong = np.split(drawn, 2, axis=1)
    count = right + wrong
    mean = bins.confidence / np.maximum(bins.count, 1)
    draws = expected_calibration_error(Bins(count, count * mean, right))
    return np.quantile(draws, [0.025, 0.975])


def test_overconfidence_has_an_interval_too():
    count = np.array([1000.0, 1000.0])
    bins = Bins(count, np.array([600.0, 900.0]), np.array([500.0, 950.0]))
    scores = {"oe": overconfidence_error}
    found = resampling.invert_scores(bins, scores, 500, generator(0))["oe"]
    # 0.6 * 0.1 / 2; the accuracy of the first bin has a standard error of
    # .0158, and so the score one of .0047.
    assert found.low < 0.03 < found.high
    assert found.high - found.low == pytest.approx(4 * 0.0047, rel=0.2)


def test_overconfidence_of_an_underconfident_model_may_be_0():
    # Every accuracy is .05 above the confidence, but of 100 bins on 1,000
    # examples a good many are overconfident by chance.
    random = np.random.default_rng(0)
    scores = {"oe": overconfidence_error}
    for _ in range(10):
        bins = sample(random, 1000, 100, -0.05)
        found = resampling.invert_scores(bins, scores, 100, random)["oe"]
        assert found.low == found.debiased == 0
        assert 0 < found.high


def test_differences_of_independent_intervals_add_in_squares():
    first, second = Estimate(0.3, 0.9, 0.5), Estimate(0.1, 0.6, 0.2)
    low, high = resampling.interval_of_difference(first, second, 0.0)
    assert low == pytest.approx(0.3 - np.hypot(0.2, 0.4))
    assert high == pytest.approx(0.3 + np.hypot(0.4, 0.1))


def test_what_two_models_share_cancels_in_their_difference():
    one = Estimate(0.3, 0.7, 0.5)
    low, high = resampling.interval_of_difference(one, one, 1.0)
    assert low == high == 0
    opposite = resampling.interval_of_difference(one, one, -1.0)
    assert opposite == pytest.approx((-0.4, 0.4))
