import numpy as np
import pytest

from tests import reference
from tfmixup import metrics
from tfmixup.report import figures
from tfmixup.report.scored_examples import score_examples


def make(size=200, seed=0):
    random = np.random.default_rng(seed)
    logits = 2 * random.normal(size=(size, 4))
    return random.integers(4, size=size), logits


def test_figures_are_those_of_the_metrics():
    labels, logits = make()
    logits[:30] = logits[0]  # ties
    found = figures.measure(score_examples(labels, logits, True, [10, 3]))
    options = {"from_logits": True}
    distinct = metrics.distinct_bins_of(labels, logits, **options)
    expected = {
        "accuracy": metrics.accuracy(distinct),
        "confidence": metrics.mean_confidence(distinct),
        "confidence_gap": metrics.confidence_gap(distinct),
        "nll": metrics.negative_log_likelihood(labels, logits, **options),
        "brier": metrics.brier_score(labels, logits, **options),
        "aurc": metrics.area_under_risk_coverage(distinct),
    }
    for m in (10, 3):
        bins = metrics.bins_of(labels, logits, m, **options)
        expected |= {
            f"ece_{m}": metrics.expected_calibration_error(bins),
            f"oe_{m}": metrics.overconfidence_error(bins),
            f"rmsce_{m}": metrics.root_mean_square_calibration_error(bins),
            f"mce_{m}": metrics.maximum_calibration_error(bins),
            f"adaptive_ece_{m}": metrics.adaptive_calibration_error(
                distinct, num_bins=m
            ),
        }
    assert list(found) == list(expected)
    for row, value in expected.items():
        assert found[row] == pytest.approx(float(value), abs=1e-12), row


def test_redrawn_figures_are_those_of_labels_drawn_from_the_predictions():
    labels, logits = make()
    examples = score_examples(labels, logits, True, [10])
    found = figures.redraw(examples, 0, 2000)
    # The same by loops: classes are drawn, not who is right.
    random = np.random.default_rng(1)
    rows = reference.softmax(logits)
    drawn = {"ece_10": [], "oe_10": [], "accuracy": []}
    for _ in range(2000):
        uniform = random.random((len(rows), 1))
        classes = (np.cumsum(rows, axis=1) < uniform).sum(axis=1)
        confidence, correct = reference.winners(classes, rows)
        place = np.minimum((10 * confidence).astype(int), 9)
        sums = [
            np.bincount(place, weights, 10)
            for weights in (np.ones(200), confidence, correct)
        ]
        drawn["ece_10"].append(reference.expected_calibration_error(*sums))
        drawn["oe_10"].append(reference.overconfidence_error(*sums))
        drawn["accuracy"].append(correct.mean())
    for row, values in drawn.items():
        # Two means over 2,000 draws each, five standard errors apart.
        bound = 5 * np.std(values) * np.sqrt(2 / 2000)
        assert np.mean(found[row]) == pytest.approx(np.mean(values), abs=bound)
        # A quantile at 95 % of a normal distribution has a standard error of
        # 2.1 deviations / sqrt(2,000).
        quantile = np.quantile(values, 0.95)
        assert np.quantile(found[row], 0.95) == pytest.approx(
            quantile, abs=2.1 * bound
        )


def test_bootstrap_figures_are_those_of_repeated_examples():
    labels, logits = make(40)
    logits[:8] = logits[0]
    examples = score_examples(labels, logits, True, [3])
    [found] = figures.bootstrap([examples], 7, 100, binned=True)
    # The same draws, unpacked into arrays of repeated examples.
    random = figures.generator(7, 1)
    [counts] = figures.bootstrap_counts(40, 100, random)
    for draw in range(0, 100, 10):
        repeated = np.repeat(np.arange(40), counts[draw].astype(int))
        again = score_examples(labels[repeated], logits[repeated], True, [3])
        expected = figures.measure(again)
        for row, values in found.items():
            if not row.startswith("adaptive"):  # whose bins are kept
                assert values[draw] == pytest.approx(
                    expected[row], abs=1e-12
                ), row


def test_models_share_their_bootstrap_samples():
    labels, logits = make()
    both = [score_examples(labels, logits, True, [5])] * 2
    both[1] = score_examples(labels, logits[:, ::-1] * 1.0, True, [5])
    same = score_examples(labels, logits + 1.0, True, [5])
    first, second = figures.bootstrap([both[0], same], 0, 100, True)
    for row in first:
        np.testing.assert_allclose(first[row], second[row], atol=1e-9)
    first, second = figures.bootstrap(both, 0, 100, True)
    assert not np.allclose(first["ece_5"], second["ece_5"])


def test_an_infinite_loss_spoils_the_samples_that_have_it():
    rows = np.array([[0.0, 1.0]] + [[0.5, 0.5]] * 9)
    examples = score_examples(np.zeros(10, int), rows, False, [2])
    [found] = figures.bootstrap([examples], 0, 200, binned=False)
    share = np.mean(np.isinf(found["nll"]))
    # 1 - .9**10 = .65 of the samples, with a standard error of .034.
    assert share == pytest.approx(0.65, abs=5 * 0.034)
    finite = found["nll"][np.isfinite(found["nll"])]
    np.testing.assert_allclose(finite, np.log(2))


def test_all_binned_errors_but_the_maximum_are_inverted():
    labels, logits = make()
    examples = score_examples(labels, logits, True, [5])
    found = figures.invert(examples, 0, 100, 0.95)
    assert set(found) == {"ece_5", "oe_5", "rmsce_5", "adaptive_ece_5"}
