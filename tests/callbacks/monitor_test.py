"""Tests of tfmixup.callbacks.monitor."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.callbacks.monitor import Monitor


@pytest.mark.parametrize(
    "name",
    [
        "loss",
        "val_loss",
        "val_ece",
        "val_oe",
        "val_nll",
        "val_brier",
        "val_brier_score",
        "val_mean_squared_error",
        "val_root_mean_square_calibration_error",
        "val_categorical_crossentropy",
        "val_kl_divergence",
        "val_area_under_risk_coverage",
        "error",
        "mae",
    ],
)
def test_losses_and_errors_go_down(name):
    monitor = Monitor(name)
    assert monitor.mode == "min"
    assert monitor.is_better(0.1, than=0.2)
    assert not monitor.is_better(0.2, than=0.2)


@pytest.mark.parametrize(
    "name",
    [
        "acc",
        "val_accuracy",
        "val_top5",
        "val_sparse_top_k_categorical_accuracy",
        "val_auc",
        "precision_1",
        "val_recall",
        "val_f1_score",
        "val_cosine_similarity",
    ],
)
def test_accuracies_go_up(name):
    monitor = Monitor(name)
    assert monitor.mode == "max"
    assert monitor.is_better(0.2, than=0.1)
    assert not monitor.is_better(0.1, than=0.1)


@pytest.mark.parametrize(
    "name", ["val_gap", "val_mean_confidence", "kappa", "loss_accuracy"]
)
def test_a_name_that_does_not_say_wants_a_mode(name):
    with pytest.raises(ValueError, match=f"monitor='{name}', mode='auto'"):
        Monitor(name)
    assert Monitor(name, "min").mode == "min"


def test_another_mode_is_refused():
    with pytest.raises(ValueError, match="Received: mode='lowest'"):
        Monitor("loss", "lowest")


def test_any_number_is_better_than_none_yet():
    assert Monitor("val_loss").is_better(float("inf"), than=None)


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        np.float32(0.5),
        np.array([0.5]),
        np.array(0.5),
        tf.constant(0.5),
        tf.constant(0.5, tf.bfloat16),
    ],
)
def test_a_single_number_is_read(value):
    assert Monitor("loss").read({"loss": value}) == 0.5


@pytest.mark.parametrize("value", [np.array([0.5, 0.6]), "cosine", None])
def test_what_is_no_single_number_is_refused(value):
    with pytest.raises(ValueError, match="a single number.*monitor='loss'"):
        Monitor("loss").read({"loss": value})


def test_a_value_that_nobody_logs_is_refused_with_those_that_are():
    with pytest.raises(KeyError, match="logged: .'a', 'b'"):
        Monitor("loss").read({"b": 1, "a": 2})
    with pytest.raises(KeyError, match="before this one"):
        Monitor("loss").read(None)
