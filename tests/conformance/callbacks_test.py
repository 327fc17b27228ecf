"""What every callback keeps."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import catalogue
from tests.replicas import two_replicas
from tfmixup import callbacks
from tfmixup.report import headline_scores

each_callback = pytest.mark.parametrize(
    "case", catalogue.CALLBACKS, ids=lambda case: case.cls.__name__
)


def fitted(strategy, watchers, epochs=2):
    """The history of a short run."""
    with strategy.scope():
        model = catalogue.model()
        model.compile(
            "sgd",
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
    history = model.fit(
        catalogue.features(),
        catalogue.labels(),
        batch_size=8,
        shuffle=False,
        epochs=epochs,
        callbacks=watchers,
        verbose=0,
    )
    return history.history


@each_callback
def test_every_argument_is_given(case, tmp_path):
    names = set(inspect.signature(case.cls).parameters)
    assert set(case.arguments(tmp_path)) == names


@pytest.fixture(scope="module")
def unwatched():
    """The history of the run without any callback."""
    return fitted(tf.distribute.get_strategy(), [])


@each_callback
def test_a_callback_leaves_the_training_as_it_is_in_run_after_run(
    case, tmp_path, unwatched
):
    watcher = case.build(tmp_path)
    first = fitted(tf.distribute.get_strategy(), [watcher])
    again = fitted(tf.distribute.get_strategy(), [watcher])
    for name, values in unwatched.items():
        assert first[name] == values, name
    assert again == first


@each_callback
def test_two_replicas_log_what_one_logs(case, tmp_path):
    one = fitted(tf.distribute.get_strategy(), [case.build(tmp_path / "one")])
    two = fitted(two_replicas(), [case.build(tmp_path / "two")])
    assert sorted(one) == sorted(two)
    for name, values in one.items():
        # Four steps in float32 whose gradients are summed in two halves.
        np.testing.assert_allclose(two[name], values, rtol=1e-5, err_msg=name)


def logged(outputs, labels, directory, from_logits, dtype="float32"):
    """What CalibrationLogger logs of a model that gives these outputs."""
    model = keras.Sequential(
        [
            keras.Input(outputs.shape[1:]),
            keras.layers.Activation("linear", dtype=dtype),
        ]
    )
    logger = callbacks.CalibrationLogger(
        (outputs, labels), directory, from_logits=from_logits, diagram_every=0
    )
    logger.set_model(model)
    logs = {}
    logger.on_train_begin()
    logger.on_epoch_begin(0)
    logger.on_epoch_end(0, logs)
    logger.on_train_end()
    return logs


def softmax(logits):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


OUTPUTS = {
    "logits": (catalogue.logits(64), True),
    "probabilities": (softmax(catalogue.logits(64)), False),
    "masked": (
        np.where(np.arange(4) == 3, -np.inf, catalogue.logits(64)),
        True,
    ),
    "one example": (catalogue.logits(1), True),
    "one unit": (softmax(catalogue.logits(64)[:, :2])[:, 1:], False),
    "one unit of logits": (2 * catalogue.logits(64)[:, :1], True),
}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("kind", OUTPUTS)
def test_the_logger_scores_what_a_model_gives(kind, dtype, tmp_path):
    outputs, from_logits = OUTPUTS[kind]
    outputs = outputs.astype("float64")
    classes = 2 if outputs.shape[1] == 1 else 3
    labels = catalogue.labels(len(outputs)) % classes
    given = np.asarray(tf.cast(tf.cast(outputs, dtype), "float64"))
    expected = headline_scores(labels, outputs, from_logits=from_logits)
    found = logged(outputs, labels, tmp_path, from_logits, dtype)
    # An output is off by half the spacing of its dtype: at most 2 ** -8 of
    # itself in bfloat16, and logits are below 8. A confidence that crosses the
    # edge of a bin, or a tie, is one example more or less.
    finite = np.isfinite(outputs)
    step = float(np.abs(given[finite] - outputs[finite]).max())
    for name in ("nll", "brier"):
        assert found[f"val_{name}"] == pytest.approx(
            expected[name], abs=1e-6 + 4 * step
        ), name
    assert abs(found["val_accuracy"] - expected["accuracy"]) <= (
        0 if step < 1e-6 else 2 / 64
    )


@pytest.mark.parametrize("kind", [k for k in OUTPUTS if k != "masked"])
def test_the_logger_refuses_the_other_kind(kind, tmp_path):
    outputs, from_logits = OUTPUTS[kind]
    outputs = np.concatenate([outputs, [[0.0] * outputs.shape[1]]])
    if not from_logits:  # Near both ends, as trained ones are.
        outputs[-1, 0], outputs[0] = 1.0, outputs[0].round()
    labels = catalogue.labels(len(outputs)) % 2
    with pytest.raises(ValueError, match="from_logits"):
        logged(outputs, labels, tmp_path, not from_logits)


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (np.full([40, 4], np.nan), "must be finite"),
        (np.full([40, 4], np.inf), "must be finite"),
        (np.zeros([0, 4]), "must hold an example"),
    ],
)
def test_the_logger_refuses_what_has_no_score(outputs, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        logged(outputs, np.zeros(len(outputs), int), tmp_path, True)
