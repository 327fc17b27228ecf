"""Tests of tfmixup.models.resnet."""

import pytest

from tests.models import checks
from tests.models import reference
from tfmixup import models


def parameters(depths, num_classes, channels):
    """Counted from He et al., 2015: kernels, and two numbers per batch norm."""
    total = 9 * channels * 64 + 2 * 64
    before = 64
    for stage, depth in enumerate(depths):
        here = 64 * 2**stage
        for block in range(depth):
            total += 9 * before * here + 9 * here * here + 2 * (2 * here)
            if block == 0 and stage > 0:
                total += before * here + 2 * here
            before = here
    return total + before * num_classes + num_classes


# The totals are those of ResNet18() and ResNet34() of
# github.com/kuangliu/pytorch-cifar at 10 classes and 32x32x3.
@pytest.mark.parametrize(
    ("builder", "depths", "published"),
    [
        (models.resnet18, (2, 2, 2, 2), 11_173_962),
        (models.resnet34, (3, 4, 6, 3), 21_282_122),
    ],
)
def test_parameters_are_those_of_the_reference(builder, depths, published):
    assert parameters(depths, 10, 3) == published
    assert checks.count(builder(10, (32, 32, 3))) == published


# 9x9 too: an odd size is padded otherwise than an even one.
@pytest.mark.parametrize("size", [8, 9])
def test_resnet18_computes_the_published_network(size):
    checks.equals_reference(
        models.resnet18,
        (size, size, 2),
        lambda x, w: reference.basic_resnet(x, w, (2, 2, 2, 2)),
        width=3,
    )


def test_resnet34_computes_the_published_network():
    checks.equals_reference(
        models.resnet34,
        (8, 8, 1),
        lambda x, w: reference.basic_resnet(x, w, (3, 4, 6, 3)),
        width=2,
    )
