"""Maps from logits to calibrated scores, fitted on held-out examples."""

from tfmixup.calibrators.histogram import HistogramBinning
from tfmixup.calibrators.isotonic import Isotonic
from tfmixup.calibrators.temperature import TemperatureScaling
from tfmixup.calibrators.vector import VectorScaling

__all__ = [
    "HistogramBinning",
    "Isotonic",
    "TemperatureScaling",
    "VectorScaling",
]


def __dir__():
    return __all__
