"""Calibration and proper scores: bins, pure functions, Keras metrics."""

from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import bins_of
from tfmixup.metrics.bins import bins_of_winners
from tfmixup.metrics.bins import edges
from tfmixup.metrics.bins import merge
from tfmixup.metrics.brier import brier_decomposition
from tfmixup.metrics.brier import BrierDecomposition
from tfmixup.metrics.brier import BrierReliability
from tfmixup.metrics.brier import BrierResolution
from tfmixup.metrics.brier import BrierUncertainty
from tfmixup.metrics.calibration import ConfidenceGap
from tfmixup.metrics.calibration import ExpectedCalibrationError
from tfmixup.metrics.calibration import MaximumCalibrationError
from tfmixup.metrics.calibration import MeanConfidence
from tfmixup.metrics.calibration import OverconfidenceError
from tfmixup.metrics.calibration import RootMeanSquareCalibrationError
from tfmixup.metrics.classwise import class_bins_of
from tfmixup.metrics.classwise import classwise_calibration_error
from tfmixup.metrics.classwise import ClasswiseCalibrationError
from tfmixup.metrics.classwise import thresholded_adaptive_calibration_error
from tfmixup.metrics.debiased import debiased_calibration_error
from tfmixup.metrics.debiased import debiased_root_mean_square_calibration_error
from tfmixup.metrics.debiased import DebiasedCalibrationError
from tfmixup.metrics.equal_mass import adaptive_calibration_error
from tfmixup.metrics.equal_mass import AdaptiveCalibrationError
from tfmixup.metrics.equal_mass import kolmogorov_smirnov_calibration_error
from tfmixup.metrics.equal_mass import KolmogorovSmirnovCalibrationError
from tfmixup.metrics.equal_mass import monotonic_sweep_calibration_error
from tfmixup.metrics.equal_mass import MonotonicSweepCalibrationError
from tfmixup.metrics.proper import BrierScore
from tfmixup.metrics.proper import NegativeLogLikelihood
from tfmixup.metrics.ranked import distinct_bins_of
from tfmixup.metrics.ranked import largest_share
from tfmixup.metrics.ranking import aupr
from tfmixup.metrics.ranking import auroc
from tfmixup.metrics.ranking import fpr_at_tpr
from tfmixup.metrics.scores import accuracy
from tfmixup.metrics.scores import brier_score
from tfmixup.metrics.scores import confidence_gap
from tfmixup.metrics.scores import expected_calibration_error
from tfmixup.metrics.scores import maximum_calibration_error
from tfmixup.metrics.scores import mean_confidence
from tfmixup.metrics.scores import negative_log_likelihood
from tfmixup.metrics.scores import overconfidence_error
from tfmixup.metrics.scores import root_mean_square_calibration_error
from tfmixup.metrics.selective import area_under_risk_coverage
from tfmixup.metrics.selective import AreaUnderRiskCoverage
from tfmixup.metrics.selective import risk_at_coverage
from tfmixup.metrics.smooth import smooth_calibration_error
from tfmixup.metrics.smooth import SmoothCalibrationError
from tfmixup.metrics.winners import Winners
from tfmixup.metrics.winners import winners_of

__all__ = [
    "AdaptiveCalibrationError",
    "AreaUnderRiskCoverage",
    "Bins",
    "BrierDecomposition",
    "BrierReliability",
    "BrierResolution",
    "BrierScore",
    "BrierUncertainty",
    "ClasswiseCalibrationError",
    "ConfidenceGap",
    "DebiasedCalibrationError",
    "ExpectedCalibrationError",
    "KolmogorovSmirnovCalibrationError",
    "MaximumCalibrationError",
    "MeanConfidence",
    "MonotonicSweepCalibrationError",
    "NegativeLogLikelihood",
    "OverconfidenceError",
    "RootMeanSquareCalibrationError",
    "SmoothCalibrationError",
    "Winners",
    "accuracy",
    "adaptive_calibration_error",
    "area_under_risk_coverage",
    "aupr",
    "auroc",
    "bins_of",
    "bins_of_winners",
    "brier_decomposition",
    "brier_score",
    "class_bins_of",
    "classwise_calibration_error",
    "confidence_gap",
    "debiased_calibration_error",
    "debiased_root_mean_square_calibration_error",
    "distinct_bins_of",
    "edges",
    "expected_calibration_error",
    "fpr_at_tpr",
    "kolmogorov_smirnov_calibration_error",
    "largest_share",
    "maximum_calibration_error",
    "mean_confidence",
    "merge",
    "monotonic_sweep_calibration_error",
    "negative_log_likelihood",
    "overconfidence_error",
    "risk_at_coverage",
    "root_mean_square_calibration_error",
    "smooth_calibration_error",
    "thresholded_adaptive_calibration_error",
    "winners_of",
]
