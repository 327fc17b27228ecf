"""Mixing coefficients: lambda ~ Beta(alpha, alpha), stateless."""

import math

import tensorflow as tf
import tensorflow_probability as tfp

__all__ = ["check_alpha", "draw_coefficients", "sample_beta"]


def check_alpha(alpha):
    """`alpha` as a float, or an error that says what alpha may be."""
    try:
        value = float(alpha)
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(
            "`alpha` must be a finite number, at least 0. "
            f"Received: alpha={alpha!r}. Use alpha=0 to train without mixing."
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
        alpha: Python float >= 0.
        shape: shape of the result, a list of ints or an int32 tensor.
        key: int32 tensor `[2]`, see `tfmixup.keys`. The same key gives the
            same draws, always inside of a dataset and always outside of one;
            the two differ, because TensorFlow picks another implementation
            of the gamma sampler there.
        dtype: `tf.float32` or `tf.float64`.

    Returns:
        Tensor of `shape` and `dtype` with values in [0, 1].

    Raises:
        ValueError: if `alpha` is negative, NaN, infinite or no number.

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
