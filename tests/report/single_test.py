import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from scipy import stats

from tests.diagrams.checks import check_picture
from tests.report.drawn import make
from tests.report.drawn import softmax
from tfmixup.report import calibration_report
from tfmixup.report import paired_comparison

FAST = {"resamples": 100, "from_logits": True}


def test_labels_drawn_from_the_predictions_are_within_noise_19_of_20_times():
    trials = 120
    verdicts = pd.DataFrame(
        [
            calibration_report(
                *make(200, seed=seed),
                10,
                seed=seed,
                resamples=199,
                from_logits=True,
            ).table["verdict"]
            for seed in range(trials)
        ]
    )
    # The value is one more draw from its own floor: it exceeds the 190th of
    # 199 with probability 1/20 exactly (continuous scores). The number of
    # times is binomial. Far more would be a wrong floor, none one that is too
    # high for anything (which happens by chance once in 500 times).
    most, least = stats.binom.ppf(1 - 1e-5, trials, 0.05), 1
    for row in ("ece_10", "rmsce_10", "adaptive_ece_10", "confidence_gap"):
        above = np.count_nonzero(verdicts[row] == "above noise")
        assert least <= above <= most, (row, above)


@pytest.mark.parametrize("temperature, sign", [(2.0, "over"), (0.4, "under")])
def test_a_grossly_miscalibrated_model_is_above_noise(temperature, sign):
    labels, logits = make(4000, temperature)
    table = calibration_report(labels, logits, 15, **FAST).table
    # The true error: what the labels' distribution says of the winners.
    rows, truth = softmax(logits), softmax(logits / temperature)
    winner = rows.argmax(axis=1)[:, None]
    gap = np.take_along_axis(rows - truth, winner, axis=1)
    for row in ("ece_15", "rmsce_15", "adaptive_ece_15", "confidence_gap"):
        assert table.loc[row, "verdict"] == "above noise", row
        assert table.loc[row, "sign"].startswith(sign), row
    # All gaps have one sign, so that the error is the absolute mean gap; its
    # standard error is at most .5 / sqrt(4000) = .008.
    assert np.all(gap * (1 if sign == "over" else -1) >= 0)
    error = table.loc["ece_15"]
    assert error.debiased == pytest.approx(abs(gap.mean()), abs=4 * 0.008)
    assert error.floor_95 < error.low < error.high < error.low + 8 * 0.008
    assert table.loc["confidence_gap", "value"] == pytest.approx(
        gap.mean(), abs=4 * 0.008
    )


def test_overconfidence_of_an_underconfident_model_is_no_reason_for_suspicion():
    labels, logits = make(2000, 0.4)
    table = calibration_report(labels, logits, 15, **FAST).table
    assert table.loc["oe_15", "value"] < table.loc["oe_15", "floor"] / 10
    assert table.loc["oe_15", "verdict"] == "within noise"


def test_labels_that_fit_too_well_are_below_noise():
    # As if the labels had been used to set the confidences: of each ten equal
    # predictions exactly as many are right as they say.
    confidence = np.repeat(np.arange(6, 10) / 10, 250)
    rows = np.stack([confidence, 1 - confidence], axis=1)
    labels = (np.tile(np.arange(10), 100) >= 10 * confidence - 1e-9).astype(int)
    table = calibration_report(labels, rows, 15, resamples=100).table
    assert table.loc["ece_15", "value"] == pytest.approx(0, abs=1e-9)
    assert table.loc["ece_15", "verdict"] == "below noise"
    assert table.loc["confidence_gap", "verdict"] == "within noise"


def test_the_floor_grows_with_the_bins_and_falls_with_the_examples():
    table = calibration_report(*make(2000), (5, 50), **FAST).table
    large = calibration_report(*make(8000), (5, 50), **FAST).table
    assert table.loc["ece_50", "floor"] > 2 * table.loc["ece_5", "floor"]
    # Four times the examples, half the chance: up to the share of bins that
    # were empty and the error of means over 100 draws.
    ratio = table.loc["ece_50", "floor"] / large.loc["ece_50", "floor"]
    assert ratio == pytest.approx(2, rel=0.15)


