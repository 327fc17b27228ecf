"""Calibration and proper scores: bins, pure functions, Keras metrics.

The functions of arrays need neither TensorFlow nor Keras: each name is
imported from its module when it is first used. The file `__init__.pyi` beside
this one lists them.
"""

import lazy_loader

__getattr__, _, _ = lazy_loader.attach_stub(__name__, __file__)

__all__ = [
    "AdaptiveCalibrationError",
    "AreaUnderRiskCoverage",
    "BrierScore",
    "ClasswiseCalibrationError",
    "ConfidenceGap",
    "DebiasedCalibrationError",
    "ExpectedCalibrationError",
    "NegativeLogLikelihood",
    "OverconfidenceError",
    "SmoothCalibrationError",
    "area_under_risk_coverage",
    "aupr",
    "auroc",
    "bins_of",
    "brier_score",
    "class_indices",
    "confidence_gap",
    "expected_calibration_error",
    "fpr_at_tpr",
    "negative_log_likelihood",
    "overconfidence_error",
]


def __dir__():
    return __all__
