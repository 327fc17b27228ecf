"""Calibration and proper scores: bins, pure functions, Keras metrics."""

from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import bins_of
from tfmixup.metrics.bins import bins_of_winners
from tfmixup.metrics.bins import edges
from tfmixup.metrics.bins import merge
from tfmixup.metrics.calibration import ConfidenceGap
from tfmixup.metrics.calibration import ExpectedCalibrationError
from tfmixup.metrics.calibration import MaximumCalibrationError
from tfmixup.metrics.calibration import MeanConfidence
from tfmixup.metrics.calibration import OverconfidenceError
from tfmixup.metrics.scores import accuracy
from tfmixup.metrics.scores import brier_score
from tfmixup.metrics.scores import confidence_gap
from tfmixup.metrics.scores import expected_calibration_error
from tfmixup.metrics.scores import maximum_calibration_error
from tfmixup.metrics.scores import mean_confidence
from tfmixup.metrics.scores import negative_log_likelihood
from tfmixup.metrics.scores import overconfidence_error
from tfmixup.metrics.winners import Winners
from tfmixup.metrics.winners import winners_of

__all__ = [
    "Bins",
    "ConfidenceGap",
    "ExpectedCalibrationError",
    "MaximumCalibrationError",
    "MeanConfidence",
    "OverconfidenceError",
    "Winners",
    "accuracy",
    "bins_of",
    "bins_of_winners",
    "brier_score",
    "confidence_gap",
    "edges",
    "expected_calibration_error",
    "maximum_calibration_error",
    "mean_confidence",
    "merge",
    "negative_log_likelihood",
    "overconfidence_error",
    "winners_of",
]