def test_floors_lie_in_their_quantiles_and_values_in_their_intervals():
    table = calibration_report(*make(), 15, **FAST).table
    known = table.dropna(subset="floor")
    assert set(table.index) - set(known.index) == {"confidence"}
    assert np.all(known["floor"] < known["floor_95"])
    known = table.dropna(subset="low")
    assert set(table.index) - set(known.index) == {"mce_15"}
    assert np.all(known["low"] <= known["debiased"])
    assert np.all(known["debiased"] <= known["high"])
    for row in ("accuracy", "confidence", "nll", "brier", "aurc"):
        assert table.loc[row, "verdict"] == table.loc[row, "sign"] == ""
        assert table.loc[row, "debiased"] == table.loc[row, "value"]


def test_intervals_of_means_are_those_of_the_normal_approximation():
    labels, logits = make(1000)
    row = calibration_report(
        labels, logits, 5, resamples=2000, from_logits=True
    ).table.loc["nll"]
    losses = -np.log(softmax(logits)[np.arange(1000), labels])
    error = losses.std() / np.sqrt(1000)
    # Quantiles of 2,000 draws are off by .06 standard errors or so.
    half = pytest.approx(1.96 * error, abs=error / 4)
    assert losses.mean() - row.low == half
    assert row.high - losses.mean() == half


def test_a_model_that_is_never_wrong_may_be_wrong_elsewhere():
    logits = 5 * np.eye(2)[np.zeros(50, int)]
    table = calibration_report(np.zeros(50, int), logits, 15, **FAST).table
    # Wilson: n / (n + z^2).
    assert table.loc["accuracy", "low"] == pytest.approx(
        50 / (50 + 1.96**2), abs=1e-4
    )
    assert table.loc["accuracy", "high"] == 1


def test_an_impossible_label_costs_infinitely_and_spoils_nothing_else():
    rows = np.tile([[0.8, 0.2], [0.0, 1.0]], (20, 1))
    report = calibration_report(np.zeros(40, int), rows, 5, resamples=100)
    row = report.table.loc["nll"]
    assert row.value == row.high == np.inf
    others = report.table.drop(index=["nll", "mce_5", "confidence"])
    assert np.isfinite(others[["value", "low", "high"]]).all(axis=None)


def test_the_same_seed_gives_the_same_report():
    first, again, other = [
        calibration_report(*make(), 15, seed=seed, **FAST).table
        for seed in (3, 3, 4)
    ]
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_series_equal(first["value"], other["value"])
    assert first.loc["ece_15", "floor"] != other.loc["ece_15", "floor"]


def test_the_order_of_examples_and_the_names_of_classes_do_not_matter():
    labels, logits = make()
    logits[:200] = logits[0]  # ties
    table = calibration_report(labels, logits, (5, 15), **FAST).table
    random = np.random.default_rng(1)
    order, classes = random.permutation(1000), random.permutation(4)
    renamed = np.argsort(classes)[labels]
    np.testing.assert_array_equal(classes[renamed], labels)
    shuffled = calibration_report(
        renamed[order], logits[order][:, classes], (5, 15), **FAST
    ).table
    for column in ("value", "debiased", "floor", "floor_95"):
        # Draws are of sorted confidences; sums differ in the last digits.
        # Draws of examples, not: nothing of these columns uses them.
        np.testing.assert_allclose(
            table[column].to_numpy(float),
            shuffled[column].to_numpy(float),
            atol=1e-9,
            err_msg=column,
        )


