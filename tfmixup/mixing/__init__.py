"""How a batch is mixed."""

from tfmixup.mixing.coefficient import draw_coefficients
from tfmixup.mixing.mix import mix
from tfmixup.mixing.stages import FeatureMixup
from tfmixup.mixing.stages import Mixup

__all__ = ["FeatureMixup", "Mixup", "draw_coefficients", "mix"]
