"""Mixup as a stage of an input pipeline: `dataset.apply(Mixup(alpha=0.3))`."""

import tensorflow as tf

from tfmixup.mixing.batch import check_mixable
from tfmixup.mixing.mix import mix_pairs
from tfmixup.mixing.mix import nearest
from tfmixup.mixing.pipeline import mixed_weights
from tfmixup.mixing.pipeline import Stage

__all__ = ["FeatureMixup", "Mixup"]


def _mix_tensors(tensors, partners, coefficient):
    return [mix_pairs(tensor, partners, coefficient) for tensor in tensors]


_compiled_mix_tensors = tf.function(
    _mix_tensors, jit_compile=True, reduce_retracing=True
)
# Below this size of an example (1 MB in a batch of 128) the plain ops are as
# fast as the compiled ones and need no compilation for each shape.
_COMPILED_EXAMPLE_BYTES = 8192


class Mixup(Stage):
    """Mixes the examples of each batch, and their labels, in random pairs.

    Each example is combined with a partner, a random example of the same
    batch: `coefficient * own + (1 - coefficient) * partner`, features and
    label alike, with coefficient ~ Beta(alpha, alpha). Every feature tensor
    of a structure shares the pairing and the coefficient of its label.

    Two ways to use it:

    - `dataset.apply(stage)`: reproducible. The draws are a function of
      (seed, epoch, step): other ones in each epoch (each new iteration over
      the dataset), the same ones in a rerun, on any number of threads.
      `stage.stream(dataset, first_step)` does it for an endless dataset that
      is iterated once and can resume at any step.
    - `dataset.map(stage.mix)`: the draws come from a generator with a state.
      With a sequential `map` a rerun of the program repeats them; with a
      parallel one their order is left to chance.

    The pairing is within the batch as the stage sees it: apply the stage to
    the global batch, before a distribution strategy splits it.

    A dataset of (features, labels, weights) stays one: the mixed example has
    the mixed weight, and a label such that weight x loss is the mixture of
    weight x loss, exactly, for every loss that is linear in its label. Put
    class weights there too. The argument `class_weight` of `fit` weights a
    soft label by its largest part alone, which is Keras' rule and not the
    mixture.

    Validation data get one-hot labels, and nothing mixed, by
    `validation.batch(256).apply(Mixup(alpha=0, num_classes=10))`.

    Args:
        alpha: float, the strength of mixing: 0, or from 1e-30 to 1e30. The
            paper found the best calibration in [0.2, 0.4]. 0 is exactly no
            mixing: pixels are cast and labels encoded, nothing else. Or a
            schedule, a function from the number of the epoch (of passes
            begun over the dataset) to such a float, such as `LinearAlpha`,
            `CosineAlpha` or `OffAfter`. `tfmixup.callbacks.AdaptiveAlpha`
            adapts a float above 0 during training.
        num_classes: int; needed if labels are class indices. 1 for the
            labels 0 and 1 (or between) of one sigmoid unit, the probability
            of class 1 of two: they keep their shape `[b]` or `[b, 1]`.
        per_example: if true, a coefficient for each example; else one for the
            whole batch, as in the paper's code.
        seed: int. None takes one from Python's `random`, which
            `keras.utils.set_random_seed` seeds.
        jit_compile: whether XLA fuses gathering, casting and mixing in one
            pass. None decides by the size of an example. The compiled and the
            plain path differ in the last bit; each is reproducible.
        num_groups: int >= 1. Partners are drawn within each of so many equal
            contiguous parts of the batch. The parts can then be made on
            different machines: `stream(..., group=k)` mixes the k-th alone.

    Raises:
        ValueError: alpha out of its range; num_classes that is no integer
            >= 1; num_groups < 1, or a batch that does not divide into them.
        TypeError: what is mixed is no batched dataset of dense tensors with
            one tensor of labels.

    Example:

    >>> features = tf.reshape(tf.range(8.0), [4, 2])
    >>> dataset = tf.data.Dataset.from_tensor_slices((features, [0, 1, 2, 0]))
    >>> mixed = dataset.batch(4).apply(Mixup(alpha=0.4, num_classes=3, seed=7))
    >>> for x, y in mixed:
    ...     print(x.shape, y.shape, round(float(tf.reduce_sum(y)), 5))
    (4, 2) (4, 3) 4.0

    Reference: Thulasidasan et al., 2019, section 2,
        https://arxiv.org/abs/1905.11001
    """

    def __init__(
        self,
        alpha,
        num_classes=None,
        *,
        per_example=False,
        seed=None,
        jit_compile=None,
        num_groups=1,
    ):
        super().__init__(
            alpha,
            num_classes,
            per_example=per_example,
            seed=seed,
            num_groups=num_groups,
        )
        self.jit_compile = jit_compile

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "jit_compile": self.jit_compile}

    def combine(self, features, labels, draw):
        check_mixable(features)
        if self.strength.is_off:
            return tf.nest.map_structure(_to_float, features), labels
        leaves = tf.nest.flatten(features)
        mixed, labels = self._mix(leaves, labels, draw)
        for result, leaf in zip(mixed, leaves, strict=True):
            result.set_shape(leaf.shape)
        return tf.nest.pack_sequence_as(features, mixed), labels

    def combine_weights(self, weights, draw):
        """See `mixed_weights`."""
        return mixed_weights(weights, draw)

    def _mix(self, leaves, labels, draw):
        if draw.label_coefficient is draw.coefficient:
            tensors = [*leaves, labels]
            *mixed, rows = self._mix_tensors(
                tensors, draw.partners, draw.coefficient
            )
        else:
            mixed = self._mix_tensors(leaves, draw.partners, draw.coefficient)
            rows = mix_pairs(labels, draw.partners, draw.label_coefficient)
        rows.set_shape(labels.shape)
        return mixed, rows

    def _mix_tensors(self, tensors, partners, coefficient):
        compiled = self.jit_compile
        if compiled is None:
            compiled = any(_is_large(tensor) for tensor in tensors)
        function = _compiled_mix_tensors if compiled else _mix_tensors
        return function(tensors, partners, coefficient)