def test_classes_one_hot_and_probabilities_give_the_same_values():
    labels, logits = make()
    plain = calibration_report(labels, logits, 15, **FAST).table
    for other in (
        calibration_report(np.eye(4)[labels], logits, 15, **FAST),
        calibration_report(labels[:, None], logits, (15,), **FAST),
        calibration_report(labels, softmax(logits), [15], resamples=100),
    ):
        np.testing.assert_allclose(
            plain["value"].to_numpy(),
            other.table["value"].to_numpy(),
            atol=1e-9,
        )


def test_the_report_keeps_its_bins_and_sizes():
    report = calibration_report(*make(), (15, 100), level=0.9, **FAST)
    assert list(report.bins) == [15, 100]
    assert report.bins[100].count.shape == (100,)
    assert report.bins[15].count.sum() == pytest.approx(1000)
    assert (report.size, report.level) == (1000, 0.9)


def test_the_table_can_be_written_as_markdown():
    report = calibration_report(*make(), 15, **FAST)
    lines = report.to_markdown(digits=3).split("\n")
    assert lines[0].startswith("|  | value | low | high | debiased | floor |")
    assert len(lines) == 2 + len(report.table)
    assert lines[2].startswith(
        f"| accuracy | {report.table.value.iloc[0]:.3f} |"
    )


def test_the_picture_shows_the_diagram_and_the_errors(tmp_path):
    before = pyplot.get_fignums()
    report = calibration_report(*make(), (15, 100), **FAST)
    figure = report.figure("a model")
    assert figure.get_suptitle() == "a model"
    assert "(15 bins)" in figure.axes[0].get_title(loc="left")
    labels = [t.get_text() for t in figure.axes[1].get_yticklabels()]
    assert labels[:2] == ["confidence_gap", "ece_15"]
    check_picture(figure, tmp_path)
    assert pyplot.get_fignums() == before


@pytest.mark.parametrize("function", [calibration_report, paired_comparison])
@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"labels": np.zeros(3, int)}, ValueError, "one row for each example"),
        ({"labels": np.full(1000, 4)}, ValueError, "must be classes"),
        ({"labels": np.full((1000, 4), 0.25)}, ValueError, "soft labels"),
        ({"logits": np.full((1000, 4), np.nan)}, ValueError, "must be finite"),
        (
            {"logits": np.zeros((0, 4)), "labels": np.zeros(0, int)},
            ValueError,
            "at least 2 examples.* Received: 0",
        ),
        ({"from_logits": False}, ValueError, "If these are logits"),
        ({"num_bins": 0}, ValueError, "Received: num_bins=0"),
        ({"num_bins": ()}, ValueError, "at least one number of bins"),
        ({"resamples": 99}, ValueError, "Received: resamples=99"),
        ({"level": 95}, ValueError, "such as 0.95. Received: level=95"),
        ({"seed": None}, TypeError, "`seed` must be an integer"),
    ],
)
def test_what_cannot_be_meant_is_refused(function, change, error, message):
    labels, logits = make()
    arguments = {
        "num_bins": 15,
        "logits": logits,
        "labels": labels,
        "from_logits": True,
    } | change
    logits, labels = arguments.pop("logits"), arguments.pop("labels")
    models = [logits] * (2 if function is paired_comparison else 1)
    with pytest.raises(error, match=message):
        function(labels, *models, **arguments)


@pytest.mark.parametrize("function", [calibration_report, paired_comparison])
def test_another_order_and_another_kind_are_refused(function):
    labels, logits = make()
    models = [logits] * (2 if function is paired_comparison else 1)
    with pytest.raises(ValueError, match="labels come first"):
        function(*models, labels, from_logits=True)
    with pytest.raises(ValueError, match="are no logits"):
        function(labels, *[softmax(m) for m in models], from_logits=True)


