"""The methods of training: a row each, which is all that a new one needs.

    "my_method": Method("alpha", lambda: my_module.MyStage),

makes a stage of one's own (see `tfmixup.mixing.Stage`) a `--method`. Imports
nothing heavy: the stages are looked up when a run needs them.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import tfmixup

__all__ = ["METHODS", "Method"]


class Method(NamedTuple):
    """A method of training.

    Attributes:
        strength: name of the flag that says how strong it is, or None: alpha
            of what mixes, epsilon and kappa of the losses in
            `experiments.training`.
        images: function that returns the stage for images, a class or
            function with the arguments of `tfmixup.mixing.Mixup`; None where
            images are not mixed.
        texts: the same for token ids; None where these are not mixed.
        hidden: whether the stage plans the mixing of hidden states, by a
            model that has mixing layers.
    """

    strength: str | None = None
    images: Callable | None = None
    texts: Callable | None = None
    hidden: bool = False


METHODS = {
    "baseline": Method(),
    "mixup": Method(
        "alpha",
        lambda: tfmixup.mixing.Mixup,
        lambda: tfmixup.mixing.EmbeddingMixupPlan,
    ),
    "feature_mixup": Method("alpha", lambda: tfmixup.mixing.FeatureMixup),
    "manifold_mixup": Method(
        "alpha",
        lambda: tfmixup.mixing.ManifoldMixupPlan,
        # The embeddings and the features behind the convolutions.
        lambda: functools.partial(
            tfmixup.mixing.ManifoldMixupPlan, depths=(0, 1)
        ),
        hidden=True,
    ),
    "label_smoothing": Method("epsilon"),
    "erl": Method("kappa"),
}
