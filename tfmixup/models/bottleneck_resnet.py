"""ResNet-50 and ResNeXt-101 (32x4d) with the ImageNet stem."""

import keras

from tfmixup.models.blocks import checked_width
from tfmixup.models.builders import image_classifier

__all__ = ["resnet50", "resnext101_32x4d"]

_CARDINALITY = 32
_CHANNELS_PER_GROUP = 4


@image_classifier
def resnet50(blocks, x, width):
    """ResNet-50: bottleneck blocks after a 7x7 stem and a max pool.

    Four stages of 3, 4, 6 and 3 bottlenecks. The stride is in the 3x3
    convolution of a block, not in the 1x1 before it, as in torchvision and
    in Goyal et al. (who decay by 1e-4 on ImageNet). Stage `i` ends in the
    layer `stage{i}_out`. The image is reduced 32 times.

    Args:
        width: int >= 1, channels of the stem; the bottlenecks have 1, 2, 4
            and 8 times as many inside, and 4 times that outside. 64 is the
            published network.

    Example:

    >>> resnet50(1000, (64, 64, 3), width=4).output_shape
    (None, 1000)

    Reference: He et al., 2015, https://arxiv.org/abs/1512.03385; Goyal et
    al., 2017, Section 5.1, https://arxiv.org/abs/1706.02677.
    """
    return _stages(blocks, x, (3, 4, 6, 3), checked_width(width))


@image_classifier
def resnext101_32x4d(blocks, x, width):
    """ResNeXt-101 (32x4d): bottlenecks with a convolution in 32 groups.

    Stages of 3, 4, 23 and 3 blocks; otherwise `resnet50` with twice the
    channels inside a bottleneck, in 32 groups of 4, 8, 16 and 32 channels.

    Args:
        width: int, a multiple of 16, channels of the stem. 64 is the
            published network; 16 leaves one channel in a group.

    Example:

    >>> resnext101_32x4d(1000, (64, 64, 3), width=16).output_shape
    (None, 1000)

    Reference: Xie et al., 2017, Table 1, https://arxiv.org/abs/1611.05431.
    """
    width = checked_width(width, multiple_of=16)
    return _stages(blocks, x, (3, 4, 23, 3), width, groups=_CARDINALITY)


def _stages(blocks, x, depths, width, groups=1):
    x = blocks.convolution(x, width, 7, strides=2, name="stem_conv")
    x = blocks.batch_norm_relu(x, name="stem")
    # Zeros are as good as minus infinity here: nothing is below 0.
    x = keras.layers.ZeroPadding2D(1, name="stem_pool_pad")(x)
    x = keras.layers.MaxPooling2D(3, strides=2, name="stem_pool")(x)
    for stage, depth in enumerate(depths, start=1):
        inside = outside = width * 2 ** (stage - 1)
        if groups > 1:
            inside = groups * _CHANNELS_PER_GROUP * outside // 64
        for block in range(1, depth + 1):
            last = block == depth
            x = _bottleneck(
                blocks,
                x,
                inside,
                4 * outside,
                groups=groups,
                strides=2 if stage > 1 and block == 1 else 1,
                name=f"stage{stage}_block{block}",
                out=f"stage{stage}_out" if last else None,
            )
    return x


def _bottleneck(blocks, x, inside, outside, *, groups, strides, name, out):
    y = blocks.convolution(x, inside, 1, name=f"{name}_1_conv")
    y = blocks.batch_norm_relu(y, name=f"{name}_1")
    y = blocks.convolution(
        y, inside, 3, strides=strides, groups=groups, name=f"{name}_2_conv"
    )
    y = blocks.batch_norm_relu(y, name=f"{name}_2")
    y = blocks.convolution(y, outside, 1, name=f"{name}_3_conv")
    y = blocks.batch_norm(y, name=f"{name}_3_bn")
    if strides != 1 or x.shape[-1] != outside:
        x = blocks.convolution(
            x, outside, 1, strides=strides, name=f"{name}_0_conv"
        )
        x = blocks.batch_norm(x, name=f"{name}_0_bn")
    y = keras.layers.Add(name=f"{name}_add")([x, y])
    return keras.layers.ReLU(name=out or f"{name}_out")(y)
