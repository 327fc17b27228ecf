"""ResNet-50 and ResNeXt-101 (32x4d) with the ImageNet stem."""

import keras

from tfmixup.models.blocks import Blocks
from tfmixup.models.blocks import checked_width

__all__ = ["resnet50", "resnext101_32x4d"]

_CARDINALITY = 32
_CHANNELS_PER_GROUP = 4


def resnet50(
    num_classes,
    input_shape,
    *,
    width=64,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    name="resnet50",
):
    """ResNet-50: bottleneck blocks after a 7x7 stem and a max pool.

    Four stages of 3, 4, 6 and 3 bottlenecks. The stride is in the 3x3
    convolution of a block, not in the 1x1 before it, as in torchvision and
    in Goyal et al. Stage `i` ends in the layer `stage{i}_out`.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image; height and
            width may be None for images of any size. The image is reduced
            32 times.
        width: int >= 1, channels of the stem; the bottlenecks have 1, 2, 4
            and 8 times as many inside, and 4 times that outside. 64 is the
            published network.
        weight_decay: float >= 0. Adds `weight_decay / 2 * sum(w**2)` over
            all kernels to the loss; `tfmixup.models` says why. Set no
            `weight_decay` in the optimiser beside it. Goyal et al. use 1e-4
            on ImageNet.
        mean: float, or one for each channel, subtracted from the pixels
            inside the model, in the units that the model is fed. None: no
            normalisation.
        std: float or one for each channel, by which the pixels are divided.
        synchronized_batch_norm: whether the moments of batch norm are taken
            over all replicas of a `tf.distribute` strategy.
        name: name of the model.

    Returns:
        `keras.Model` from images `[b, height, width, channels]` to logits
        `[b, num_classes]` (float32 under mixed precision; no softmax).

    Raises:
        ValueError: if an argument is out of its range, or if only one of
            `mean` and `std` is given.

    Example:

    >>> resnet50(1000, (64, 64, 3), width=4).output_shape
    (None, 1000)

    Reference: He et al., 2015, https://arxiv.org/abs/1512.03385; Goyal et
    al., 2017, Section 5.1, https://arxiv.org/abs/1706.02677.
    """
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    x = _stages(blocks, x, (3, 4, 6, 3), checked_width(width))
    return keras.Model(inputs, blocks.logits(x, num_classes), name=name)


def resnext101_32x4d(
    num_classes,
    input_shape,
    *,
    width=64,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    name="resnext101_32x4d",
):
    """ResNeXt-101 (32x4d): bottlenecks with a convolution in 32 groups.

    Stages of 3, 4, 23 and 3 blocks; otherwise `resnet50` with twice the
    channels inside a bottleneck, in 32 groups of 4, 8, 16 and 32 channels.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image.
        width: int, a multiple of 16, channels of the stem. 64 is the
            published network; 16 leaves one channel in a group.
        weight_decay: float >= 0, as in `resnet50`.
        mean: float or one for each channel, as in `resnet50`.
        std: float or one for each channel, as in `resnet50`.
        synchronized_batch_norm: bool, as in `resnet50`.
        name: name of the model.

    Returns:
        `keras.Model` from images `[b, height, width, channels]` to logits
        `[b, num_classes]`.

    Raises:
        ValueError: as `resnet50`, and if 16 does not divide `width`.

    Example:

    >>> resnext101_32x4d(1000, (64, 64, 3), width=16).output_shape
    (None, 1000)

    Reference: Xie et al., 2017, Table 1, https://arxiv.org/abs/1611.05431.
    """
    width = checked_width(width, multiple_of=16)
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    x = _stages(blocks, x, (3, 4, 23, 3), width, groups=_CARDINALITY)
    return keras.Model(inputs, blocks.logits(x, num_classes), name=name)


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
