"""Layers that mix what passes through them, as a plan says."""

import warnings

import keras
import tensorflow as tf

from tfmixup.keras_backend import require_tensorflow
from tfmixup.layers.plan_scope import current_scope
from tfmixup.layers.plan_scope import is_expected_without_plan
from tfmixup.mixing.mix import mix_pairs

__all__ = ["EmbeddingMixup", "HiddenMixup"]


@keras.saving.register_keras_serializable(package="tfmixup")
class HiddenMixup(keras.layers.Layer):
    """Mixes hidden states in training, wherever it is put in a model.

    In the training step of a `tfmixup.layers.MixingModel` that is fed by a
    plan stage (`tfmixup.mixing.ManifoldMixupPlan`, `EmbeddingMixupPlan`), each
    row is combined with its partner's: `coefficient * own + (1 - coefficient) *
    partner`. In steps for which another depth was drawn, in evaluation, in
    prediction and in exported models it hands on what it is given.

    Where the input has a Keras mask, what the mask leaves out counts as
    zeros, always, and a mixed row keeps what either of the two has: a pair
    of unequal length is as long as the longer one.

    Half-precision states are combined in float32 and rounded once.

    Args:
        depth: int >= 0. Each mixing layer of a model has a depth of its own,
            by which the stage names it.
        **kwargs: those of `keras.layers.Layer`.

    Call arguments:
        inputs: float tensor `[b, ...]`, or a structure of such tensors, which
            are mixed alike.

    Raises:
        ValueError: a bad depth.
        TypeError: inputs that are no floats (token ids).

    Example:

    >>> from tfmixup.layers import MixingModel
    >>> inputs = keras.Input([8])
    >>> x = keras.layers.Dense(16, activation="relu")(HiddenMixup(0)(inputs))
    >>> outputs = keras.layers.Dense(3)(HiddenMixup(1)(x))
    >>> model = MixingModel(inputs, outputs)

    Reference: Verma et al., 2019, section 2,
        https://arxiv.org/abs/1806.05236
    """

    def __init__(self, depth, **kwargs):
        require_tensorflow(type(self).__name__)
        super().__init__(**kwargs)
        if (
            isinstance(depth, bool)
            or not hasattr(depth, "__index__")
            or int(depth) < 0
        ):
            raise ValueError(
                "`depth` must be an integer, at least 0. "
                f"Received: depth={depth!r}."
            )
        self.depth = int(depth)
        self.supports_masking = True

    def call(self, inputs, mask=None, training=False):
        """Mixes if a plan is being carried out; see the class."""
        leaves = tf.nest.flatten(inputs)
        masks = [None] * len(leaves) if mask is None else tf.nest.flatten(mask)
        for leaf in leaves:
            if not leaf.dtype.is_floating:
                raise TypeError(
                    f"{self.name} mixes floats. Received: dtype="
                    f"{leaf.dtype.name}, shape={leaf.shape}. Token ids: put "
                    "the layer behind the embedding."
                )
        leaves = [
            leaf if mask is None else _without_masked(leaf, mask)
            for leaf, mask in zip(leaves, masks, strict=True)
        ]
        scope = current_scope() if training else None
        if training and scope is None and not is_expected_without_plan():
            self._warn_unmixed()
        coefficient = scope.take(self.depth) if scope else None
        if coefficient is not None:
            leaves = [self._mixed(x, scope, coefficient) for x in leaves]
        return tf.nest.pack_sequence_as(inputs, leaves)

    def compute_mask(self, inputs, mask=None):
        """What either of a pair has, as an operation of its own.

        A functional model asks for masks once, when it is built, and wires
        them past the layers: the plan must be followed in there.
        """
        if mask is None:
            return None
        leaves = [
            None if leaf is None else PairMask(self.depth)(leaf)
            for leaf in tf.nest.flatten(mask)
        ]
        return tf.nest.pack_sequence_as(mask, leaves)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "depth": self.depth}

    def _warn_unmixed(self):
        if getattr(self, "_has_warned", False):
            return
        self._has_warned = True
        warnings.warn(
            f"{self.name} mixes nothing: no plan reaches it in this training "
            "step. Build the model as `tfmixup.layers.MixingModel(inputs, "
            "outputs)` and apply a plan stage to the training data.",
            stacklevel=3,
        )

    def _mixed(self, values, scope, coefficient):
        if not values.shape[:1].is_compatible_with([scope.size]):
            raise ValueError(
                f"{self.name} must be given a row for each example of the "
                f"batch. Received: shape={values.shape} for a plan of "
                f"{scope.size} examples. Put it before what folds another "
                "axis into the batch."
            )
        return tf.cond(
            tf.reduce_all(coefficient == 1),
            lambda: values,
            lambda: mix_pairs(values, scope.partners, coefficient),
        )


@keras.saving.register_keras_serializable(package="tfmixup")
class EmbeddingMixup(HiddenMixup):
    """Mixes the vectors of tokens in training: behind an embedding.

    `HiddenMixup` at depth 0, for the stage `tfmixup.mixing.EmbeddingMixupPlan`.
    Sentences of a batch are padded to one length; the vectors of the padding
    must be zeros, or left out by a mask (`mask_zero=True` of
    `keras.layers.Embedding`).

    Args:
        **kwargs: those of `keras.layers.Layer`.

    Call arguments:
        inputs: float tensor `[b, tokens, dimensions]`.

    Example:

    >>> from tfmixup.layers import MixingModel
    >>> inputs = keras.Input([None], dtype="int32")
    >>> x = keras.layers.Embedding(100, 8, mask_zero=True)(inputs)
    >>> x = keras.layers.GlobalAveragePooling1D()(EmbeddingMixup()(x))
    >>> model = MixingModel(inputs, keras.layers.Dense(2)(x))

    Reference: Thulasidasan et al., 2019, section 4,
        https://arxiv.org/abs/1905.11001
    """

    def __init__(self, **kwargs):
        super().__init__(depth=0, **kwargs)

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        del config["depth"]
        return config


@keras.saving.register_keras_serializable(package="tfmixup")
class PairMask(keras.layers.Layer):
    """The mask behind the mixing layer of a depth, from the one before it.

    A row that is mixed has what either of the two has; another keeps its own.
    `HiddenMixup` puts it into a model where there is a mask.

    Args:
        depth: int >= 0, that of the mixing layer.
        **kwargs: those of `keras.layers.Layer`.

    Call arguments:
        inputs: bool tensor `[b, ...]`.
    """

    def __init__(self, depth, **kwargs):
        super().__init__(**kwargs)
        self.depth = depth

    def call(self, inputs, training=False):
        """Joins the masks of pairs if a plan is being carried out."""
        scope = current_scope() if training else None
        if scope is None or not scope.mixes_at(self.depth):
            return inputs
        mixed = scope.is_mixed(self.depth)
        missing = [1] * (inputs.shape.rank - 1)
        mixed = tf.reshape(mixed, tf.concat([tf.shape(mixed), missing], 0))
        return inputs | (mixed & tf.gather(inputs, scope.partners))

    def compute_output_spec(self, inputs, training=False):
        """A mask like the one that is given."""
        return keras.KerasTensor(inputs.shape, dtype="bool")

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "depth": self.depth}


def _without_masked(values, mask):
    missing = [1] * (values.shape.rank - mask.shape.rank)
    mask = tf.reshape(mask, tf.concat([tf.shape(mask), missing], 0))
    return tf.where(mask, values, tf.zeros([], values.dtype))
