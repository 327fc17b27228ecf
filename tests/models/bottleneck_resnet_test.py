"""Tests of tfmixup.models.bottleneck_resnet."""

import pytest

from tests.models import checks
from tests.models import reference
from tfmixup import models


def parameters(depths, inside, groups):
    """Counted from He et al., 2015 and Xie et al., 2017, at 1,000 classes."""
    total = 49 * 3 * 64 + 2 * 64
    before = 64
    for stage, depth in enumerate(depths):
        here, out = inside * 2**stage, 256 * 2**stage
        for block in range(depth):
            total += before * here + 9 * (here // groups) * here + here * out
            total += 2 * here + 2 * here + 2 * out
            if block == 0:
                total += before * out + 2 * out
            before = out
    return total + before * 1000 + 1000


def test_resnet50_has_the_parameters_of_the_reference():
    # torchvision.models.resnet50, num_params on its documentation page.
    assert parameters((3, 4, 6, 3), 64, 1) == 25_557_032
    model = models.resnet50(1000, (224, 224, 3))
    assert checks.count(model) == 25_557_032
    # 224 -> 7: a factor of 32, as published.
    assert model.get_layer("stage4_out").output.shape == (None, 7, 7, 2048)


def test_resnext101_has_the_parameters_of_the_reference():
    # resnext101_32x4d of timm (44.18 M on its model card).
    assert parameters((3, 4, 23, 3), 128, 32) == 44_177_704
    model = models.resnext101_32x4d(1000, (224, 224, 3))
    assert checks.count(model) == 44_177_704
    assert model.get_layer("stage4_out").output.shape == (None, 7, 7, 2048)


@pytest.mark.parametrize("size", [16, 17])
def test_resnet50_computes_the_published_network(size):
    checks.equals_reference(
        models.resnet50,
        (size, size, 2),
        lambda x, w: reference.bottleneck_resnet(x, w, (3, 4, 6, 3), 1),
        width=2,
    )


def test_resnext101_computes_the_published_network():
    checks.equals_reference(
        models.resnext101_32x4d,
        (16, 16, 3),
        lambda x, w: reference.bottleneck_resnet(x, w, (3, 4, 23, 3), 32),
        width=16,
    )


@pytest.mark.parametrize("width", [8, 24])
def test_a_width_that_the_groups_do_not_divide_is_refused(width):
    with pytest.raises(ValueError, match="multiple of 16.*Received: width="):
        models.resnext101_32x4d(10, (64, 64, 3), width=width)