def test_whole_weights_have_the_values_of_repetitions():
    labels, logits = make(300)
    times = np.random.default_rng(0).integers(0, 4, 300)
    logits[np.flatnonzero(times == 0)[0]] = np.nan  # left out
    weighted = calibration_report(
        labels, logits, (5, 15), sample_weight=times, **FAST
    )
    repeated = calibration_report(
        np.repeat(labels, times),
        np.repeat(logits, times, axis=0),
        (5, 15),
        **FAST,
    )
    # Sums of at most 1,000 terms in another order.
    np.testing.assert_allclose(
        weighted.table["value"], repeated.table["value"], atol=1e-12
    )
    # Of the same proportions, fewer examples say less.
    for row in ("accuracy", "confidence_gap", "nll", "ece_5"):
        wide, narrow = weighted.table.loc[row], repeated.table.loc[row]
        assert wide.high - wide.low > narrow.high - narrow.low, row


def test_equal_weights_change_nothing():
    labels, logits = make(300)
    plain = calibration_report(labels, logits, 5, **FAST).table
    equal = calibration_report(
        labels, logits, 5, sample_weight=np.full(300, 0.25), **FAST
    ).table
    columns = ["value", "low", "high", "debiased"]
    # The area under risk and coverage counts weights as examples. The floor of
    # the weighted report has draws of its own.
    plain, equal = plain.drop("aurc"), equal.drop("aurc")
    for column in columns:
        np.testing.assert_allclose(plain[column], equal[column], atol=1e-12)


def test_the_floor_of_weighted_examples_is_that_of_weighted_draws():
    labels, logits = make(400)
    weight = np.random.default_rng(1).exponential(size=400)
    table = calibration_report(
        labels,
        logits,
        5,
        sample_weight=weight,
        from_logits=True,
        resamples=2000,
    ).table
    # The same by hand: the winner is right with its confidence.
    rows = softmax(logits)
    confidence = rows.max(axis=1)
    place = np.minimum((5 * confidence).astype(int), 4)
    share = weight / weight.sum()
    random = np.random.default_rng(2)
    drawn = []
    for _ in range(2000):
        right = random.random(400) < confidence
        gaps = np.bincount(place, share * (right - confidence), 5)
        drawn.append(np.abs(gaps).sum())
    # Two means over 2,000 draws each, five standard errors apart.
    bound = 5 * np.std(drawn) * np.sqrt(2 / 2000)
    assert table.loc["ece_5", "floor"] == pytest.approx(
        np.mean(drawn), abs=bound
    )
    promise = rows * -np.log(rows)
    expected = share @ promise.sum(axis=1)
    assert table.loc["nll", "floor"] == pytest.approx(expected, rel=1e-9)


def test_the_interval_of_a_weighted_mean_is_that_of_the_ratio_estimator():
    labels, logits = make(500)
    weight = np.random.default_rng(1).exponential(size=500)
    row = calibration_report(
        labels,
        logits,
        5,
        sample_weight=weight,
        from_logits=True,
        resamples=2000,
    ).table.loc["brier"]
    distance = ((softmax(logits) - np.eye(4)[labels]) ** 2).sum(axis=1)
    share = weight / weight.sum()
    error = np.sqrt(np.sum((share * (distance - share @ distance)) ** 2))
    # Linearization is good to a few percent at 500 examples, the quantiles of
    # 2,000 draws to about as much.
    assert (row.high - row.low) / 2 == pytest.approx(1.96 * error, rel=0.12)


def test_labels_may_be_names_and_inputs_frames():
    labels, logits = make(200)
    names = np.array(["ant", "bee", "cat", "dog"])
    frame = pd.DataFrame(logits, columns=names)
    found = calibration_report(
        pd.Series(names[labels]), frame, 5, classes=list(names), **FAST
    ).table
    pd.testing.assert_frame_equal(
        found, calibration_report(labels, logits, 5, **FAST).table
    )


def test_the_interval_of_a_calibrated_model_starts_at_0_itself():
    lows = []
    for seed in range(6):
        labels, logits = make(300, seed=seed)
        table = calibration_report(labels, logits, 15, **FAST).table
        lows.append(table.loc["ece_15", "low"])
    assert 0 in lows
    assert not any(0 < low < 1e-9 for low in lows)
