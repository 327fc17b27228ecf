"""Pictures of calibration: arrays in, matplotlib figure out."""

from tfmixup.diagrams.density import (
    compare_joint_density as compare_joint_density,
)
from tfmixup.diagrams.density import joint_density as joint_density
from tfmixup.diagrams.density import plot_joint_density
from tfmixup.diagrams.entropies import label_entropy as label_entropy
from tfmixup.diagrams.entropies import label_entropy_cdf as label_entropy_cdf
from tfmixup.diagrams.entropies import plot_label_entropy as plot_label_entropy
from tfmixup.diagrams.errors import plot_errors as plot_errors
from tfmixup.diagrams.errors import plot_report as plot_report
from tfmixup.diagrams.gaps import (
    plot_calibration_scatter as plot_calibration_scatter,
)
from tfmixup.diagrams.gaps import plot_gaps as plot_gaps
from tfmixup.diagrams.intervals import SeedSummary as SeedSummary
from tfmixup.diagrams.intervals import summarize_seeds
from tfmixup.diagrams.intervals import wilson_interval as wilson_interval
from tfmixup.diagrams.reliability import compare_reliability
from tfmixup.diagrams.reliability import plot_reliability
from tfmixup.diagrams.reliability import Reliability as Reliability
from tfmixup.diagrams.reliability import reliability_of as reliability_of
from tfmixup.diagrams.saving import save
from tfmixup.diagrams.selective import plot_risk_coverage
from tfmixup.diagrams.selective import risk_coverage as risk_coverage
from tfmixup.diagrams.studies import plot_bars as plot_bars
from tfmixup.diagrams.studies import plot_curves as plot_curves
from tfmixup.diagrams.studies import plot_sweep as plot_sweep
from tfmixup.diagrams.winning_scores import (
    plot_winning_scores as plot_winning_scores,
)
from tfmixup.diagrams.winning_scores import (
    winning_score_shares as winning_score_shares,
)

__all__ = [
    "compare_reliability",
    "plot_joint_density",
    "plot_reliability",
    "plot_risk_coverage",
    "save",
    "summarize_seeds",
]


def __dir__():
    return __all__
