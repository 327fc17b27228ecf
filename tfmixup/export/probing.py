"""What a model gives, logits or probabilities: asked, not believed.

The name of the last layer says little: a softmax may be wrapped in another
model, cast, written by hand. So the model is called on batches made for that,
and the operations that lead to its output are looked at.
"""

import numpy as np
import tensorflow as tf

from tfmixup.metrics.kinds import kind_of
from tfmixup.metrics.kinds import shown_row

__all__ = ["check_outputs"]

_ROWS = 32
# Operations that hand on what they are given.
_PASSING = {
    "Cast",
    "EnsureShape",
    "ExpandDims",
    "Identity",
    "Reshape",
    "Squeeze",
}


def check_outputs(model, spec, from_logits):
    """Refuses a model that gives something else than it is said to.

    Args:
        model: `keras.Model` with one input, and one output `[b, k]`.
        spec: `tf.TensorSpec` of the input, the batch unknown.
        from_logits: whether the model is said to give logits.

    Raises:
        ValueError: if its outputs, or the operation that they come from, are
            of another kind.
    """
    _refuse_nan_weights(model)
    kind = _kind_by_graph(model, spec)
    rows = _outputs(model, spec)
    if kind is None and len(rows):
        kind = kind_of(rows)
    one_unit = model.output_shape[1] == 1
    if kind == "sigmoids" and one_unit:
        # Of one unit that stays in [0, 1] nothing more can be said; as logits
        # it would be strange, and not impossible.
        kind = None
    name = f"The model {model.name!r}"
    shown = ""
    if len(rows):
        # Of a kind that was told by sums, the row that is furthest from 1.
        sums = rows.astype(np.float64).sum(axis=1)
        worst = rows[np.argmax(np.abs(sums - 1))]
        shown = f" Received, for example: {shown_row(worst)}."
    if kind == "percentages":
        raise ValueError(f"{name} gives percentages: divide by 100.{shown}")
    if kind == "sigmoids":
        raise ValueError(
            f"{name} gives a sigmoid for each class: they do not sum to 1, "
            f"and no class can win.{shown} Train it with a softmax, or export "
            "one unit of it for each question."
        )
    if kind == "probabilities" and from_logits:
        raise ValueError(
            f"{name} gives probabilities, no logits.{shown} Pass "
            "from_logits=False, or build the model without its last softmax "
            "or sigmoid (keras.applications: classifier_activation=None)."
        )
    if kind == "logits" and not from_logits and rows.any():
        raise ValueError(
            f"{name} gives logits, no probabilities.{shown} Pass "
            "from_logits=True."
        )


def _refuse_nan_weights(model):
    """A training that diverged leaves weights that answer NaN to all."""
    for weight in model.weights:
        value = tf.convert_to_tensor(weight.value)
        if value.dtype.is_floating and bool(
            tf.reduce_any(tf.math.is_nan(value))
        ):
            raise ValueError(
                "The weights of an exported model must be numbers. Received: "
                f"NaN in {weight.path} of the model {model.name!r}. Did its "
                "training diverge? Export an earlier epoch."
            )


def _outputs(model, spec):
    """Finite rows of outputs for inputs of the usual kinds."""
    rng = np.random.default_rng(0)
    shape = [_ROWS, *[n or 8 for n in spec.shape[1:]]]
    if spec.dtype == tf.uint8:
        batches = [rng.integers(0, 256, shape)]
    elif spec.dtype.is_integer:
        # Token ids: two words are in every vocabulary.
        batches = [rng.integers(0, 2, shape)]
    else:
        batches = [
            rng.normal(size=shape),
            rng.random(shape),
            255 * rng.random(shape),
        ]
    found = []
    for batch in batches:
        rows = model(tf.cast(batch, spec.dtype), training=False)
        found.append(tf.convert_to_tensor(rows).numpy())
    rows = np.concatenate(found)
    return rows[np.isfinite(rows.astype(np.float64)).all(axis=1)]


def _kind_by_graph(model, spec):
    """ "probabilities" or "sigmoids" where the last operation says so."""
    graph = tf.function(
        lambda inputs: tf.identity(model(inputs, training=False)),
        input_signature=[spec],
    ).get_concrete_function()
    operation = graph.outputs[0].op
    while operation.type in _PASSING:
        operation = operation.inputs[0].op
    if operation.type == "Softmax":
        return "probabilities"
    if operation.type == "Sigmoid":
        one_unit = model.output_shape[1] == 1
        return "probabilities" if one_unit else "sigmoids"
    return None
