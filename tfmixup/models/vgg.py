"""VGG-16 with batch norm for small images."""

import keras

from tfmixup.models.blocks import checked_rate
from tfmixup.models.blocks import checked_width
from tfmixup.models.builders import image_classifier

__all__ = ["vgg16"]


@image_classifier
def vgg16(blocks, x, width, *, dropout=0.0):
    """VGG-16 with batch norm and one dense layer.

    Thirteen 3x3 convolutions in five stages of 2, 2, 3, 3 and 3, each stage
    followed by a 2x2 max pool (layer `stage{i}_out`), then a global average
    pool and the classifier in place of the 4,096-wide dense layers. At
    32x32 the average is over one position, which makes it the usual
    small-image VGG; at 96x96 (STL-10) it is over nine. A pool keeps the odd
    last row and column, so that sizes that are not multiples of 32 work too.

    Args:
        width: int >= 1, channels of the first stage; the others have 2, 4,
            8 and 8 times as many. 64 is the published network.
        dropout: float in [0, 1), the rate of a dropout layer between the
            pool and the classifier. The paper's network has none (0.0);
            Monte Carlo dropout needs one.

    Example:

    >>> vgg16(10, (96, 96, 3), width=4).output_shape
    (None, 10)

    Reference: Simonyan and Zisserman, 2014, configuration D,
    https://arxiv.org/abs/1409.1556, in the small form that
    github.com/kuangliu/pytorch-cifar gives it (its convolutions have biases).
    """
    checked_rate("dropout", dropout)
    width = checked_width(width)
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
    return x
