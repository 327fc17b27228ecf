"""What all builders of image classifiers have in common."""

import functools
import inspect

import keras

from tfmixup.layers.mixing_model import MixingModel
from tfmixup.models.blocks import Blocks

__all__ = ["image_classifier"]

_ARGUMENTS = """\
    num_classes: int >= 2.
    input_shape: (height, width, channels) of one image; height and width may
        be None for images of any size.
"""
_OPTIONS = """\
    weight_decay: float >= 0. Adds `weight_decay / 2 * sum(w**2)` over all
        kernels to the loss, which decays through the momentum as PyTorch's
        SGD does; `tfmixup.models` says why. The default is the paper's
        (Section 3.1). Set no `weight_decay` in the optimizer beside it.
        `loss` in the logs includes the penalty.
    mean: float, or one for each channel, subtracted from the pixels inside
        the model; give it in the units that the model is fed, which is 0 to
        255 for raw images. None: no normalization.
    std: float or one for each channel, by which the pixels are divided.
    synchronized_batch_norm: whether the moments of batch norm are taken over
        all replicas of a `tf.distribute` strategy.
    name: name of the model.

Returns:
    `keras.Model` from images `[b, height, width, channels]` to logits
    `[b, num_classes]` (float32 under mixed precision; no softmax).

Raises:
    ValueError: if an argument is out of its range, or if only one of `mean`
        and `std` is given.
"""


def image_classifier(network):
    """Makes the builder of a model from the function of its network.

    The builder has the name and the docstring of the function, with the
    arguments that are the same for all, and what it returns and raises.

    Args:
        network: function (blocks, x, width, *, option=default, ...) from the
            `Blocks` of a model and its normalized input to the features that
            are pooled. Its docstring has `Args`, which begins with `width`,
            and an `Example`. Two options mean the same for all networks:
            `dropout` is the rate in front of the classifier, and
            `hidden_mixup` makes the model a `tfmixup.layers.MixingModel`.

    Returns:
        Function (num_classes, input_shape, *, width, ...) -> `keras.Model`.

    Example:

    >>> @image_classifier
    ... def linear(blocks, x, width):
    ...     '''One layer.
    ...
    ...     Args:
    ...         width: not used.
    ...
    ...     Example: none.
    ...     '''
    ...     return x
    >>> linear(10, (8, 8, 3)).output_shape
    (None, 10)
    """

    @functools.wraps(network)
    def build(
        num_classes,
        input_shape,
        *,
        width=64,
        weight_decay=0.0005,
        mean=None,
        std=None,
        synchronized_batch_norm=False,
        name=network.__name__,
        **options,
    ):
        blocks = Blocks(weight_decay, synchronized_batch_norm)
        inputs, x = blocks.inputs(input_shape, mean, std)
        x = network(blocks, x, width, **options)
        logits = blocks.logits(x, num_classes, options.get("dropout", 0.0))
        mixes = options.get("hidden_mixup", False)
        model = MixingModel if mixes else keras.Model
        return model(inputs, logits, name=name)

    shared = inspect.signature(build, follow_wrapped=False).parameters
    own = inspect.signature(network).parameters
    build.__signature__ = inspect.Signature(
        [
            *(p for p in shared.values() if p.name != "options"),
            *(p for p in own.values() if p.kind is p.KEYWORD_ONLY),
        ]
    )
    before, arguments, after = inspect.cleandoc(network.__doc__).partition(
        "\nArgs:\n"
    )
    options, example, after = after.partition("\nExample:")
    build.__doc__ = "".join(
        [before, arguments, _ARGUMENTS, options, _OPTIONS, example, after]
    )
    return build
