"""The functions behind the signatures of an exported model."""

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.uncertainty.monte_carlo import active_dropout

__all__ = ["mc_dropout", "serve"]


def serve(model, spec, temperature, from_logits):
    """Logits, calibrated probabilities, confidence and entropy.

    Args:
        model: `keras.Model` that gives `[b, k]`, or `[b, 1]` of class 1 of
            two.
        spec: `tf.TensorSpec` of the input.
        temperature: float > 0.
        from_logits: whether the model gives logits.

    Returns:
        Function from the input to a dict of tensors.
    """

    def outputs(inputs):
        logits = _logits(model, _checked(inputs, spec), from_logits)
        # The lead first: a logit alone may be too large to be divided.
        lead = logits - tf.reduce_max(logits, axis=1, keepdims=True)
        log_scores = tf.nn.log_softmax(lead / temperature)
        scores = tf.exp(log_scores)
        return {
            "logits": logits,
            "probabilities": scores,
            "confidence": tf.reduce_max(scores, axis=1),
            "entropy": _entropy(log_scores),
        }

    return outputs


def mc_dropout(model, spec, rate, from_logits):
    """Averages over passes with dropout on.

    Args:
        model: `keras.Model` that gives `[b, k]`.
        spec: `tf.TensorSpec` of the input.
        rate: float in (0, 1), or None for each layer's own.
        from_logits: whether the model gives logits.

    Returns:
        Function from the input, the number of passes and a seed to a dict of
        tensors.
    """

    def outputs(inputs, passes, seed):
        enough = tf.debugging.Assert(
            passes >= 1, ["`passes` must be 1 or more. Received:", passes]
        )
        with tf.control_dependencies([enough]):
            inputs = _checked(inputs, spec)
        root = tf.stack([0, seed])

        def one_pass(number, total, entropy):
            with active_dropout(model, fold_in(root, number), rate):
                logits = _logits(model, inputs, from_logits)
            log_scores = tf.nn.log_softmax(logits)
            return (
                number + 1,
                total + tf.exp(log_scores),
                entropy + _entropy(log_scores),
            )

        num_classes = max(2, model.output_shape[1])
        shape = [tf.shape(inputs)[0], num_classes]
        _, total, entropy = tf.while_loop(
            lambda number, *_: number < passes,
            one_pass,
            [0, tf.zeros(shape), tf.zeros(shape[:1])],
            shape_invariants=[
                tf.TensorShape([]),
                tf.TensorShape([None, num_classes]),
                tf.TensorShape([None]),
            ],
            # One pass in memory at a time.
            parallel_iterations=1,
        )
        count = tf.cast(passes, tf.float32)
        mean = total / count
        whole = _entropy(tf.math.log(tf.maximum(mean, 1e-38)))
        return {
            "probabilities": mean,
            "confidence": tf.reduce_max(mean, axis=1),
            "entropy": whole,
            # >= 0 but for rounding, since the entropy is concave.
            "mutual_information": tf.maximum(whole - entropy / count, 0.0),
        }

    return outputs


def _logits(model, inputs, from_logits):
    # Without the explicit False, Keras' augmentation layers are on.
    outputs = tf.cast(model(inputs, training=False), tf.float32)
    if outputs.shape[1] == 1:
        # One unit is class 1; the columns are [class 0, class 1].
        other = tf.zeros_like(outputs) if from_logits else 1 - outputs
        outputs = tf.concat([other, outputs], axis=1)
    if from_logits:
        return outputs
    # The smallest normal float32: the logarithm stays finite.
    return tf.math.log(tf.maximum(outputs, 1.17549435e-38))


def _entropy(log_scores):
    # A class that is masked has the logarithm -infinity, and adds nothing.
    scores = tf.exp(log_scores)
    return -tf.reduce_sum(tf.math.multiply_no_nan(log_scores, scores), axis=1)


def _checked(inputs, spec):
    """The input, or InvalidArgumentError in words."""
    # A signature checks the dtype itself, but no sizes, nor how many there
    # are. TensorFlow takes that number from the signature and folds a plain
    # `tf.rank(inputs)` into a constant; how many places `tf.where` finds, it
    # cannot know before it has counted.
    shape = tf.shape(inputs)
    number = tf.shape(tf.where(shape >= 0))[0]
    sizes = tf.constant([-1 if n is None else n for n in spec.shape])
    have_shape = f"`{spec.name}` must have shape {spec.shape}"
    ranked = _require(tf.equal(number, len(spec.shape)), have_shape, shape)
    with tf.control_dependencies([ranked]):
        fits = tf.reduce_all((sizes < 0) | (shape == sizes))
    filled = tf.reduce_all(shape[:1] > 0)
    checks = [
        ranked,
        _require(fits, have_shape, shape),
        _require(filled, f"`{spec.name}` must hold 1 example or more", shape),
    ]
    with tf.control_dependencies(checks):
        flat = tf.reshape(inputs, [-1])
    if spec.dtype.is_floating:
        right = tf.reduce_all(tf.math.is_finite(flat))
        checks.append(
            _require(right, f"`{spec.name}` must be finite, not NaN", shape)
        )
    elif not spec.dtype.is_unsigned:
        right = tf.reduce_all(flat >= 0)
        checks.append(
            _require(right, f"`{spec.name}` must be ids of 0 or more", shape)
        )
    with tf.control_dependencies(checks):
        return tf.identity(inputs)


def _require(right, message, shape):
    return tf.debugging.Assert(
        right, [f"{message}. Received shape:", shape], summarize=8
    )
