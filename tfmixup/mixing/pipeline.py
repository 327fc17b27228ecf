"""What every mixing stage of an input pipeline does alike.

A stage draws for each step and hands the batch, with its draw, to its own way
of mixing. The draws are made here, so that they are the same for all stages.
"""

import random
from typing import NamedTuple

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.keys import seed_key
from tfmixup.mixing.batch import check_batch
from tfmixup.mixing.batch import soft_labels
from tfmixup.mixing.coefficient import check_alpha
from tfmixup.mixing.coefficient import draw_coefficients
from tfmixup.mixing.draws import BatchDraws
from tfmixup.mixing.draws import ExampleDraws
from tfmixup.mixing.pairing import check_group
from tfmixup.mixing.pairing import check_num_groups
from tfmixup.mixing.pairing import draw_partners
from tfmixup.mixing.pairing import part_size

__all__ = ["Draw", "Stage"]


class Draw(NamedTuple):
    """What is drawn for one batch.

    Attributes:
        coefficient: float32 tensor `[1]` or `[b]`.
        partners: int32 tensor `[b]`, indices into the batch.
        key: int32 tensor `[2]`, for what a stage draws beyond that.
    """

    coefficient: tf.Tensor
    partners: tf.Tensor
    key: tf.Tensor


class Stage:
    """A way of mixing of your own: the base of all stages.

    A subclass says in `combine` what becomes of a batch; what is drawn, how
    labels are encoded, what is refused, `apply`, `stream` and `mix` are those
    of `Mixup`, which documents arguments and use. What a stage draws beyond
    the pairing it draws statelessly with `draw.key`; then it can be repeated
    and resumed as well.

    Args:
        alpha: float >= 0.
        num_classes: int; needed if labels are class indices.
        per_example: bool.
        seed: int, or None.
        num_groups: int >= 1.

    Raises:
        ValueError: as for `Mixup`.

    Example:

    >>> class Brighter(Stage):
    ...     def combine(self, features, labels, draw):
    ...         partners = tf.gather(features, draw.partners)
    ...         return tf.maximum(features, partners), labels
    >>> stage = Brighter(alpha=1.0, num_classes=2, seed=7)
    >>> images, labels = stage.mix(tf.zeros([4, 2, 2, 1]), tf.range(4) % 2)
    >>> images.shape, labels.shape
    (TensorShape([4, 2, 2, 1]), TensorShape([4, 2]))
    """

    def __init__(
        self,
        alpha,
        num_classes=None,
        *,
        per_example=False,
        seed=None,
        num_groups=1,
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
        self.num_groups = check_num_groups(num_groups)
        self._key = seed_key(self.seed)
        self._draws = (ExampleDraws if per_example else BatchDraws)(self.alpha)
        self._generator = None

    def __call__(self, dataset):
        """Mixes a dataset that is iterated once an epoch.

        Args:
            dataset: `tf.data.Dataset` of batches (features, labels); labels
                are class indices or probabilities.

        Returns:
            `tf.data.Dataset` of what `mix` returns.

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
        return self._mixed(dataset, epochs, first_step=0, group=None)

    def stream(self, dataset, first_step=0, group=None):
        """Mixes an endless dataset that is iterated once.

        Args:
            dataset: as in `__call__`; its first batch is that of the global
                step `first_step`.
            first_step: int >= 0. A run that resumes at step n gets the draws
                that an unbroken run had from step n on.
            group: None, or an int in [0, num_groups): the dataset carries
                only that one of the `num_groups` parts of each batch, and the
                result is that part of the result for whole batches.

        Returns:
            `tf.data.Dataset` of what `mix` returns.

        Raises:
            ValueError, TypeError: elements of another form; no such group.
        """
        check_group(group, self.num_groups)
        epochs = tf.data.Dataset.from_tensors(tf.zeros([2], tf.int64))
        return self._mixed(dataset, epochs, first_step, group)

    @tf.autograph.experimental.do_not_convert
    def mix(self, features, labels):
        """Mixes one batch; for `dataset.map(stage.mix)` and for eager use.

        Args:
            features: structure of tensors `[b, ...]`.
            labels: int `[b]`, or float `[b, num_classes]`.

        Returns:
            (features, labels): features as the stage makes them, and labels
            as rows `[b, num_classes]`.
        """
        if self._generator is None:
            # Made outside of any graph or strategy that is being built.
            with tf.init_scope():
                self._generator = tf.random.Generator.from_seed(self.seed)
        key = tf.cast(self._generator.make_seeds(1)[:, 0], tf.int32)
        features, labels = tf.nest.map_structure(
            tf.convert_to_tensor, (features, labels)
        )
        size = check_batch(features, labels)
        shape = [size if self.per_example else 1]
        drawn = draw_coefficients(self.alpha, shape, fold_in(key, 0))
        part = part_size(size, labels.shape[0], self.num_groups)
        key = fold_in(key, 1)
        partners = draw_partners(key, part, self.num_groups)
        labels = soft_labels(labels, self.num_classes)
        return self.combine(features, labels, Draw(drawn, partners, key))

    def combine(self, features, labels, draw):
        """What the stage makes of a batch.

        Args:
            features: structure of tensors `[b, ...]`.
            labels: float tensor `[b, num_classes]`.
            draw: the `Draw` of the batch.

        Returns:
            (features, labels) of the result.
        """
        raise NotImplementedError

    def get_config(self):
        """The constructor's arguments."""
        return {
            "alpha": self.alpha,
            "num_classes": self.num_classes,
            "per_example": self.per_example,
            "seed": self.seed,
            "num_groups": self.num_groups,
        }

    @classmethod
    def from_config(cls, config):
        """A stage from `get_config`'s dict."""
        return cls(**config)

    def _mixed(self, dataset, epochs, first_step, group):
        _check_elements(dataset.element_spec)
        # The groups that the dataset does not carry have draws as well.
        absent = 1 if group is None else self.num_groups
        batch_size = tf.nest.flatten(dataset.element_spec)[-1].shape[:1]
        batch_size = batch_size[0] if batch_size.rank else None
        if batch_size is not None:
            batch_size *= absent

        def draws_of(epoch):
            root = fold_in(self._key, epoch[0], epoch[1])
            return self._draws.sequence(root, first_step, batch_size)

        def mix(batch, draws):
            features, labels = batch
            root, step, drawn, key = draws
            size = check_batch(features, labels)
            static_size = labels.shape[0]
            coefficient = self._draws.of_batch(
                drawn, root, step, (static_size or size) * absent
            )
            if group is None:
                part = part_size(size, static_size, self.num_groups)
            else:
                part = size
                if self.per_example:
                    coefficient = coefficient[group * part :][:part]
            partners = draw_partners(key, part, self.num_groups, group)
            labels = soft_labels(labels, self.num_classes)
            draw = Draw(coefficient, partners, key)
            return self.combine(features, labels, draw)

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
