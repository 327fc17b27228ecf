"""How a batch is mixed."""

from tfmixup.mixing.coefficient import draw_coefficients
from tfmixup.mixing.mix import mix
from tfmixup.mixing.pipeline import Draw
from tfmixup.mixing.pipeline import Stage
from tfmixup.mixing.plan import Plan
from tfmixup.mixing.plan import Planned
from tfmixup.mixing.plan_stages import EmbeddingMixup
from tfmixup.mixing.plan_stages import ManifoldMixup
from tfmixup.mixing.stages import FeatureMixup
from tfmixup.mixing.stages import Mixup

__all__ = [
    "Draw",
    "EmbeddingMixup",
    "FeatureMixup",
    "ManifoldMixup",
    "Mixup",
    "Plan",
    "Planned",
    "Stage",
    "draw_coefficients",
    "mix",
]


def __dir__():
    return __all__
