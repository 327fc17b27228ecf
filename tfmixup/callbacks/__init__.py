"""Keras callbacks: calibration epoch by epoch, the best epoch, divergence."""

from tfmixup.callbacks.adaptive_alpha import AdaptiveAlpha
from tfmixup.callbacks.best_weights import BestWeights
from tfmixup.callbacks.calibration_logger import CalibrationLogger
from tfmixup.callbacks.divergence import StopOnDivergence
from tfmixup.callbacks.divergence import TrainingDiverged as TrainingDiverged
from tfmixup.callbacks.stop_at_value import StopAtValue

__all__ = [
    "AdaptiveAlpha",
    "BestWeights",
    "CalibrationLogger",
    "StopAtValue",
    "StopOnDivergence",
]


def __dir__():
    return __all__
