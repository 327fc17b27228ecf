"""Tests of tfmixup.losses."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup import losses

ERL = losses.EntropyRegularizedCrossentropy


def softmax(logits):
    exp = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


def reference(y_true, logits, kappa, smoothing=0.0):
    """Pereyra et al., 2017, class by class, in float64."""
    out = []
    for target, p in zip(y_true, softmax(logits), strict=True):
        target = target * (1 - smoothing) + smoothing / len(target)
        cross = -sum(t * np.log(q) for t, q in zip(target, p, strict=True))
        entropy = -sum(q * np.log(q) for q in p)
        out.append(cross - kappa * entropy)
    return np.array(out)


@pytest.fixture
def batch():
    """Soft labels and logits, float64, 6 examples of 5 classes."""
    rng = np.random.default_rng(0)
    return rng.dirichlet(np.ones(5), 6), 3 * rng.normal(size=(6, 5))


@pytest.mark.parametrize("kappa", [0.0, 0.1, 2.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("from_logits", [True, False])
def test_loss_is_the_formula(batch, kappa, smoothing, from_logits):
    labels, logits = batch
    predictions = logits if from_logits else softmax(logits)
    actual = losses.entropy_regularized_crossentropy(
        labels, predictions, kappa, from_logits, smoothing
    )
    expected = reference(labels, logits, kappa, smoothing)
    np.testing.assert_allclose(actual, expected, rtol=1e-12)
    mean = ERL(kappa, from_logits, smoothing)(labels, predictions)
    np.testing.assert_allclose(mean, expected.mean(), rtol=1e-6)


@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_without_penalty_it_is_keras_crossentropy(
    batch, from_logits, smoothing
):
    labels, logits = batch
    # One prediction that is saturated: the clipping has to agree as well.
    logits[0] = [0, 200, 0, 0, 0]
    predictions = logits if from_logits else softmax(logits)
    keras_loss = keras.losses.CategoricalCrossentropy(
        from_logits=from_logits, label_smoothing=smoothing
    )
    np.testing.assert_allclose(
        ERL(0.0, from_logits, smoothing)(labels, predictions),
        keras_loss(labels, predictions),
        rtol=1e-6,
    )


def test_gradient_has_its_closed_form(batch):
    labels, logits = batch
    kappa = 0.3
    x = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = losses.entropy_regularized_crossentropy(labels, x, kappa, True)
    # d/dz_j = (p_j - y_j) + kappa * p_j * (log p_j + H), H the entropy.
    p = softmax(logits)
    entropy = -(p * np.log(p)).sum(axis=-1, keepdims=True)
    expected = p - labels + kappa * p * (np.log(p) + entropy)
    np.testing.assert_allclose(tape.gradient(loss, x), expected, rtol=1e-9)


def test_the_penalty_rewards_doubt():
    label = [[1.0, 0.0]]
    for logit in (2.0, -2.0):
        sure = [[logit, -logit]]
        gap = [
            float(ERL(kappa, from_logits=True)(label, sure))
            - float(ERL(kappa, from_logits=True)(label, [[0.0, 0.0]]))
            for kappa in (0.0, 0.5)
        ]
        assert gap[1] > gap[0]


@pytest.mark.parametrize("kappa", [0.0, 0.7])
def test_loss_of_a_mixed_label_is_the_mixed_loss(batch, kappa):
    _, logits = batch
    first, second = np.eye(5)[[0, 1, 2, 3, 4, 0]], np.eye(5)[[4, 1, 0, 2, 3, 1]]

    def loss(labels):
        return losses.entropy_regularized_crossentropy(
            labels, logits, kappa, from_logits=True
        ).numpy()

    for coefficient in (0.0, 0.3, 1.0):
        mixed = coefficient * first + (1 - coefficient) * second
        expected = coefficient * loss(first) + (1 - coefficient) * loss(second)
        # Losses of order 1 in float64, subtracted from one another.
        np.testing.assert_allclose(loss(mixed), expected, atol=1e-13)


@pytest.mark.parametrize("from_logits", [True, False])
def test_extreme_predictions_give_finite_loss_and_gradient(from_logits):
    size = 1e4 if from_logits else 1.0
    x = tf.constant(size * np.eye(3) - (size if from_logits else 0), tf.float32)
    y = np.eye(3)[[0, 2, 1]]
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = losses.entropy_regularized_crossentropy(y, x, 0.1, from_logits)
    assert np.isfinite(loss).all()
    assert np.isfinite(tape.gradient(loss, x)).all()
    if from_logits:
        # A sure prediction has no entropy: 0 if right, 1e4 if wrong.
        np.testing.assert_allclose(loss, [0, 1e4, 1e4], rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(batch, dtype):
    labels, logits = batch
    half = tf.cast(logits, dtype)
    loss = losses.entropy_regularized_crossentropy(labels, half, 0.1, True)
    assert loss.dtype == tf.float32
    expected = reference(labels, tf.cast(half, tf.float64).numpy(), 0.1)
    # 5 terms of float32; in half precision the error would exceed 1e-4.
    np.testing.assert_allclose(loss, expected, rtol=1e-6)
    reduced = ERL(0.1, from_logits=True)(labels, half)
    np.testing.assert_allclose(reduced, expected.mean(), rtol=1e-6)


def test_sequences_of_predictions_reduce_the_last_axis(batch):
    labels, logits = batch
    flat = losses.entropy_regularized_crossentropy(labels, logits, 0.1, True)
    shaped = losses.entropy_regularized_crossentropy(
        labels.reshape(2, 3, 5), logits.reshape(2, 3, 5), 0.1, True
    )
    np.testing.assert_array_equal(tf.reshape(shaped, [-1]), flat)


def test_sample_weights_weigh_examples(batch):
    labels, logits = batch
    loss = ERL(0.1, from_logits=True)(labels, logits, [0, 0, 6, 0, 0, 0])
    expected = reference(labels, logits, 0.1)[2]
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "labels", [np.array([0, 2]), np.array([[0], [2]]), np.eye(4)[:2]]
)
def test_labels_of_another_shape_are_refused(labels):
    with pytest.raises(ValueError, match="one-hot or soft.*Received.*one_hot"):
        ERL(from_logits=True)(labels, np.zeros([2, 3]))


@pytest.mark.parametrize(
    "bad", [-0.1, float("nan"), float("inf"), "0.1", None, True]
)
def test_a_kappa_below_0_is_refused(bad):
    with pytest.raises(ValueError, match="`kappa` must be.*Received: kappa="):
        ERL(kappa=bad)
    with pytest.raises(ValueError, match="`kappa` must be.*Received: kappa="):
        losses.entropy_regularized_crossentropy([[1.0]], [[1.0]], bad)


@pytest.mark.parametrize("bad", [-0.1, 1.0, float("nan"), "0.1", True])
def test_a_smoothing_outside_0_and_1_is_refused(bad):
    with pytest.raises(ValueError, match="`label_smoothing` must.*Received"):
        ERL(label_smoothing=bad)


def test_fit_lowers_it():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4)).astype("float32")
    y = np.eye(3, dtype="float32")[x[:, :3].argmax(axis=1)]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.SGD(0.5), ERL(0.1, from_logits=True))
    loss = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert loss[-1] < loss[0] - 0.1


@pytest.mark.parametrize("compiled", [None, False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(
    "mask", [-np.inf, np.finfo(np.float32).min, np.finfo(np.float16).min]
)
def test_masked_classes_cost_and_pull_nothing(mask, smoothing, compiled):
    logits = np.float32([[1.0, 2.0], [-3.0, 0.5]])
    labels = np.float32([[0.25, 0.75], [1.0, 0.0]])
    masked = np.concatenate([logits, np.full([2, 1], mask)], 1, dtype="float32")
    wider = np.concatenate([labels, np.zeros([2, 1])], 1, dtype="float32")

    def loss_and_gradient(y_true, y_pred):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            loss = losses.entropy_regularized_crossentropy(
                y_true, y_pred, 0.3, True, smoothing
            )
        return loss, tape.gradient(loss, y_pred)

    run = loss_and_gradient
    if compiled is not None:
        run = tf.function(run, jit_compile=compiled)
    loss, gradient = run(tf.constant(wider), tf.constant(masked))
    expected, pull = loss_and_gradient(tf.constant(labels), tf.constant(logits))
    if mask == np.finfo(np.float16).min and smoothing:
        return  # -65504 is a logit of float32, and smoothing reaches it.
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(gradient[:, :2], pull, atol=1e-5)
    np.testing.assert_array_equal(gradient[:, 2], 0)


def test_a_label_that_is_masked_costs_infinitely():
    loss = losses.entropy_regularized_crossentropy(
        [[0.0, 1.0]], [[2.0, -np.inf]], 0.1, True
    )
    assert np.isposinf(loss)
