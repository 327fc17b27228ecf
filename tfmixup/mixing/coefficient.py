"""Mixing coefficients: lambda ~ Beta(alpha, alpha), stateless."""

import math
import numbers

import tensorflow as tf
import tensorflow_probability as tfp

__all__ = ["check_alpha", "draw_coefficients", "sample_beta"]


# Draws are made in float32, where a smaller alpha becomes 0 or loses digits
# (NaN from 1.2e-38 down) and a larger one infinite. Between 1e-30 and 1e-6 all
# draws are 0 or 1 already, and beyond 1e8 all are 1/2.
_SMALLEST, _LARGEST = 1e-30, 1e30


def check_alpha(alpha):
    """`alpha` as a float, or an error that says what alpha may be."""
    value = math.nan
    if isinstance(alpha, numbers.Real) and not isinstance(alpha, bool):
        value = float(alpha)
    if not (value == 0 or _SMALLEST <= value <= _LARGEST):
        raise ValueError(
            f"`alpha` must be 0, or a number from {_SMALLEST:g} to "
            f"{_LARGEST:g}. Received: alpha={alpha!r}. Use alpha=0 to train "
            "without mixing."
        )
    return value


def draw_coefficients(alpha, shape, key, dtype=tf.float32):
    """Draws mixing coefficients from Beta(alpha, alpha).

    Small alpha puts nearly all mass at 0 and 1 (hardly any mixing), alpha = 1
    is uniform, large alpha concentrates at 0.5. The limit alpha = 0 is exactly
    no mixing: every coefficient is 1. Samplers that divide one float32 gamma
    draw by the sum of two underflow below alpha = 0.05 and return 0.5 there;
    TensorFlow Probability works in log space and does not.

    Args:
        alpha: Python float: 0, or from 1e-30 to 1e30.
        shape: shape of the result, a list of ints or an int32 tensor.
        key: int32 tensor `[2]`, see `tfmixup.keys`. The same key gives the
            same draws, always inside of a dataset and always outside of one;
            the two differ, because TensorFlow picks another implementation
            of the gamma sampler there.
        dtype: `tf.float32` or `tf.float64`.

    Returns:
        Tensor of `shape` and `dtype` with values in [0, 1].

    Raises:
        ValueError: if `alpha` is neither 0 nor a number from 1e-30 to 1e30.

    Example:

    >>> from tfmixup.keys import seed_key
    >>> draws = draw_coefficients(0.3, [1000], seed_key(7))
    >>> bool(abs(tf.reduce_mean(draws) - 0.5) < 0.05)
    True
    >>> draw_coefficients(0, [2], seed_key(7)).numpy().tolist()
    [1.0, 1.0]

    Reference: Zhang et al., 2017, section 2, https://arxiv.org/abs/1710.09412
    """
    alpha = check_alpha(alpha)
    if alpha == 0:
        return tf.ones(shape, dtype)
    return sample_beta(tf.constant(alpha, dtype), shape, key)


def sample_beta(alpha, shape, key):
    """Samples of Beta(alpha, alpha), for an alpha that is known to be right.

    Args:
        alpha: float scalar tensor > 0.
        shape: as in `draw_coefficients`.
        key: int32 tensor `[2]`.

    Returns:
        Tensor of `shape` and the dtype of `alpha`.
    """
    return tfp.distributions.Beta(alpha, alpha).sample(shape, seed=key)
