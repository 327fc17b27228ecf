"""The layers that every image model here is made of.

Convolution, batch norm, input and output are the same in all architectures;
what differs is how an architecture wires them. Weight decay, initializers
and the batch norm constants are therefore decided in this file alone.
"""

import math
import numbers

import keras

__all__ = ["Blocks"]


class Blocks:
    """Makes the layers of one model, checked, initialized and decayed alike.

    **Weight decay** is a penalty in the loss: `weight_decay / 2 * sum(w**2)`
    over every convolution and dense kernel, whose gradient is exactly
    `weight_decay * w`. The gradient then passes through the momentum of the
    optimizer, as it does in the PyTorch code whose 5e-4 the paper uses.
    `keras.optimizers.SGD(weight_decay=...)` is another thing: it shrinks the
    weights by `learning_rate * weight_decay` beside the momentum, which at
    momentum 0.9 is ten times weaker for the same number, so do not set both.
    Biases and the scale and offset of batch norm are not decayed, as Goyal
    et al. (2017, Section 5.1) have it for batch norm; that PyTorch code
    decays every parameter.

    **Initial values**: He normal over the fan-out for convolutions, as in
    the ResNets of torchvision, and uniform in +-1/sqrt(fan-in) for the
    classifier, PyTorch's default; biases start at 0.

    **Batch norm**: momentum 0.9 and epsilon 1e-5, which PyTorch calls 0.1
    and 1e-5.

    **Mixed precision**: the layers follow the global dtype policy, but the
    input is normalized, and the logits are computed, in at least float32.

    Args:
        weight_decay: float >= 0; 0 adds no penalty at all.
        synchronized_batch_norm: bool, whether batch norm takes its moments
            over the batches of all replicas rather than of its own.

    Raises:
        ValueError: if `weight_decay` is negative or not finite.
    """

    def __init__(self, weight_decay, synchronized_batch_norm=False):
        if (
            isinstance(weight_decay, bool)
            or not isinstance(weight_decay, numbers.Real)
            or not 0 <= weight_decay < math.inf
        ):
            raise ValueError(
                "`weight_decay` must be a finite number >= 0. Received: "
                f"weight_decay={weight_decay!r}. To train without weight "
                "decay, pass weight_decay=0."
            )
        self.weight_decay = float(weight_decay)
        self.synchronized_batch_norm = bool(synchronized_batch_norm)

    def inputs(self, input_shape, mean=None, std=None):
        """The input and, if `mean` and `std` are given, its normalization.

        Args:
            input_shape: (height, width, channels) of one image; height and
                width may be None for images of any size.
            mean: None, float or sequence of `channels` floats, in the units
                of the pixels that the model is fed.
            std: likewise; positive.

        Returns:
            (model input, tensor that the first convolution reads).
        """
        height, width, channels = _checked_shape(input_shape)
        inputs = keras.Input((height, width, channels), name="image")
        if mean is None and std is None:
            return inputs, inputs
        mean, std = _checked_moments(mean, std, channels)
        normalization = keras.layers.Normalization(
            mean=mean,
            variance=_square(std),
            dtype=full_precision(),
            name="normalization",
        )
        return inputs, normalization(inputs)

    def convolution(
        self, x, filters, size, *, name, strides=1, groups=1, use_bias=False
    ):
        """A convolution, padded by `size // 2` on every side.

        `padding="same"` would do for stride 1. With stride 2 and even sizes
        it pads below and to the right only, which moves the result by half
        a step against the shortcut; the reference networks pad both sides.

        A 1x1 convolution with a stride is written as taking every stride-th
        pixel and convolving those, which is the same sum. TensorFlow 2.21
        writes outside of its memory in the gradient of the strided one (with
        oneDNN on AVX-512, below 16 input channels): the process dies, or
        trains on corrupted numbers.
        """
        padding = "same"
        if size == 1 and strides > 1:
            x = keras.layers.AveragePooling2D(
                1, strides, name=f"{name}_subsample"
            )(x)
            strides = 1
        if strides > 1:
            padding = "valid"
            x = keras.layers.ZeroPadding2D(size // 2, name=f"{name}_pad")(x)
        return keras.layers.Conv2D(
            filters,
            size,
            strides=strides,
            padding=padding,
            groups=groups,
            use_bias=use_bias,
            # One initializer object for each layer: Keras draws the same
            # values again when an object is used twice.
            kernel_initializer=keras.initializers.VarianceScaling(
                2.0, "fan_out", "untruncated_normal"
            ),
            kernel_regularizer=self.penalty(),
            name=name,
        )(x)

    def batch_norm(self, x, *, name):
        """Batch norm with learned scale and offset."""
        return keras.layers.BatchNormalization(
            momentum=0.9,
            epsilon=1e-5,
            synchronized=self.synchronized_batch_norm,
            name=name,
        )(x)

    def batch_norm_relu(self, x, *, name):
        """`{name}_bn`, then `{name}_relu`."""
        x = self.batch_norm(x, name=f"{name}_bn")
        return keras.layers.ReLU(name=f"{name}_relu")(x)

    def logits(self, x, num_classes, dropout=0.0):
        """Global average pool, dropout if any, and one dense layer."""
        num_classes = checked_count("num_classes", num_classes, minimum=2)
        x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
        if dropout:
            x = keras.layers.Dropout(dropout, name="dropout")(x)
        return keras.layers.Dense(
            num_classes,
            kernel_initializer=keras.initializers.VarianceScaling(
                1 / 3, "fan_in", "uniform"
            ),
            kernel_regularizer=self.penalty(),
            dtype=full_precision(),
            name="logits",
        )(x)

    def penalty(self):
        """A regulariser of kernels, or None."""
        if self.weight_decay == 0:
            return None
        return keras.regularizers.L2(self.weight_decay / 2)


def checked_width(width, multiple_of=1):
    """`width` as an int, or a ValueError that says what it must be."""
    width = checked_count("width", width, minimum=1)
    if width % multiple_of:
        raise ValueError(
            f"`width` must be a multiple of {multiple_of}, so that the "
            "channels of a grouped convolution divide into its groups. "
            f"Received: width={width}."
        )
    return width


def checked_count(name, value, minimum):
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Integral)
        or value < minimum
    ):
        raise ValueError(
            f"`{name}` must be an integer >= {minimum}. "
            f"Received: {name}={value!r}."
        )
    return int(value)


