from .bins import Bins as Bins
from .bins import bins_of as bins_of
from .bins import bins_of_winners as bins_of_winners
from .bins import edges as edges
from .bins import merge as merge
from .brier import brier_decomposition as brier_decomposition
from .brier import BrierDecomposition as BrierDecomposition
from .calibration import ConfidenceGap as ConfidenceGap
from .calibration import DebiasedCalibrationError as DebiasedCalibrationError
from .calibration import ExpectedCalibrationError as ExpectedCalibrationError
from .calibration import MaximumCalibrationError as MaximumCalibrationError
from .calibration import MeanConfidence as MeanConfidence
from .calibration import OverconfidenceError as OverconfidenceError
from .calibration import (
    RootMeanSquareCalibrationError as RootMeanSquareCalibrationError,
)
from .class_metrics import BrierReliability as BrierReliability
from .class_metrics import BrierResolution as BrierResolution
from .class_metrics import BrierUncertainty as BrierUncertainty
from .class_metrics import (
    ClasswiseCalibrationError as ClasswiseCalibrationError,
)
from .classwise import class_bins_of as class_bins_of
from .classwise import (
    classwise_calibration_error as classwise_calibration_error,
)
from .classwise import (
    thresholded_adaptive_calibration_error as thresholded_adaptive_calibration_error,
)
from .debiased import debiased_calibration_error as debiased_calibration_error
from .debiased import (
    debiased_root_mean_square_calibration_error as debiased_root_mean_square_calibration_error,
)
from .equal_mass import adaptive_calibration_error as adaptive_calibration_error
from .equal_mass import (
    kolmogorov_smirnov_calibration_error as kolmogorov_smirnov_calibration_error,
)
from .equal_mass import (
    monotonic_sweep_calibration_error as monotonic_sweep_calibration_error,
)
from .example_scores import brier_score as brier_score
from .example_scores import negative_log_likelihood as negative_log_likelihood
from .frames import class_indices as class_indices
from .proper import BrierScore as BrierScore
from .proper import NegativeLogLikelihood as NegativeLogLikelihood
from .ranked import distinct_bins_of as distinct_bins_of
from .ranked import largest_share as largest_share
from .ranked_metrics import AdaptiveCalibrationError as AdaptiveCalibrationError
from .ranked_metrics import AreaUnderRiskCoverage as AreaUnderRiskCoverage
from .ranked_metrics import (
    KolmogorovSmirnovCalibrationError as KolmogorovSmirnovCalibrationError,
)
from .ranked_metrics import (
    MonotonicSweepCalibrationError as MonotonicSweepCalibrationError,
)
from .ranked_metrics import SmoothCalibrationError as SmoothCalibrationError
from .ranking import aupr as aupr
from .ranking import auroc as auroc
from .ranking import fpr_at_tpr as fpr_at_tpr
from .scores import accuracy as accuracy
from .scores import confidence_gap as confidence_gap
from .scores import expected_calibration_error as expected_calibration_error
from .scores import maximum_calibration_error as maximum_calibration_error
from .scores import mean_confidence as mean_confidence
from .scores import overconfidence_error as overconfidence_error
from .scores import (
    root_mean_square_calibration_error as root_mean_square_calibration_error,
)
from .selective import area_under_risk_coverage as area_under_risk_coverage
from .selective import risk_at_coverage as risk_at_coverage
from .smooth import smooth_calibration_error as smooth_calibration_error
from .winners import Winners as Winners
from .winners import winners_of as winners_of
