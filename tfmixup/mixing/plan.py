"""A plan: what was drawn for a batch that is mixed inside the model."""

from typing import Any
from typing import NamedTuple

import tensorflow as tf

__all__ = ["Plan", "Planned"]


class Plan(NamedTuple):
    """Which example of a batch is mixed with which, how much, and where.

    Every tensor has a row for each example, so that whatever splits a batch
    splits its plan alike. A partner is named by its distance, not by its
    index: a part of a batch that holds whole pairs keeps a valid plan.

    Attributes:
        distances: int32 tensor `[b]`; the partner of row i is row
            i + distances[i].
        coefficients: dict from depth (int) to float32 tensor `[b]`: the
            weight of an example itself at that depth; 1 wherever nothing is
            mixed in this step. Its keys are all depths that a step may draw.
    """

    distances: tf.Tensor
    coefficients: dict


class Planned(NamedTuple):
    """Features, and the plan by which a model in training mixes them.

    The plan comes first: a model that knows no plans takes the first tensor
    that it is given, and must not train on features that nobody mixed.

    Attributes:
        plan: `Plan`.
        features: structure of tensors `[b, ...]`, not mixed.
    """

    plan: Plan
    features: Any
