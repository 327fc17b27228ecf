"""What every mixing stage of an input pipeline does alike.

A stage draws for each step and hands the batch, with its draw, to its own way
of mixing. The draws are made here, so that they are the same for all stages.
"""

import random
from typing import NamedTuple

import keras
import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.keys import seed_key
from tfmixup.mixing.batch import check_batch
from tfmixup.mixing.batch import check_weights
from tfmixup.mixing.batch import soft_labels
from tfmixup.mixing.coefficient import draw_coefficients
from tfmixup.mixing.draws import BatchDraws
from tfmixup.mixing.draws import ExampleDraws
from tfmixup.mixing.elements import check_count
from tfmixup.mixing.elements import check_elements
from tfmixup.mixing.elements import check_num_classes
from tfmixup.mixing.elements import check_structure
from tfmixup.mixing.mix import mix_pairs
from tfmixup.mixing.pairing import check_group
from tfmixup.mixing.pairing import draw_partners
from tfmixup.mixing.pairing import part_size
from tfmixup.mixing.strength import Strength

__all__ = ["Draw", "Stage", "mixed_weights"]


class Draw(NamedTuple):
    """What is drawn for one batch.

    Attributes:
        coefficient: float32 tensor `[1]` or `[b]`, of the features.
        label_coefficient: tensor `[1]` or `[b]`, of the labels: another one
            where examples have weights.
        partners: int32 tensor `[b]`, indices into the batch.
        key: int32 tensor `[2]`, for what a stage draws beyond that.
    """

    coefficient: tf.Tensor
    label_coefficient: tf.Tensor
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
        alpha: float >= 0, or a schedule: a function from the number of the
            epoch to it.
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
        self.strength = Strength(_deserialized(alpha))
        self.num_classes = check_num_classes(num_classes)
        self.per_example = bool(per_example)
        # The rule of Keras' own random layers: reproducible after
        # keras.utils.set_random_seed, which seeds this generator.
        self.seed = random.randint(1, 10**9) if seed is None else seed
        self.num_groups = check_count("num_groups", num_groups)
        self._key = seed_key(self.seed)
        self._draws = ExampleDraws() if per_example else BatchDraws()
        self._generator = None

    @property
    def alpha(self):
        """The strength of mixing: a float (now, if a callback adapts it), or
        the schedule.
        """
        return self.strength.schedule or self.strength.value

    def __call__(self, dataset):
        """Mixes a dataset that is iterated once an epoch.

        Args:
            dataset: `tf.data.Dataset` of batches (features, labels) or
                (features, labels, weights), of any length, known or not;
                labels are class indices or probabilities.

        Returns:
            `tf.data.Dataset` of what `mix` returns.

        Raises:
            ValueError, TypeError: elements of another form.
        """
        # One draw for each iteration is the name of the epoch. The generator
        # is this dataset's own, and global seeds do not reach it.
        with tf.init_scope():
            generator = tf.random.Generator.from_seed(self.seed)

        def epoch(_):
            name = generator.make_seeds(1)[:, 0]
            first = tf.constant(0, tf.int64)
            return name, self.strength.begin_pass(), first, tf.int64.max

        epochs = tf.data.Dataset.from_tensors(0).map(epoch)
        return self._mixed(dataset, epochs, group=None)

    def stream(
        self, dataset, first_step=0, group=None, *, steps_per_epoch=None
    ):
        """Mixes an endless dataset that is iterated once.

        An alpha that a callback adapts is read when the iteration begins: a
        new stream for each epoch then, as `tfmixup.backup.fit` makes them
        with `pass_per_epoch=True`.

        Args:
            dataset: as in `__call__`; its first batch is that of the global
                step `first_step`.
            first_step: int >= 0. A run that resumes at step n gets the draws
                that an unbroken run had from step n on.
            steps_per_epoch: int >= 1; needed if alpha is a schedule, to know
                the epoch of a step.
            group: None, or an int in [0, num_groups): the dataset carries
                only that one of the `num_groups` parts of each batch, and the
                result is that part of the result for whole batches.

        Returns:
            `tf.data.Dataset` of what `mix` returns.

        Raises:
            ValueError, TypeError: elements of another form; no such group.
        """
        check_group(group, self.num_groups)
        name = tf.zeros([2], tf.int64)
        if self.strength.schedule is None:
            epochs = tf.data.Dataset.from_tensors(0).map(
                lambda _: (
                    name,
                    self.strength.begin_pass(),
                    tf.constant(first_step, tf.int64),
                    tf.int64.max,
                )
            )
            return self._mixed(dataset, epochs, group)
        if steps_per_epoch is None or steps_per_epoch < 1:
            raise ValueError(
                "`stream` of a stage whose alpha is a schedule needs to know "
                "the epoch of a step. Received: "
                f"steps_per_epoch={steps_per_epoch!r}. Pass the number of "
                "batches in an epoch."
            )

        def epoch(number):
            first = tf.maximum(number * steps_per_epoch, first_step)
            steps = (number + 1) * steps_per_epoch - first
            return name, self.strength.of_epoch(number), first, steps

        epochs = tf.data.Dataset.range(
            first_step // steps_per_epoch, tf.int64.max
        ).map(epoch)
        return self._mixed(dataset, epochs, group)

    @tf.autograph.experimental.do_not_convert
    def mix(self, features, labels, sample_weight=None):
        """Mixes one batch; for `dataset.map(stage.mix)` and for eager use.

        Args:
            features: structure of tensors or arrays `[b, ...]`.
            labels: int `[b]`, or float `[b, num_classes]`.
            sample_weight: `[b]` or `[b, 1]`, or None.

        Returns:
            (features, labels) or (features, labels, weights): features as the
            stage makes them, labels as rows `[b, num_classes]`, and weights
            such that weight x loss is the mixture of weight x loss.
        """
        batch = [features, labels]
        if sample_weight is not None:
            batch.append(sample_weight)
        check_structure(batch)
        batch = tf.nest.map_structure(tf.convert_to_tensor, batch)
        if self._generator is None:
            # Made outside of any graph or strategy that is being built.
            with tf.init_scope():
                self._generator = tf.random.Generator.from_seed(self.seed)
        if self.strength.schedule is not None:
            raise ValueError(
                "`mix` knows no epoch, and alpha is a schedule of the epoch. "
                "Received: "
                f"alpha={self.alpha!r}. Use `dataset.apply(stage)`."
            )
        key = tf.cast(self._generator.make_seeds(1)[:, 0], tf.int32)
        size = check_batch(*batch[:2])
        shape = [size if self.per_example else 1]
        drawn = draw_coefficients(self.alpha, shape, fold_in(key, 0))
        part = part_size(size, batch[1].shape[0], self.num_groups)
        key = fold_in(key, 1)
        partners = draw_partners(key, part, self.num_groups)
        return self._mix_batch(*batch, draw=Draw(drawn, drawn, partners, key))

    def combine(self, features, labels, draw):
        """What the stage makes of a batch.

        Args:
            features: structure of tensors `[b, ...]`.
            labels: float tensor `[b, num_classes]`.
            draw: the `Draw` of the batch.

        Returns:
            (features, labels) of the result. Labels are mixed with
            `draw.label_coefficient`, which differs from that of the features
            where examples have weights.
        """
        raise NotImplementedError

    def get_config(self):
        """The constructor's arguments."""
        return {
            "alpha": _serialized(self.alpha),
            "num_classes": self.num_classes,
            "per_example": self.per_example,
            "seed": self.seed,
            "num_groups": self.num_groups,
        }

    @classmethod
    def from_config(cls, config):
        """A stage from `get_config`'s dict."""
        return cls(**config)

    def combine_weights(self, weights, draw):
        """What becomes of the weights of a batch; a subclass must say.

        Args:
            weights: float tensor `[b]` or `[b, 1]`.
            draw: the `Draw` of the batch.

        Returns:
            (weights, coefficient): weights of the same shape, and the
            coefficient that `combine` finds in `draw.label_coefficient`.

        Raises:
            ValueError: unless it is overridden.
        """
        raise ValueError(
            f"{type(self).__name__} does not say what becomes of sample "
            "weights. Define `combine_weights`, such as "
            "`tfmixup.mixing.pipeline.mixed_weights`, if its labels are mixed "
            "with `draw.label_coefficient`; or leave the weights out."
        )

    def _mix_batch(self, features, labels, weights=None, *, draw):
        """Checks the labels and weights of a batch, and mixes it."""
        labels = soft_labels(labels, self.num_classes)
        if weights is None:
            return self.combine(features, labels, draw)
        weights = check_weights(weights, labels)
        if self.strength.is_off:
            return (*self.combine(features, labels, draw), weights)
        mixed, coefficient = self.combine_weights(weights, draw)
        draw = draw._replace(label_coefficient=coefficient)
        return (*self.combine(features, labels, draw), mixed)

    def _mixed(self, dataset, epochs, group):
        """Zips batches with draws.

        Args:
            dataset: of batches.
            epochs: `tf.data.Dataset` of (name int64 `[2]`, alpha float32,
                first step int64, number of steps int64).
            group: as in `stream`.
        """
        if not isinstance(dataset, tf.data.Dataset):
            raise TypeError(
                "A stage mixes a batched `tf.data.Dataset`. Received: "
                f"{type(dataset).__name__}. Arrays: "
                "`tf.data.Dataset.from_tensor_slices((x, y)).batch(128)`; a "
                "generator or `PyDataset`: "
                "`tf.data.Dataset.from_generator(...)`. One batch: `stage.mix`."
            )
        check_elements(dataset.element_spec)
        # The groups that the dataset does not carry have draws as well.
        absent = 1 if group is None else self.num_groups
        batch_size = dataset.element_spec[1].shape[:1]
        batch_size = batch_size[0] if batch_size.rank else None
        if batch_size is not None:
            batch_size *= absent

        def draws_of(name, alpha, first_step, steps):
            root = fold_in(self._key, name[0], name[1])
            if self.strength.is_off:
                alpha = 0
            return self._draws.sequence(
                root, alpha, first_step, batch_size
            ).take(steps)

        def mix(batch, draws):
            features, labels = batch[:2]
            root, step, drawn, key, alpha = draws
            size = check_batch(features, labels)
            static_size = labels.shape[0]
            coefficient = self._draws.of_batch(
                drawn, root, alpha, step, (static_size or size) * absent
            )
            if group is None:
                part = part_size(size, static_size, self.num_groups)
            else:
                part = size
                if self.per_example:
                    coefficient = coefficient[group * part :][:part]
            partners = draw_partners(key, part, self.num_groups, group)
            draw = Draw(coefficient, coefficient, partners, key)
            return self._mix_batch(*batch, draw=draw)

        mixed = tf.data.Dataset.zip(dataset, epochs.flat_map(draws_of)).map(
            tf.autograph.experimental.do_not_convert(mix),
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        # Zipping with a flat_map forgets how many batches there are, which
        # `fit` needs for its progress bar. What nobody knew stays unknown.
        cardinality = dataset.cardinality()
        if cardinality == tf.data.UNKNOWN_CARDINALITY:
            return mixed
        return mixed.apply(tf.data.experimental.assert_cardinality(cardinality))


def mixed_weights(weights, draw):
    """Weights of examples that are mixed, and the coefficient of their labels.

    Args:
        weights: float tensor `[b]` or `[b, 1]`.
        draw: `Draw`.

    Returns:
        weights: of the same shape. With coefficient c the weight of a mixed
            example is c * own + (1 - c) * partner.
        coefficient: `[b]`, the share c * own / weight of the own label, so
            that weight * loss is the mixture of weight * loss. A weight of 0
            leaves it at c.
    """
    mixed = mix_pairs(weights, draw.partners, draw.coefficient)
    own, total = tf.reshape(weights, [-1]), tf.reshape(mixed, [-1])
    coefficient = tf.cast(draw.coefficient, own.dtype)
    share = tf.math.divide_no_nan(coefficient * own, total)
    return mixed, tf.where(total > 0, share, coefficient)


def _serialized(alpha):
    """A number as it is; a schedule as JSON, if Keras can."""
    if isinstance(alpha, float) or not hasattr(alpha, "get_config"):
        return alpha
    return keras.saving.serialize_keras_object(alpha)


def _deserialized(alpha):
    if isinstance(alpha, dict):
        return keras.saving.deserialize_keras_object(alpha)
    return alpha
