import numpy as np
import pytest

from tests import reference
from tfmixup import metrics
from tfmixup.metrics.bins import Bins
from tfmixup.report.scored_examples import rebin
from tfmixup.report.scored_examples import score_examples


def make(size=300, num_classes=4, seed=0, dtype="float32"):
    random = np.random.default_rng(seed)
    logits = 2 * random.normal(size=(size, num_classes))
    return random.integers(num_classes, size=size), logits.astype(dtype)


def test_examples_are_sorted_by_confidence_with_their_scores():
    labels, logits = make()
    examples = score_examples(labels, logits, True, [15])
    rows = reference.softmax(logits)
    confidence, correct = reference.winners(labels, rows)
    order = examples.order
    assert sorted(order) == list(range(300))
    # float32: a relative 1e-6 or so.
    seen = examples.gap + examples.correct
    np.testing.assert_allclose(seen, confidence[order], rtol=2e-6)
    assert np.all(np.diff(seen) >= 0)
    np.testing.assert_array_equal(examples.correct, correct[order])
    losses = -np.log(rows[np.arange(300), labels])
    np.testing.assert_allclose(examples.log_loss, losses[order], rtol=1e-9)
    distances = ((rows - np.eye(4)[labels]) ** 2).sum(axis=1)
    np.testing.assert_allclose(
        examples.squared_distance, distances[order], rtol=1e-9
    )


def test_equal_confidences_are_one_bin():
    rows = np.array([[0.75, 0.25], [0.25, 0.75], [0.5, 0.5], [0.75, 0.25]])
    examples = score_examples([0, 0, 0, 0], rows, False, [2])
    assert examples.bins.count.tolist() == [1, 3]
    assert examples.bins.correct.tolist() == [1, 2]
    assert examples.first.tolist() == [0, 1]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("num_bins", [1, 15, 100])
def test_cuts_make_the_bins_of_the_metrics(dtype, num_bins):
    labels, logits = make(dtype=dtype)
    logits[:20] *= 100  # saturated
    logits[20:40] = logits[20]  # tied
    examples = score_examples(labels, logits, True, [num_bins])
    fields = [rebin(f, examples.cuts[num_bins, False]) for f in examples.bins]
    expected = metrics.bins_of(labels, logits, num_bins, from_logits=True)
    # Differences of cumulative sums of 300 numbers below 1: 300 * 1e-16 * 300.
    np.testing.assert_allclose(fields, expected, atol=1e-11)
    equal = Bins(
        *[rebin(f, examples.cuts[num_bins, True]) for f in examples.bins]
    )
    np.testing.assert_allclose(equal.count, 300 / num_bins)
    distinct = metrics.distinct_bins_of(labels, logits, from_logits=True)
    assert metrics.expected_calibration_error(equal) == pytest.approx(
        metrics.adaptive_calibration_error(distinct, num_bins=num_bins),
        abs=1e-12,
    )


@pytest.mark.parametrize("from_logits", [True, False])
def test_promises_are_moments_over_labels_drawn_from_the_predictions(
    from_logits,
):
    labels, logits = make(size=50, dtype="float64")
    rows = reference.softmax(logits)
    rows[0] = [0, 1, 0, 0]  # a class that cannot happen costs nothing
    if from_logits:
        with np.errstate(divide="ignore"):
            logits = np.log(rows)
        labels[0] = 1
    given = logits if from_logits else rows
    examples = score_examples(labels, given, from_logits, [15])
    with np.errstate(divide="ignore", invalid="ignore"):
        losses = np.where(rows > 0, -np.log(rows), 0)
    # [n, label]: the squared distance if that were the label.
    distances = ((rows[:, None] - np.eye(4)) ** 2).sum(axis=2)
    for scores, promise in (
        (losses, examples.promised_log_loss),
        (distances, examples.promised_distance),
    ):
        mean = (rows * scores).sum(axis=1)
        variance = (rows * scores**2).sum(axis=1) - mean**2
        assert promise.mean == pytest.approx(mean.mean(), rel=1e-12)
        deviation = np.sqrt(variance.sum()) / 50
        assert promise.deviation == pytest.approx(deviation, rel=1e-9)


def test_one_hot_labels_are_classes():
    labels, logits = make()
    classes = score_examples(labels, logits, True, [15])
    one_hot = score_examples(np.eye(4)[labels], logits, True, [15])
    np.testing.assert_array_equal(classes.correct, one_hot.correct)
    np.testing.assert_allclose(classes.log_loss, one_hot.log_loss)


def test_a_cut_through_a_value_shares_it():
    values = np.array([[4.0, 2.0], [0.0, 8.0]])
    found = rebin(values, np.array([0.0, 0.5, 1.25, 2.0]))
    np.testing.assert_allclose(found, [[2, 2.5, 1.5], [0, 2, 6]])


def test_soft_labels_are_refused():
    labels, logits = make(2)
    soft = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0]])
    with pytest.raises(ValueError, match="soft labels, such as .0.5 0.5 0"):
        score_examples(soft, logits, True, [15])


def test_one_example_is_refused():
    labels, logits = make(1)
    with pytest.raises(ValueError, match="at least 2 examples.* Received: 1"):
        score_examples(labels, logits, True, [15])
