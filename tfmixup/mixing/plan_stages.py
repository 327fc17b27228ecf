"""Stages for mixing inside the model: they draw a plan and mix the labels."""

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.mixing.mix import mix_pairs
from tfmixup.mixing.pipeline import mixed_weights
from tfmixup.mixing.pipeline import Stage
from tfmixup.mixing.plan import Plan
from tfmixup.mixing.plan import Planned

__all__ = ["EmbeddingMixupPlan", "ManifoldMixupPlan"]

# Folded into the key of a step that the pairing is drawn with.
_DEPTH = 0x4445


class ManifoldMixupPlan(Stage):
    """Plans the mixing of hidden states, and mixes the labels.

    Each step draws a depth, uniform over `depths`, and, as `Mixup` does, a
    partner for each example and the coefficient. The labels are mixed here.
    The features are handed on unmixed, together with the plan, to a
    `tfmixup.layers.MixingModel`, whose `HiddenMixup` layer of the depth that
    was drawn carries it out. `fit` takes the dataset as it is. Nothing
    random is left for the compiled step, and evaluation and prediction take
    plain features.

    `dataset.apply(stage)`, `stage.stream(dataset, first_step, group)` and
    `dataset.map(stage.mix)` work as they do for `Mixup`. A replica must hold
    both examples of a pair: under a distribution strategy set `num_groups` to
    the number of replicas. A replica that holds half a pair stops with an
    error or, where XLA compiled the error away, with a loss of NaN.

    Args:
        alpha: float, as for `Mixup`, the strength of mixing; Verma et al. and
            Appendix C of the paper use 2.0. 0 is exactly no mixing.
        num_classes: int; needed if labels are class indices.
        depths: the depths to draw from, ints >= 0, each with a `HiddenMixup`
            layer in the model.
        per_example: if true, a coefficient for each example; else one for the
            whole batch. The depth is always one for the batch.
        seed: int, as for `Mixup`.
        num_groups: int >= 1. Partners are drawn within each of so many equal
            contiguous parts of the batch.

    Raises:
        ValueError: as for `Mixup`; depths that are none, negative or twice
            there.

    Example:

    >>> stage = ManifoldMixupPlan(2.0, num_classes=3, depths=(0, 1), seed=7)
    >>> planned, labels = stage.mix(tf.eye(4), tf.constant([0, 1, 2, 0]))
    >>> planned.features.numpy().tolist() == tf.eye(4).numpy().tolist()
    True
    >>> sorted(planned.plan.coefficients), labels.shape
    ([0, 1], TensorShape([4, 3]))

    Reference: Verma et al., 2019, section 2,
        https://arxiv.org/abs/1806.05236
    """

    def __init__(
        self,
        alpha,
        num_classes=None,
        *,
        depths=(0, 1, 2),
        per_example=False,
        seed=None,
        num_groups=1,
    ):
        super().__init__(
            alpha,
            num_classes,
            per_example=per_example,
            seed=seed,
            num_groups=num_groups,
        )
        self.depths = _checked_depths(depths)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "depths": list(self.depths)}

    def combine_weights(self, weights, draw):
        """See `mixed_weights`."""
        return mixed_weights(weights, draw)

    def combine(self, features, labels, draw):
        size = tf.shape(labels)[0]
        drawn = tf.random.stateless_uniform(
            [],
            fold_in(draw.key, _DEPTH),
            maxval=len(self.depths),
            dtype=tf.int32,
        )
        coefficients = {}
        for number, depth in enumerate(self.depths):
            here = tf.where(drawn == number, draw.coefficient, 1.0)
            here = tf.broadcast_to(here, [size])
            coefficients[depth] = tf.ensure_shape(here, labels.shape[:1])
        distances = draw.partners - tf.range(size)
        distances = tf.ensure_shape(distances, labels.shape[:1])
        mixed = mix_pairs(labels, draw.partners, draw.label_coefficient)
        plan = Plan(distances, coefficients)
        return Planned(plan=plan, features=features), mixed


class EmbeddingMixupPlan(ManifoldMixupPlan):
    """Plans the mixing of embeddings, and mixes the labels.

    `ManifoldMixupPlan` at depth 0 alone, that of the layer
    `tfmixup.layers.EmbeddingMixup`. Token ids cannot be mixed, their vectors
    can: the features are handed on as they are, ids and all.

    Args:
        alpha: float, as for `Mixup`, the strength of mixing.
        num_classes: int; needed if labels are class indices.
        per_example: bool, as for `ManifoldMixupPlan`.
        seed: int, as for `Mixup`.
        num_groups: int >= 1, as for `ManifoldMixupPlan`.

    Raises:
        ValueError: as for `Mixup`.

    Example:

    >>> stage = EmbeddingMixupPlan(0.4, num_classes=2, seed=7)
    >>> ids = tf.constant([[4, 1, 0], [3, 2, 2]])
    >>> planned, labels = stage.mix(ids, tf.constant([0, 1]))
    >>> planned.features.dtype.name, sorted(planned.plan.coefficients)
    ('int32', [0])

    Reference: Thulasidasan et al., 2019, section 4,
        https://arxiv.org/abs/1905.11001; Guo et al., 2019 (wordMixup),
        https://arxiv.org/abs/1905.08941
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
        super().__init__(
            alpha,
            num_classes,
            depths=(0,),
            per_example=per_example,
            seed=seed,
            num_groups=num_groups,
        )

    def get_config(self):
        """The constructor's arguments."""
        config = super().get_config()
        del config["depths"]
        return config


def _checked_depths(depths):
    depths = tuple(depths)
    whole = all(
        hasattr(depth, "__index__") and not isinstance(depth, bool)
        for depth in depths
    )
    if not depths or not whole or min(depths) < 0:
        raise ValueError(
            "`depths` must be one or more integers, at least 0. "
            f"Received: depths={depths!r}."
        )
    if len(set(depths)) != len(depths):
        raise ValueError(
            "`depths` must be different from each other. "
            f"Received: depths={depths!r}."
        )
    return tuple(int(depth) for depth in depths)
