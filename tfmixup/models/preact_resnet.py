"""Pre-activation ResNet-18 and ResNet-34 for small images."""

import keras

from tfmixup.layers.hidden_mixup import HiddenMixup
from tfmixup.models.blocks import checked_width
from tfmixup.models.builders import image_classifier

__all__ = ["preact_resnet18", "preact_resnet34"]


@image_classifier
def preact_resnet18(blocks, x, width, *, hidden_mixup=False):
    """ResNet-18 whose batch norm and relu come before each convolution.

    The network of the manifold mixup code, which Appendix C of the paper
    uses: no batch norm or relu between the last sum and the pool (He et al.
    have both), none after the stem, and projections without batch norm.
    Stage `i` ends in the layer `stage{i}_out`.

    Args:
        width: int >= 1, channels of the first stage; the others have 2, 4
            and 8 times as many. 64 is the published network.
        hidden_mixup: if true, the model can be trained with manifold mixup:
            it mixes at depth 0 (the normalized input), 1 (after stage 1) and
            2 (after stage 2), as Verma et al. do, and is a
            `tfmixup.layers.MixingModel` with the same weights.

    Example:

    >>> preact_resnet18(10, (32, 32, 3), width=4).output_shape
    (None, 10)

    Reference: He et al., 2016, https://arxiv.org/abs/1603.05027; Verma et
    al., 2019, https://arxiv.org/abs/1806.05236, supervised/models/preresnet.py
    of github.com/vikasverma1077/manifold_mixup.
    """
    width = checked_width(width)
    return _stages(blocks, x, (2, 2, 2, 2), width, hidden_mixup)


@image_classifier
def preact_resnet34(blocks, x, width, *, hidden_mixup=False):
    """ResNet-34 whose batch norm and relu come before each convolution.

    `preact_resnet18` with 3, 4, 6 and 3 blocks in its stages.

    Args:
        width: int >= 1, channels of the first stage.
        hidden_mixup: bool, as in `preact_resnet18`.

    Example:

    >>> preact_resnet34(100, (32, 32, 3), width=4).output_shape
    (None, 100)

    Reference: as for `preact_resnet18`.
    """
    width = checked_width(width)
    return _stages(blocks, x, (3, 4, 6, 3), width, hidden_mixup)


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
