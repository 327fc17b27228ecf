"""Losses: cross entropy with the confidence penalty (ERL).

Every loss here is linear in its target, up to a term that does not see it.
That is why mixup needs no loss of its own: the cross entropy of a mixed label
equals the mixed cross entropies of the two labels, and a stage that mixes the
labels says all that a pair of labels and a coefficient would.

Label smoothing alone is `keras.losses.CategoricalCrossentropy`.
"""

import math
import numbers

import keras
import tensorflow as tf

from tfmixup.keras_backend import require_tensorflow

__all__ = ["EntropyRegularizedCrossentropy"]


def __dir__():
    return __all__


@keras.saving.register_keras_serializable(package="tfmixup")
class EntropyRegularizedCrossentropy(keras.losses.Loss):
    """Cross entropy that is lowered by `kappa` times the entropy predicted.

    `crossentropy(y_true, p) - kappa * entropy(p)`, in nats, `p` being the
    predicted distribution: a confident prediction is penalised for being
    confident, right or wrong. The paper compares mixup with it under the name
    of entropy-regularized loss (ERL, Section 3.3). The loss is not bounded by
    0 but by `-kappa * log(num_classes)`.

    Args:
        kappa: float >= 0, the strength of the penalty (beta in the
            reference, whose best on images is 0.1). 0 is plain cross entropy.
        from_logits: whether predictions are logits. Logits are better
            conditioned; probabilities are clipped to [1e-7, 1 - 1e-7], as
            in Keras.
        label_smoothing: float in [0, 1), the mass taken from the target and
            spread evenly over all classes, as in Keras; over those that are
            possible where logits of -inf (or the lowest float) mask others.
        reduction: see `keras.losses.Loss`.
        name: name of the loss.
        dtype: see `keras.losses.Loss`.

    Call arguments:
        y_true: one-hot or soft labels `[..., k]`.
        y_pred: logits or probabilities `[..., k]`.

    Raises:
        ValueError: if an argument is out of its range, or if `y_true` and
            `y_pred` do not have one shape (integer labels, for example).

    Example:

    >>> loss = EntropyRegularizedCrossentropy(kappa=0.1, from_logits=True)
    >>> # Two classes, undecided: log(2) - 0.1 * log(2).
    >>> round(float(loss([[1.0, 0.0]], [[0.0, 0.0]])), 4)
    0.6238

    Reference: Pereyra et al., 2017, Section 3.1,
    https://arxiv.org/abs/1701.06548
    """

    def __init__(
        self,
        kappa=0.1,
        from_logits=False,
        label_smoothing=0.0,
        reduction="sum_over_batch_size",
        name="entropy_regularized_crossentropy",
        dtype=None,
    ):
        require_tensorflow(type(self).__name__)
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.kappa = _checked_kappa(kappa)
        self.from_logits = bool(from_logits)
        self.label_smoothing = _checked_smoothing(label_smoothing)

    def call(self, y_true, y_pred):
        return entropy_regularized_crossentropy(
            y_true, y_pred, self.kappa, self.from_logits, self.label_smoothing
        )

    def get_config(self):
        return {
            **super().get_config(),
            "kappa": self.kappa,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
        }


def entropy_regularized_crossentropy(
    y_true, y_pred, kappa=0.1, from_logits=False, label_smoothing=0.0
):
    """`EntropyRegularizedCrossentropy` of each example, not reduced.

    Args:
        y_true: one-hot or soft labels `[..., k]`, of any numeric dtype.
        y_pred: float logits or probabilities `[..., k]`.
        kappa: float >= 0, weight of the entropy.
        from_logits: whether `y_pred` are logits.
        label_smoothing: float in [0, 1).

    Returns:
        Losses `[...]` in nats; float64 if `y_pred` is, else float32 (half
        precision is raised to float32 before anything is computed).

    Raises:
        ValueError: as `EntropyRegularizedCrossentropy`.

    Example:

    >>> loss = entropy_regularized_crossentropy([[1, 0]], [[0.5, 0.5]], 0.0)
    >>> round(float(loss[0]), 4)
    0.6931
    """
    kappa = _checked_kappa(kappa)
    label_smoothing = _checked_smoothing(label_smoothing)
    y_pred = tf.convert_to_tensor(y_pred)
    if y_pred.dtype != tf.float64:
        y_pred = tf.cast(y_pred, tf.float32)
    y_true = tf.cast(y_true, y_pred.dtype)
    if not y_true.shape.is_compatible_with(y_pred.shape):
        raise ValueError(
            "`y_true` must be one-hot or soft labels of the shape of `y_pred`. "
            f"Received: y_true.shape={y_true.shape}, y_pred.shape="
            f"{y_pred.shape}. Integer labels become one-hot by "
            "`tf.one_hot(labels, num_classes)`, or in a `Mixup` stage."
        )
    if label_smoothing:
        possible = tf.cast(~_is_masked(y_pred, from_logits), y_pred.dtype)
        spread = possible / tf.reduce_sum(possible, axis=-1, keepdims=True)
        y_true = y_true * (1 - label_smoothing) + label_smoothing * spread
    if from_logits:
        log_p = tf.nn.log_softmax(y_pred)
        p = tf.exp(log_p)
    else:
        epsilon = keras.config.epsilon()
        p = y_pred / tf.reduce_sum(y_pred, axis=-1, keepdims=True)
        p = tf.clip_by_value(p, epsilon, 1 - epsilon)
        log_p = tf.math.log(p)
    # What cannot happen costs nothing and has no entropy, though its log is
    # -infinity; a label that cannot happen costs infinitely.
    losses = tf.math.multiply_no_nan(log_p, y_true)
    finite = tf.where(p > 0, log_p, tf.zeros_like(log_p))
    return -tf.reduce_sum(losses - kappa * p * finite, axis=-1)


def _is_masked(y_pred, from_logits):
    """Which classes a logit of -infinity, or nearly, has ruled out."""
    if not from_logits:
        return tf.zeros_like(y_pred, tf.bool)
    highest = tf.reduce_max(y_pred, axis=-1, keepdims=True)
    return y_pred < highest + y_pred.dtype.min / 4


def _checked_kappa(kappa):
    if (
        isinstance(kappa, bool)
        or not isinstance(kappa, numbers.Real)
        or not 0 <= kappa < math.inf
    ):
        raise ValueError(
            "`kappa` must be a finite number >= 0. "
            f"Received: kappa={kappa!r}. To train without the penalty, pass "
            "kappa=0."
        )
    return float(kappa)


def _checked_smoothing(label_smoothing):
    if (
        isinstance(label_smoothing, bool)
        or not isinstance(label_smoothing, numbers.Real)
        or not 0 <= label_smoothing < 1
    ):
        raise ValueError(
            "`label_smoothing` must be a number in [0, 1). "
            f"Received: label_smoothing={label_smoothing!r}."
        )
    return float(label_smoothing)
