"""Mixup as a stage of an input pipeline: `dataset.apply(Mixup(alpha=0.3))`."""

import random

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.keys import seed_key
from tfmixup.mixing.batch import check_features
from tfmixup.mixing.batch import soft_labels
from tfmixup.mixing.coefficient import check_alpha
from tfmixup.mixing.coefficient import draw_coefficients
from tfmixup.mixing.draws import BatchDraws
from tfmixup.mixing.draws import ExampleDraws
from tfmixup.mixing.mix import mix_pairs
from tfmixup.mixing.mix import nearest

__all__ = ["FeatureMixup", "Mixup"]


def _mix_tensors(tensors, partners, coefficient):
    return [mix_pairs(tensor, partners, coefficient) for tensor in tensors]


_compiled_mix_tensors = tf.function(
    _mix_tensors, jit_compile=True, reduce_retracing=True
)
# Below this size of an example (1 MB in a batch of 128) the plain ops are as
# fast as the compiled ones and need no compilation for each shape.
_COMPILED_EXAMPLE_BYTES = 8192


class Mixup:
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

    Args:
        alpha: float >= 0, the strength of mixing. The paper found the best
            calibration in [0.2, 0.4]. 0 is exactly no mixing: pixels are cast
            and labels encoded, nothing else.
        num_classes: int; needed if labels are class indices.
        per_example: if true, a coefficient for each example; else one for the
            whole batch, as in the paper's code.
        seed: int. None takes one from Python's `random`, which
            `keras.utils.set_random_seed` seeds.
        jit_compile: whether XLA fuses gathering, casting and mixing in one
            pass. None decides by the size of an example. The compiled and the
            plain path differ in the last bit; each is reproducible.

    Raises:
        ValueError: alpha negative or not finite; num_classes < 2.

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
    ):
        self.alpha = check_alpha(alpha)
        if num_classes is not None and int(num_classes) < 2:
            raise ValueError(
                "`num_classes` must be at least 2. "
                f"Received: num_classes={num_classes}."
            )
        self.num_classes = None if num_classes is None else int(num_classes)
        self.per_example = bool(per_example)
        # The rule of Keras' own random layers: reproducible after
        # keras.utils.set_random_seed, which seeds this generator.
        self.seed = random.randint(1, 10**9) if seed is None else seed
        self.jit_compile = jit_compile
        self._key = seed_key(self.seed)
        self._draws = (ExampleDraws if per_example else BatchDraws)(self.alpha)
        self._generator = None

    def __call__(self, dataset):
        """Mixes a dataset that is iterated once an epoch.

        Args:
            dataset: `tf.data.Dataset` of batches (features, labels): uint8
                or float features, labels as class indices or probabilities.

        Returns:
            `tf.data.Dataset` of (float features, soft labels).

        Raises:
            ValueError, TypeError: elements of another form.
        """
        # One draw for each iteration is the name of the epoch. The generator
        # is this dataset's own, and global seeds do not reach it.
        with tf.init_scope():
            generator = tf.random.Generator.from_seed(self.seed)
        epochs = tf.data.Dataset.from_tensors(0).map(
            lambda _: generator.make_seeds(1)[:, 0]
        )
        return self._mixed(dataset, epochs, first_step=0)

    def stream(self, dataset, first_step=0):
        """Mixes an endless dataset that is iterated once.

        Args:
            dataset: as in `__call__`; its first batch is that of the global
                step `first_step`.
            first_step: int >= 0. A run that resumes at step n gets the draws
                that an unbroken run had from step n on.

        Returns:
            `tf.data.Dataset` of (float features, soft labels).
        """
        epochs = tf.data.Dataset.from_tensors(tf.zeros([2], tf.int64))
        return self._mixed(dataset, epochs, first_step)

    @tf.autograph.experimental.do_not_convert
    def mix(self, features, labels):
        """Mixes one batch; for `dataset.map(stage.mix)` and for eager use.

        Args:
            features: structure of tensors `[b, ...]`, uint8 or float.
            labels: int `[b]`, or float `[b, num_classes]`.

        Returns:
            (features, labels): float tensors of the same shapes, labels as
            rows `[b, num_classes]`.
        """
        if self._generator is None:
            # Made outside of any graph or strategy that is being built.
            with tf.init_scope():
                self._generator = tf.random.Generator.from_seed(self.seed)
        key = tf.cast(self._generator.make_seeds(1)[:, 0], tf.int32)
        features, labels = tf.nest.map_structure(
            tf.convert_to_tensor, (features, labels)
        )
        size = check_features(features, labels)
        shape = [size if self.per_example else 1]
        drawn = draw_coefficients(self.alpha, shape, fold_in(key, 0))
        return self._combine(features, labels, drawn, fold_in(key, 1))

    def get_config(self):
        """The constructor's arguments."""
        return {
            "alpha": self.alpha,
            "num_classes": self.num_classes,
            "per_example": self.per_example,
            "seed": self.seed,
            "jit_compile": self.jit_compile,
        }

    @classmethod
    def from_config(cls, config):
        """A stage from `get_config`'s dict."""
        return cls(**config)

    def _mixed(self, dataset, epochs, first_step):
        _check_elements(dataset.element_spec)
        batch_size = tf.nest.flatten(dataset.element_spec)[-1].shape[:1]
        batch_size = batch_size[0] if batch_size.rank else None

        def draws_of(epoch):
            root = fold_in(self._key, epoch[0], epoch[1])
            return self._draws.sequence(root, first_step, batch_size)

        def mix(batch, draws):
            features, labels = batch
            root, step, drawn, partner_key = draws
            size = check_features(features, labels)
            coefficient = self._draws.of_batch(
                drawn, root, step, labels.shape[0] or size
            )
            return self._combine(features, labels, coefficient, partner_key)

        mixed = tf.data.Dataset.zip(dataset, epochs.flat_map(draws_of)).map(
            tf.autograph.experimental.do_not_convert(mix),
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        # Zipping with a flat_map forgets how many batches there are, which
        # `fit` needs for its progress bar.
        return mixed.apply(
            tf.data.experimental.assert_cardinality(dataset.cardinality())
        )

    def _combine(self, features, labels, coefficient, partner_key):
        """Mixes a checked batch with its draws: coefficient `[1]` or `[b]`."""
        labels = soft_labels(labels, self.num_classes)
        if self.alpha == 0:
            return tf.nest.map_structure(_to_float, features), labels
        partners = tf.random.experimental.stateless_shuffle(
            tf.range(tf.shape(labels)[0]), seed=partner_key
        )
        leaves = tf.nest.flatten(features)
        mixed, labels = self._mix(leaves, labels, partners, coefficient)
        for result, leaf in zip(mixed, leaves, strict=True):
            result.set_shape(leaf.shape)
        return tf.nest.pack_sequence_as(features, mixed), labels

    def _mix(self, leaves, labels, partners, coefficient):
        mixed = self._mix_tensors([*leaves, labels], partners, coefficient)
        mixed[-1].set_shape(labels.shape)
        return mixed[:-1], mixed[-1]

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

    def _mix(self, leaves, labels, partners, coefficient):
        mixed = self._mix_tensors(leaves, partners, coefficient)
        partner_labels = tf.gather(labels, partners)
        return mixed, nearest(labels, partner_labels, coefficient)


def _is_large(tensor):
    elements = tensor.shape[1:].num_elements()
    if elements is None:
        return False
    # Pixels: the cast that is fused saves as much again.
    size = elements * (8 if tensor.dtype == tf.uint8 else tensor.dtype.size)
    return size >= _COMPILED_EXAMPLE_BYTES


def _to_float(values):
    return tf.cast(values, tf.float32) if values.dtype == tf.uint8 else values


def _check_elements(spec):
    if not isinstance(spec, tuple) or len(spec) != 2:
        raise ValueError(
            "The dataset must give pairs (features, labels). "
            f"Received elements: {spec}. Sample weights cannot be mixed: use "
            "labels and losses that need none, or drop them in a `map`."
        )
    for leaf in tf.nest.flatten(spec):
        if not isinstance(leaf, tf.TensorSpec):
            raise TypeError(
                "Features and labels must be dense tensors. "
                f"Received: {leaf}. Pad ragged batches with `to_tensor()`."
            )
