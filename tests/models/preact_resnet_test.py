"""Tests of tfmixup.models.preact_resnet."""

import pytest

from tests.models import checks
from tests.models import reference
from tfmixup import models


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
