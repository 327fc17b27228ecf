"""Proper scores of single examples, computed in float64."""

import tensorflow as tf

from tfmixup.metrics import inputs as inputs_lib

__all__ = ["log_losses", "squared_distances"]


def log_losses(inputs, from_logits):
    """-log of the probability of the label, for each example.

    For soft labels: the cross entropy. With logits it is computed from their
    logarithm of sums, so that probabilities too small for a float are not
    rounded to 0 on the way.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.

    Returns:
        losses: float64 `[n]`, in nats; 0 where the weight is 0, NaN where the
            example is wrong.
        fault: int32 `[n]`, for `inputs.refuse`.
    """
    targets, label_fault = _targets(inputs)
    if from_logits:
        shifted, total = _exponents(inputs)
        logarithms = shifted - tf.math.log(total)[:, None]
        fault = inputs_lib.fault_of_logits(total)
    else:
        # Rounding may have left a probability just below 0.
        logarithms = tf.math.log(tf.nn.relu(_in_float64(inputs)))
        fault = inputs_lib.fault_of_probabilities(inputs)
    fault = inputs_lib.combine_faults(inputs, fault, label_fault)
    # A class that cannot happen adds nothing, though its log be -inf.
    terms = tf.math.multiply_no_nan(logarithms, targets)
    return _settle(-tf.reduce_sum(terms, axis=1), inputs, fault), fault


def squared_distances(inputs, from_logits):
    """Squared distance of prediction and label, for each example.

    Args:
        inputs: `Inputs`.
        from_logits: whether the predictions are logits.

    Returns:
        distances: float64 `[n]`, in [0, 2]; 0 where the weight is 0, NaN
            where the example is wrong.
        fault: int32 `[n]`, for `inputs.refuse`.
    """
    targets, label_fault = _targets(inputs)
    if from_logits:
        shifted, total = _exponents(inputs)
        probabilities = tf.exp(shifted) / total[:, None]
        fault = inputs_lib.fault_of_logits(total)
    else:
        probabilities = _in_float64(inputs)
        fault = inputs_lib.fault_of_probabilities(inputs)
    fault = inputs_lib.combine_faults(inputs, fault, label_fault)
    distances = tf.math.squared_difference(probabilities, targets)
    return _settle(tf.reduce_sum(distances, axis=1), inputs, fault), fault


def _in_float64(inputs):
    return tf.cast(inputs.predictions, tf.float64)


def _exponents(inputs):
    logits = _in_float64(inputs)
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    return shifted, tf.reduce_sum(tf.exp(shifted), axis=1)


def _targets(inputs):
    classes, fault = inputs_lib.class_of(inputs)
    if inputs.labels.shape.rank == 2:
        return tf.cast(inputs.labels, tf.float64), fault
    size = tf.shape(inputs.predictions)[1]
    return tf.one_hot(classes, size, dtype=tf.float64), fault


def _settle(values, inputs, fault):
    nan = tf.constant(float("nan"), tf.float64)
    values = tf.where(inputs.weight == 0, tf.zeros([], tf.float64), values)
    return tf.where(fault > 0, nan, values)
