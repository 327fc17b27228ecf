"""Tests of tfmixup.models.blocks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import checks
from tests.replicas import two_replicas
from tfmixup.models import blocks


def tiny(
    input_shape=(6, 6, 2), weight_decay=0.0, synchronized=False, **moments
):
    """One convolution, one batch norm, one dense layer."""
    parts = blocks.Blocks(weight_decay, synchronized)
    inputs, x = parts.inputs(input_shape, **moments)
    x = parts.convolution(x, 4, 3, strides=2, name="conv")
    x = parts.batch_norm_relu(x, name="norm")
    return keras.Model(inputs, parts.logits(x, 3))


def pytorch_sgd(weight, steps, rate, momentum, decay):
    """torch.optim.SGD(nesterov=True, weight_decay=decay), no other gradient."""
    velocity = 0.0
    for _ in range(steps):
        gradient = decay * weight
        velocity = momentum * velocity + gradient
        weight = weight - rate * (gradient + momentum * velocity)
    return weight


def trained(steps, penalty=0.0, weight_decay=None):
    """A weight that starts at 1 and only decays."""
    weight = keras.Variable(1.0, dtype="float64")
    sgd = keras.optimizers.SGD(
        0.1, momentum=0.9, nesterov=True, weight_decay=weight_decay
    )
    regularizer = keras.regularizers.L2(penalty / 2)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = regularizer(weight.value)
        sgd.apply([tape.gradient(loss, weight.value)], [weight])
    return float(weight.numpy())


def test_the_penalty_decays_as_pytorch_does_and_keras_own_ten_times_less():
    steps, decay = 200, 5e-4
    coupled = trained(steps, penalty=decay)
    expected = pytorch_sgd(1.0, steps, 0.1, 0.9, decay)
    # Keras keeps the learning rate in float32: 0.1 is off by 1.5e-8.
    assert coupled == pytest.approx(expected, rel=1e-6)
    decoupled = trained(steps, weight_decay=decay)
    # Ten times in the long run, 1 / (1 - momentum), less the steps in which
    # the velocity builds up: 9 of 200.
    assert np.log(coupled) / np.log(decoupled) == pytest.approx(9.55, rel=0.01)


def test_layers_of_one_shape_do_not_start_alike():
    parts = blocks.Blocks(0.0)
    x = keras.Input((4, 4, 8))
    kernels = [
        keras.Model(x, parts.convolution(x, 8, 3, name="c")).weights[0].numpy()
        for _ in range(2)
    ]
    assert (kernels[0] != kernels[1]).any()


@pytest.mark.parametrize("groups", [1, 4])
def test_convolutions_start_he_normal_over_the_fan_out(groups):
    keras.utils.set_random_seed(0)
    x = keras.Input((4, 4, 64))
    y = blocks.Blocks(0.0).convolution(x, 128, 3, groups=groups, name="c")
    kernel = keras.Model(x, y).weights[0].numpy()
    assert kernel.shape == (3, 3, 64 // groups, 128)
    # The sample deviation has relative error 1/sqrt(2 n): five of them.
    error = 5 / np.sqrt(2 * kernel.size)
    assert kernel.std() == pytest.approx(np.sqrt(2 / (9 * 128)), rel=error)
    # A normal exceeds 3 deviations; one truncated at 2 does not.
    assert np.abs(kernel).max() > 3 * kernel.std()


def test_the_classifier_starts_uniform_over_the_fan_in():
    keras.utils.set_random_seed(0)
    x = keras.Input((2, 2, 400))
    output = keras.Model(x, blocks.Blocks(0.0).logits(x, 100)).layers[-1]
    assert np.abs(output.kernel.numpy()).max() == pytest.approx(
        1 / 20, rel=1e-3
    )
    np.testing.assert_array_equal(output.bias.numpy(), np.zeros(100))


def test_batch_norm_has_the_constants_of_the_reference():
    layer = tiny().get_layer("norm_bn")
    assert (layer.momentum, layer.epsilon) == (0.9, 1e-5)
    assert not layer.synchronized
    assert tiny(synchronized=True).get_layer("norm_bn").synchronized


@pytest.mark.parametrize(
    ("mean", "std"),
    [(120.0, 60.0), ([120, 100], (60, 30)), (np.array([1.5, 2.0]), 4)],
)
def test_pixels_are_normalized_inside_the_model(mean, std):
    model = tiny(mean=mean, std=std)
    layer = model.get_layer("normalization")
    x = np.random.default_rng(0).integers(0, 256, (3, 6, 6, 2), "uint8")
    expected = (x.astype(np.float64) - np.array(mean)) / np.array(std)
    # A subtraction and a division in float32, of numbers up to 255 that may
    # cancel: 255 * 2**-24 over the deviation, doubled.
    np.testing.assert_allclose(layer(x), expected, rtol=1e-6, atol=2e-5)
    keras.Model.from_config(model.get_config())


def test_pixels_are_not_normalized_without_moments():
    assert [layer.name for layer in tiny().layers][:2] == ["image", "conv_pad"]


@pytest.mark.parametrize(
    ("moments", "message"),
    [
        (dict(mean=1.0), "together"),
        (dict(std=1.0), "together"),
        (dict(mean=[1.0, 1.0, 1.0], std=1.0), "2 channels"),
        (dict(mean=1.0, std=[1.0]), "2 channels"),
        (dict(mean=1.0, std=0.0), "`std` must be positive"),
        (dict(mean=1.0, std=[1.0, -1.0]), "`std` must be positive"),
        (dict(mean=float("nan"), std=1.0), "`mean` must be finite"),
    ],
)
def test_moments_that_cannot_be_are_refused(moments, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        tiny(**moments)


@pytest.mark.parametrize("bad", [-1e-4, float("nan"), float("inf"), "1", True])
def test_a_weight_decay_out_of_range_is_refused(bad):
    with pytest.raises(ValueError, match="`weight_decay` must be.*Received"):
        blocks.Blocks(bad)


@pytest.mark.parametrize("bad", [(8, 8), (8, 8, None), (0, 8, 1), (8.0, 8, 1)])
def test_an_input_shape_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="`input_shape` must be.*Received"):
        tiny(bad)


def test_two_replicas_with_synchronized_batch_norm_train_as_one():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 6, 6, 2))
    y = np.eye(3)[rng.integers(0, 3, 8)]

    def weights(strategy):
        with checks.dtype_policy("float64"), strategy.scope():
            model = tiny(weight_decay=0.1, synchronized=True)
            checks.randomise(model, seed=3)
            model.compile(
                keras.optimizers.SGD(0.1, momentum=0.9),
                keras.losses.CategoricalCrossentropy(from_logits=True),
            )
            model.fit(x, y, batch_size=8, epochs=3, verbose=0)
        return model.get_weights()

    one = weights(tf.distribute.get_strategy())
    two = weights(two_replicas())
    for a, b in zip(one, two, strict=True):
        # Three steps in float64. Batch norm that is not synchronized, or a
        # penalty that is counted twice, is off by 1e-2.
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
