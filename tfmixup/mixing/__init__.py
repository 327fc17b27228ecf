"""How a batch is mixed."""

import warnings

from tfmixup.mixing.alpha_schedules import CosineAlpha
from tfmixup.mixing.alpha_schedules import LinearAlpha
from tfmixup.mixing.alpha_schedules import OffAfter
from tfmixup.mixing.coefficient import draw_coefficients as draw_coefficients
from tfmixup.mixing.mix import mix
from tfmixup.mixing.pipeline import Draw as Draw
from tfmixup.mixing.pipeline import Stage
from tfmixup.mixing.plan import Plan as Plan
from tfmixup.mixing.plan import Planned as Planned
from tfmixup.mixing.plan_stages import EmbeddingMixupPlan
from tfmixup.mixing.plan_stages import ManifoldMixupPlan
from tfmixup.mixing.stages import FeatureMixup
from tfmixup.mixing.stages import Mixup

__all__ = [
    "CosineAlpha",
    "EmbeddingMixupPlan",
    "FeatureMixup",
    "LinearAlpha",
    "ManifoldMixupPlan",
    "Mixup",
    "OffAfter",
    "Stage",
    "mix",
]


def __dir__():
    return __all__


# What stages that only plan were called until version 0.1.
_RENAMED = {
    "EmbeddingMixup": EmbeddingMixupPlan,
    "ManifoldMixup": ManifoldMixupPlan,
}


def __getattr__(name):
    if name not in _RENAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    cls = _RENAMED[name]
    warnings.warn(
        f"tfmixup.mixing.{name} is called {cls.__name__} now, since it plans "
        "what a layer mixes.",
        DeprecationWarning,
        stacklevel=2,
    )
    return cls
