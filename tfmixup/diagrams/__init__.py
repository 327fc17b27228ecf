"""Pictures of calibration: arrays in, matplotlib figure out."""

from tfmixup.diagrams.canvas import save
from tfmixup.diagrams.reliability import compare_reliability
from tfmixup.diagrams.reliability import plot_reliability
from tfmixup.diagrams.reliability import Reliability
from tfmixup.diagrams.reliability import reliability_of
from tfmixup.diagrams.reliability import wilson_interval

__all__ = [
    "Reliability",
    "compare_reliability",
    "plot_reliability",
    "reliability_of",
    "save",
    "wilson_interval",
]