def checked_rate(name, value):
    """`value` as a float, or a ValueError that says what it must be."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        or not 0 <= value < 1
    ):
        raise ValueError(
            f"`{name}` must be a rate in [0, 1). Received: {name}={value!r}."
        )
    return float(value)


def _checked_shape(input_shape):
    shape = tuple(input_shape)
    if len(shape) != 3:
        raise ValueError(
            "`input_shape` must be (height, width, channels) of one image, "
            f"without the batch. Received: input_shape={input_shape!r}."
        )
    for size in shape[:2]:
        if size is not None:
            checked_count("input_shape", size, minimum=1)
    checked_count("input_shape", shape[2], minimum=1)
    return shape


def _checked_moments(mean, std, channels):
    if mean is None or std is None:
        raise ValueError(
            "`mean` and `std` must be given together or not at all. "
            f"Received: mean={mean!r}, std={std!r}."
        )
    mean, std = _floats(mean), _floats(std)
    for name, value in (("mean", mean), ("std", std)):
        values = value if isinstance(value, list) else [value]
        if isinstance(value, list) and len(value) != channels:
            raise ValueError(
                f"`{name}` must be one number or one for each of the "
                f"{channels} channels. Received: {name}={value}."
            )
        if not all(map(math.isfinite, values)):
            raise ValueError(
                f"`{name}` must be finite. Received: {name}={value}."
            )
        if name == "std" and min(values) <= 0:
            raise ValueError(f"`std` must be positive. Received: std={value}.")
    # Keras wants both in one shape.
    if isinstance(mean, list) != isinstance(std, list):
        mean = mean if isinstance(mean, list) else [mean] * channels
        std = std if isinstance(std, list) else [std] * channels
    return mean, std


def _floats(value):
    """Plain Python floats, so that the config of the layer is JSON."""
    if isinstance(value, numbers.Real):
        return float(value)
    return [float(v) for v in value]


def _square(value):
    if isinstance(value, list):
        return [v * v for v in value]
    return value * value


def full_precision():
    """float32 under mixed precision, else the global policy (or float64)."""
    policy = keras.config.dtype_policy()
    if policy.compute_dtype in ("float16", "bfloat16"):
        return "float32"
    return policy
