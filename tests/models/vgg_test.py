"""Tests of tfmixup.models.vgg."""

import numpy as np
import pytest

from tests.models import checks
from tests.models import reference
from tfmixup import models

DEPTHS = (2, 2, 3, 3, 3)


def parameters(num_classes, channels):
    """Kernels and biases of the convolutions, batch norm, one dense layer."""
    total, before = 0, channels
    for depth, here in zip(DEPTHS, (64, 128, 256, 512, 512), strict=True):
        for _ in range(depth):
            total += 9 * before * here + here + 2 * here
            before = here
    return total + before * num_classes + num_classes


def test_parameters_are_those_of_the_reference():
    # VGG('VGG16') of github.com/kuangliu/pytorch-cifar, 10 classes, 32x32x3.
    assert parameters(10, 3) == 14_728_266
    assert checks.count(models.vgg16(10, (32, 32, 3))) == 14_728_266


@pytest.mark.parametrize("size", [32, 24, 7])
def test_vgg16_computes_the_published_network(size):
    checks.equals_reference(
        models.vgg16,
        (size, size, 2),
        lambda x, w: reference.vgg(x, w, DEPTHS),
        width=2,
    )


def test_dropout_drops_in_training_only_and_keeps_the_weights():
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype("float32")
    plain = models.vgg16(3, (8, 8, 1), width=4)
    dropping = models.vgg16(3, (8, 8, 1), width=4, dropout=0.5)
    dropping.set_weights(plain.get_weights())
    np.testing.assert_array_equal(plain(x), dropping(x, training=False))
    # Thirty-two features of which each is kept with chance 1/2: two passes
    # agree with chance 2**-64.
    classifier_input = dropping.get_layer("dropout")
    features = np.ones([2, 32], "float32")
    first = np.array(classifier_input(features, training=True))
    second = np.array(classifier_input(features, training=True))
    assert set(np.unique(first)) == {0.0, 2.0}
    assert (first != second).any()
    assert dropping.layers[-2] is classifier_input
    assert dropping.layers[-1].name == "logits"


@pytest.mark.parametrize("rate", [1.0, -0.1, float("nan"), "0.5", True])
def test_a_rate_outside_0_and_1_is_refused(rate):
    with pytest.raises(ValueError, match="`dropout` must be a rate.*Received"):
        models.vgg16(3, (8, 8, 1), dropout=rate)
