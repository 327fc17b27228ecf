"""ResNet-18 and ResNet-34 for small images."""

import keras

from tfmixup.models.blocks import Blocks
from tfmixup.models.blocks import checked_width

__all__ = ["resnet18", "resnet34"]


def resnet18(
    num_classes,
    input_shape,
    *,
    width=64,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    name="resnet18",
):
    """ResNet-18 with a stem for small images (3x3, stride 1, no pooling).

    Four stages of 2 basic blocks with `width`, 2, 4 and 8 times `width`
    channels; the size of the image halves before each stage but the first.
    Stage `i` ends in the layer `stage{i}_out`.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image; height and
            width may be None for images of any size.
        width: int >= 1, channels of the first stage. 64 is the published
            network; 16 has a sixteenth of its weights and trains on a CPU.
        weight_decay: float >= 0. Adds `weight_decay / 2 * sum(w**2)` over
            all kernels to the loss, which decays through the momentum as
            PyTorch's SGD does; `tfmixup.models` says why. The default is
            the paper's (Section 3.1). Set no `weight_decay` in the
            optimiser beside it. `loss` in the logs includes the penalty.
        mean: float, or one for each channel, subtracted from the pixels
            inside the model; give it in the units that the model is fed,
            which is 0 to 255 for raw images. None: no normalisation.
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

    >>> model = resnet18(10, (28, 28, 1), width=4, mean=72.9, std=90.0)
    >>> model.output_shape
    (None, 10)

    Reference: He et al., 2015, https://arxiv.org/abs/1512.03385, with the
    stem that github.com/kuangliu/pytorch-cifar gives it.
    """
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    x = _stages(blocks, x, (2, 2, 2, 2), checked_width(width))
    return keras.Model(inputs, blocks.logits(x, num_classes), name=name)


def resnet34(
    num_classes,
    input_shape,
    *,
    width=64,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    name="resnet34",
):
    """ResNet-34 with a stem for small images (3x3, stride 1, no pooling).

    `resnet18` with 3, 4, 6 and 3 blocks in its stages.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image.
        width: int >= 1, channels of the first stage.
        weight_decay: float >= 0, as in `resnet18`.
        mean: float or one for each channel, as in `resnet18`.
        std: float or one for each channel, as in `resnet18`.
        synchronized_batch_norm: bool, as in `resnet18`.
        name: name of the model.

    Returns:
        `keras.Model` from images `[b, height, width, channels]` to logits
        `[b, num_classes]`.

    Raises:
        ValueError: as `resnet18`.

    Example:

    >>> resnet34(100, (32, 32, 3), width=4).output_shape
    (None, 100)

    Reference: as for `resnet18`.
    """
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    x = _stages(blocks, x, (3, 4, 6, 3), checked_width(width))
    return keras.Model(inputs, blocks.logits(x, num_classes), name=name)


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
