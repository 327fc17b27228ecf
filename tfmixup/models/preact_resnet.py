"""Pre-activation ResNet-18 and ResNet-34 for small images."""

import keras

from tfmixup.layers.hidden_mixup import HiddenMixup
from tfmixup.layers.mixing_model import MixingModel
from tfmixup.models.blocks import Blocks
from tfmixup.models.blocks import checked_width

__all__ = ["preact_resnet18", "preact_resnet34"]


def preact_resnet18(
    num_classes,
    input_shape,
    *,
    width=64,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    hidden_mixup=False,
    name="preact_resnet18",
):
    """ResNet-18 whose batch norm and relu come before each convolution.

    The network of the manifold mixup code, which Appendix C of the paper
    uses: no batch norm or relu between the last sum and the pool (He et al.
    have both), none after the stem, and projections without batch norm.
    Stage `i` ends in the layer `stage{i}_out`.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image; height and
            width may be None for images of any size.
        width: int >= 1, channels of the first stage; the others have 2, 4
            and 8 times as many. 64 is the published network.
        weight_decay: float >= 0. Adds `weight_decay / 2 * sum(w**2)` over
            all kernels to the loss; `tfmixup.models` says why. Set no
            `weight_decay` in the optimiser beside it.
        mean: float, or one for each channel, subtracted from the pixels
            inside the model, in the units that the model is fed. None: no
            normalisation.
        std: float or one for each channel, by which the pixels are divided.
        synchronized_batch_norm: whether the moments of batch norm are taken
            over all replicas of a `tf.distribute` strategy.
        hidden_mixup: if true, the model can be trained with manifold mixup:
            it mixes at depth 0 (the normalised input), 1 (after stage 1) and
            2 (after stage 2), as Verma et al. do, and is a
            `tfmixup.layers.MixingModel` with the same weights.
        name: name of the model.

    Returns:
        `keras.Model` from images `[b, height, width, channels]` to logits
        `[b, num_classes]` (float32 under mixed precision; no softmax).

    Raises:
        ValueError: if an argument is out of its range, or if only one of
            `mean` and `std` is given.

    Example:

    >>> preact_resnet18(10, (32, 32, 3), width=4).output_shape
    (None, 10)

    Reference: He et al., 2016, https://arxiv.org/abs/1603.05027; Verma et
    al., 2019, https://arxiv.org/abs/1806.05236, supervised/models/preresnet.py
    of github.com/vikasverma1077/manifold_mixup.
    """
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    x = _stages(blocks, x, (2, 2, 2, 2), checked_width(width), hidden_mixup)
    model = MixingModel if hidden_mixup else keras.Model
    return model(inputs, blocks.logits(x, num_classes), name=name)


def preact_resnet34(
    num_classes,
    input_shape,
    *,
    width=64,
    weight_decay=0.0005,
    mean=None,
    std=None,
    synchronized_batch_norm=False,
    hidden_mixup=False,
    name="preact_resnet34",
):
    """ResNet-34 whose batch norm and relu come before each convolution.

    `preact_resnet18` with 3, 4, 6 and 3 blocks in its stages.

    Args:
        num_classes: int >= 2.
        input_shape: (height, width, channels) of one image.
        width: int >= 1, channels of the first stage.
        weight_decay: float >= 0, as in `preact_resnet18`.
        mean: float or one for each channel, as in `preact_resnet18`.
        std: float or one for each channel, as in `preact_resnet18`.
        synchronized_batch_norm: bool, as in `preact_resnet18`.
        hidden_mixup: bool, as in `preact_resnet18`.
        name: name of the model.

    Returns:
        `keras.Model` from images `[b, height, width, channels]` to logits
        `[b, num_classes]`.

    Raises:
        ValueError: as `preact_resnet18`.

    Example:

    >>> preact_resnet34(100, (32, 32, 3), width=4).output_shape
    (None, 100)

    Reference: as for `preact_resnet18`.
    """
    blocks = Blocks(weight_decay, synchronized_batch_norm)
    inputs, x = blocks.inputs(input_shape, mean, std)
    x = _stages(blocks, x, (3, 4, 6, 3), checked_width(width), hidden_mixup)
    model = MixingModel if hidden_mixup else keras.Model
    return model(inputs, blocks.logits(x, num_classes), name=name)


def _stages(blocks, x, depths, width, hidden_mixup):
    if hidden_mixup:
        x = HiddenMixup(0, name="mixup_of_input")(x)
    x = blocks.convolution(x, width, 3, name="stem_conv")
    for stage, depth in enumerate(depths, start=1):
        for block in range(1, depth + 1):
            last = block == depth
            x = _preact_block(
                blocks,
                x,
                width * 2 ** (stage - 1),
                strides=2 if stage > 1 and block == 1 else 1,
                name=f"stage{stage}_block{block}",
                out=f"stage{stage}_out" if last else None,
            )
        if hidden_mixup and stage in (1, 2):
            x = HiddenMixup(stage, name=f"mixup_of_stage{stage}")(x)
    return x


def _preact_block(blocks, x, filters, *, strides, name, out):
    y = blocks.batch_norm_relu(x, name=f"{name}_1")
    if strides != 1 or x.shape[-1] != filters:
        # The projection reads the activated input, the identity the raw one.
        x = blocks.convolution(
            y, filters, 1, strides=strides, name=f"{name}_0_conv"
        )
    y = blocks.convolution(
        y, filters, 3, strides=strides, name=f"{name}_1_conv"
    )
    y = blocks.batch_norm_relu(y, name=f"{name}_2")
    y = blocks.convolution(y, filters, 3, name=f"{name}_2_conv")
    return keras.layers.Add(name=out or f"{name}_out")([x, y])