class FeatureMixup(Mixup):
    """Mixes the features only; the label is that of the nearer example.

    The augmentation of mixup without its soft labels: whichever of the two
    examples has the larger coefficient gives its label whole. The paper uses
    it to show that calibration comes from the labels. Arguments, use and
    errors are those of `Mixup`.

    Example:

    >>> stage = FeatureMixup(alpha=0.4, num_classes=2, seed=7)
    >>> _, labels = stage.mix(tf.eye(2), tf.constant([0, 1]))
    >>> sorted(set(labels.numpy().ravel().tolist()))
    [0.0, 1.0]

    Reference: Thulasidasan et al., 2019, section 5,
        https://arxiv.org/abs/1905.11001
    """

    def _mix(self, leaves, labels, draw):
        mixed = self._mix_tensors(leaves, draw.partners, draw.coefficient)
        partner_labels = tf.gather(labels, draw.partners)
        return mixed, nearest(labels, partner_labels, draw.coefficient)

    def combine_weights(self, weights, draw):
        """The weight goes with the label: that of the nearer example."""
        of_partner = tf.gather(weights, draw.partners)
        chosen = nearest(weights, of_partner, draw.coefficient)
        return chosen, draw.coefficient


def _is_large(tensor):
    elements = tensor.shape[1:].num_elements()
    if elements is None:
        return False
    # Pixels: the cast that is fused saves as much again.
    size = elements * (8 if tensor.dtype == tf.uint8 else tensor.dtype.size)
    return size >= _COMPILED_EXAMPLE_BYTES


def _to_float(values):
    return tf.cast(values, tf.float32) if values.dtype == tf.uint8 else values
