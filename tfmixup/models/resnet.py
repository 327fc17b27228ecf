"""ResNet-18 and ResNet-34 for small images."""

import keras

from tfmixup.models.blocks import checked_width
from tfmixup.models.builders import image_classifier

__all__ = ["resnet18", "resnet34"]


@image_classifier
def resnet18(blocks, x, width):
    """ResNet-18 with a stem for small images (3x3, stride 1, no pooling).

    Four stages of 2 basic blocks with `width`, 2, 4 and 8 times `width`
    channels; the size of the image halves before each stage but the first.
    Stage `i` ends in the layer `stage{i}_out`.

    Args:
        width: int >= 1, channels of the first stage. 64 is the published
            network; 16 has a sixteenth of its weights and trains on a CPU.

    Example:

    >>> model = resnet18(10, (28, 28, 1), width=4, mean=72.9, std=90.0)
    >>> model.output_shape
    (None, 10)

    Reference: He et al., 2015, https://arxiv.org/abs/1512.03385, with the
    stem that github.com/kuangliu/pytorch-cifar gives it.
    """
    return _stages(blocks, x, (2, 2, 2, 2), checked_width(width))


@image_classifier
def resnet34(blocks, x, width):
    """ResNet-34: `resnet18` with 3, 4, 6 and 3 blocks in its stages.

    Args:
        width: int >= 1, channels of the first stage.

    Example:

    >>> resnet34(100, (32, 32, 3), width=4).output_shape
    (None, 100)

    Reference: as for `resnet18`.
    """
    return _stages(blocks, x, (3, 4, 6, 3), checked_width(width))


def _stages(blocks, x, depths, width):
    x = blocks.convolution(x, width, 3, name="stem_conv")
    x = blocks.batch_norm_relu(x, name="stem")
    for stage, depth in enumerate(depths, start=1):
        for block in range(1, depth + 1):
            last = block == depth
            x = _basic_block(
                blocks,
                x,
                width * 2 ** (stage - 1),
                strides=2 if stage > 1 and block == 1 else 1,
                name=f"stage{stage}_block{block}",
                out=f"stage{stage}_out" if last else None,
            )
    return x


def _basic_block(blocks, x, filters, *, strides, name, out):
    y = blocks.convolution(
        x, filters, 3, strides=strides, name=f"{name}_1_conv"
    )
    y = blocks.batch_norm_relu(y, name=f"{name}_1")
    y = blocks.convolution(y, filters, 3, name=f"{name}_2_conv")
    y = blocks.batch_norm(y, name=f"{name}_2_bn")
    if strides != 1 or x.shape[-1] != filters:
        x = blocks.convolution(
            x, filters, 1, strides=strides, name=f"{name}_0_conv"
        )
        x = blocks.batch_norm(x, name=f"{name}_0_bn")
    y = keras.layers.Add(name=f"{name}_add")([x, y])
    return keras.layers.ReLU(name=out or f"{name}_out")(y)
