"""What a prediction does not know: ensembles, abstaining, detection."""

from tfmixup.uncertainty.detection import detection_metrics
from tfmixup.uncertainty.detection import DetectionMetrics
from tfmixup.uncertainty.ensembles import deep_ensemble
from tfmixup.uncertainty.ensembles import ensemble_gaps
from tfmixup.uncertainty.ensembles import EnsembleGaps
from tfmixup.uncertainty.monte_carlo import active_dropout
from tfmixup.uncertainty.monte_carlo import monte_carlo_dropout
from tfmixup.uncertainty.scores import energy_score
from tfmixup.uncertainty.scores import entropy_score
from tfmixup.uncertainty.scores import max_softmax_score
from tfmixup.uncertainty.selective import selective_prediction
from tfmixup.uncertainty.selective import SelectivePrediction

__all__ = [
    "DetectionMetrics",
    "EnsembleGaps",
    "SelectivePrediction",
    "active_dropout",
    "deep_ensemble",
    "detection_metrics",
    "energy_score",
    "ensemble_gaps",
    "entropy_score",
    "max_softmax_score",
    "monte_carlo_dropout",
    "selective_prediction",
]
