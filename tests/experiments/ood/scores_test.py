"""Tests of experiments.ood.scores."""

import numpy as np
from scipy import special
from sklearn.metrics import roc_auc_score

from experiments.ood.scores import Answers
from experiments.ood.scores import confidence
from experiments.ood.scores import detection_table
from experiments.ood.scores import in_table
from experiments.ood.scores import score

RNG = np.random.default_rng(0)
INSIDE = 3 * RNG.normal(size=(400, 5)).astype(np.float32)
OUTSIDE = RNG.normal(size=(300, 5)).astype(np.float32)
LABELS = INSIDE.argmax(axis=1)
LABELS[::4] = 0


def softmax(logits, temperature=1.0):
    return special.softmax(logits.astype(np.float64) / temperature, axis=1)


def answers(logits):
    return {
        "plain": Answers(logits, True),
        "scaled": Answers(logits, True, 2.5),
        "averaged": Answers(softmax(logits), False),
    }


def test_the_table_has_the_measures_of_every_method_and_score():
    table = detection_table(answers(INSIDE), {"noise": answers(OUTSIDE)})
    table = table.set_index(["out", "method", "score"])
    # No energy of probabilities.
    assert len(table) == 8
    positive = np.repeat([1, 0], [400, 300])
    for method, temperature in (("plain", 1), ("scaled", 2.5)):
        both = np.concatenate([INSIDE, OUTSIDE])
        scores = softmax(both, temperature)
        for name, values in (
            ("max_softmax", scores.max(axis=1)),
            ("entropy", -special.entr(scores).sum(axis=1)),
            ("energy", special.logsumexp(both / temperature, axis=1)),
        ):
            found = table.loc[("noise", method, name), "auroc"]
            # Scores that differ in their last digit only may change places.
            np.testing.assert_allclose(
                found, roc_auc_score(positive, values), atol=1e-6
            )
    assert (table["num_in"] == 400).all() and (table["num_out"] == 300).all()


def test_a_temperature_of_one_changes_nothing():
    one = {"a": Answers(INSIDE, True), "b": Answers(INSIDE, True, 1.0)}
    two = {"a": Answers(OUTSIDE, True), "b": Answers(OUTSIDE, True, 1.0)}
    table = detection_table(one, {"x": two}).set_index("method")
    columns = ["auroc", "aupr_in", "aupr_out", "fpr95_in", "fpr95_out"]
    np.testing.assert_array_equal(
        table.loc["a", columns].to_numpy(), table.loc["b", columns].to_numpy()
    )


def test_the_in_distribution_table_is_right():
    inside, outside = answers(INSIDE), {"noise": answers(OUTSIDE)}
    table = in_table(inside, LABELS, outside, 10).set_index("method")
    assert (table["accuracy"] == np.mean(INSIDE.argmax(1) == LABELS)).all()
    for method, temperature in (("plain", 1), ("scaled", 2.5)):
        scores = softmax(INSIDE, temperature)
        own = scores[np.arange(400), LABELS]
        np.testing.assert_allclose(
            table.loc[method, "nll"], -np.log(own).mean(), rtol=1e-9
        )
        np.testing.assert_allclose(
            table.loc[method, "confidence noise"],
            softmax(OUTSIDE, temperature).max(axis=1).mean(),
            rtol=1e-9,
        )
        np.testing.assert_allclose(
            table.loc[method, "gap"],
            scores.max(axis=1).mean() - table.loc[method, "accuracy"],
            rtol=1e-6,
        )
    assert table.loc["plain", "temperature"] == 1


def test_confidences_and_scores_of_probabilities():
    scores = softmax(INSIDE)
    found = Answers(scores, False)
    np.testing.assert_allclose(confidence(found), scores.max(1), rtol=1e-12)
    assert score(found, "energy") is None
