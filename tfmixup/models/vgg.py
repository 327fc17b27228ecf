"""VGG-16 with batch norm for small images."""

import numbers

import keras

from tfmixup.models.blocks import Blocks
from tfmixup.models.blocks import checked_width

__all__ = ["vgg16"]


def vgg16(
    num_classes,
    input_shape,
    *,
    width=64,
    dropout=0.0,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    name="vgg16",
):
    """VGG-16 with batch norm and one dense layer.

    Thirteen 3x3 convolutions in five stages of 2, 2, 3, 3 and 3, each stage
    followed by a 2x2 max pool (layer `stage{i}_out`), then a global average
    pool and the classifier in place of the 4,096-wide dense layers. At
    32x32 the average is over one position, which makes it the usual
    small-image VGG; at 96x96 (STL-10) it is over nine. A pool keeps the odd
    last row and column, so that sizes that are not multiples of 32 work too.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image; height and
            width may be None for images of any size.
        width: int >= 1, channels of the first stage; the others have 2, 4,
            8 and 8 times as many. 64 is the published network.
        dropout: float in [0, 1), the rate of a dropout layer between the
            pool and the classifier. The paper's network has none (0.0);
            Monte Carlo dropout needs one.
        weight_decay: float >= 0. Adds `weight_decay / 2 * sum(w**2)` over
            all kernels to the loss; `tfmixup.models` says why. Set no
            `weight_decay` in the optimiser beside it.
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

    >>> vgg16(10, (96, 96, 3), width=4).output_shape
    (None, 10)

    Reference: Simonyan and Zisserman, 2014, configuration D,
    https://arxiv.org/abs/1409.1556, in the small form that
    github.com/kuangliu/pytorch-cifar gives it (its convolutions have biases).
    """
    if (
        isinstance(dropout, bool)
        or not isinstance(dropout, numbers.Real)
        or not 0 <= dropout < 1
    ):
        raise ValueError(
            "`dropout` must be a rate in [0, 1). "
            f"Received: dropout={dropout!r}."
        )
    width = checked_width(width)
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    stages = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))
    for stage, (depth, multiple) in enumerate(stages, start=1):
        for number in range(1, depth + 1):
            layer = f"stage{stage}_{number}"
            x = blocks.convolution(
                x, width * multiple, 3, use_bias=True, name=f"{layer}_conv"
            )
            x = blocks.batch_norm_relu(x, name=layer)
        x = keras.layers.MaxPooling2D(
            2, padding="same", name=f"stage{stage}_out"
        )(x)
    return keras.Model(
        inputs, blocks.logits(x, num_classes, dropout), name=name
    )
