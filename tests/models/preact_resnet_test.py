"""Tests of tfmixup.models.preact_resnet."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import checks
from tests.models import reference
from tfmixup import mixing
from tfmixup import models

# Models without a plan are what some of these tests are about.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*nothing without a plan", "ignore:.*mixes nothing"
)


def parameters(depths, num_classes, channels):
    """Counted from the manifold mixup code: the batch norms come first."""
    total = 9 * channels * 64
    before = 64
    for stage, depth in enumerate(depths):
        here = 64 * 2**stage
        for block in range(depth):
            total += 2 * before + 9 * before * here
            total += 2 * here + 9 * here * here
            if block == 0 and stage > 0:
                total += before * here
            before = here
    return total + before * num_classes + num_classes


# The totals are those of PreActResNet18() and PreActResNet34() of
# github.com/kuangliu/pytorch-cifar, equal to preactresnet18() and 34() of
# github.com/vikasverma1077/manifold_mixup, at 10 classes and 32x32x3.
@pytest.mark.parametrize(
    ("builder", "depths", "published"),
    [
        (models.preact_resnet18, (2, 2, 2, 2), 11_171_146),
        (models.preact_resnet34, (3, 4, 6, 3), 21_279_306),
    ],
)
def test_parameters_are_those_of_the_reference(builder, depths, published):
    assert parameters(depths, 10, 3) == published
    assert checks.count(builder(10, (32, 32, 3))) == published


@pytest.mark.parametrize("size", [8, 9])
def test_preact_resnet18_computes_the_published_network(size):
    checks.equals_reference(
        models.preact_resnet18,
        (size, size, 2),
        lambda x, w: reference.preact_resnet(x, w, (2, 2, 2, 2)),
        width=3,
    )


def test_preact_resnet34_computes_the_published_network():
    checks.equals_reference(
        models.preact_resnet34,
        (8, 8, 1),
        lambda x, w: reference.preact_resnet(x, w, (3, 4, 6, 3)),
        width=2,
    )


# The input, after stage 1, after stage 2: "layer_mix" of Verma et al.
@pytest.mark.parametrize(
    ("depth", "mixed"), [(0, None), (1, "stage1_out"), (2, "stage2_out")]
)
def test_a_depth_mixes_what_is_there_and_nothing_before(depth, mixed):
    keras.utils.set_random_seed(depth)
    model = models.preact_resnet18(
        3, (8, 8, 2), width=3, mean=0.3, std=0.7, hidden_mixup=True
    )
    images = np.random.default_rng(0).normal(size=[4, 8, 8, 2])
    images = images.astype(np.float32)
    partner, coefficient = np.array([2, 3, 1, 0]), np.float32(0.3)
    plan = mixing.Plan(
        tf.constant(partner - np.arange(4), tf.int32),
        {
            each: tf.fill([4], coefficient if each == depth else 1.0)
            for each in range(3)
        },
    )
    # Frozen batch norm: training only carries out the plan.
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    received = model(mixing.Planned(plan=plan, features=images), training=True)

    def mix(values):
        return coefficient * values + (1 - coefficient) * values[partner]

    if mixed is None:
        # The affine normalization commutes with mixing.
        expected = model(mix(images))
    else:
        below = keras.Model(model.inputs, model.get_layer(mixed).output)
        state = mix(np.asarray(below(images)))
        expected = _above(model, mixed, state)
    # float32 through 18 layers of values near 1: some 1e-6; else 1e-1.
    np.testing.assert_allclose(received, expected, atol=1e-4)
    assert np.abs(np.asarray(model(images)) - received).max() > 1e-3


def _above(model, name, state):
    """The rest of a functional model, from the output of a layer on."""
    above = keras.Model(model.get_layer(name).output, model.outputs)
    return above(state)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_manifold_mixup_trains_in_mixed_precision(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        keras.utils.set_random_seed(0)
        model = models.preact_resnet18(2, (8, 8, 1), width=4, hidden_mixup=True)
    finally:
        keras.config.set_dtype_policy(before)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss)
    labels = np.arange(32) % 2
    images = np.ones([32, 8, 8, 1], np.float32) * labels[:, None, None, None]
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(16)
    stage = mixing.ManifoldMixupPlan(2.0, num_classes=2, seed=1)
    losses = model.fit(data.apply(stage), epochs=8, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]
    assert model.predict(images, verbose=0).dtype == np.float32
