"""Pictures of calibration: arrays in, matplotlib figure out."""

from tfmixup.diagrams.density import compare_joint_density
from tfmixup.diagrams.density import joint_density
from tfmixup.diagrams.density import plot_joint_density
from tfmixup.diagrams.entropies import label_entropy
from tfmixup.diagrams.entropies import label_entropy_cdf
from tfmixup.diagrams.entropies import plot_label_entropy
from tfmixup.diagrams.errors import plot_errors
from tfmixup.diagrams.errors import plot_report
from tfmixup.diagrams.gaps import plot_calibration_scatter
from tfmixup.diagrams.gaps import plot_gaps
from tfmixup.diagrams.intervals import SeedSummary
from tfmixup.diagrams.intervals import summarize_seeds
from tfmixup.diagrams.intervals import wilson_interval
from tfmixup.diagrams.reliability import compare_reliability
from tfmixup.diagrams.reliability import plot_reliability
from tfmixup.diagrams.reliability import Reliability
from tfmixup.diagrams.reliability import reliability_of
from tfmixup.diagrams.saving import save
from tfmixup.diagrams.selective import plot_risk_coverage
from tfmixup.diagrams.selective import risk_coverage
from tfmixup.diagrams.studies import plot_bars
from tfmixup.diagrams.studies import plot_curves
from tfmixup.diagrams.studies import plot_sweep
from tfmixup.diagrams.winning_scores import plot_winning_scores
from tfmixup.diagrams.winning_scores import winning_score_shares

__all__ = [
    "Reliability",
    "SeedSummary",
    "compare_joint_density",
    "compare_reliability",
    "joint_density",
    "label_entropy",
    "label_entropy_cdf",
    "plot_bars",
    "plot_calibration_scatter",
    "plot_curves",
    "plot_errors",
    "plot_gaps",
    "plot_joint_density",
    "plot_label_entropy",
    "plot_reliability",
    "plot_report",
    "plot_risk_coverage",
    "plot_sweep",
    "plot_winning_scores",
    "reliability_of",
    "risk_coverage",
    "save",
    "summarize_seeds",
    "wilson_interval",
    "winning_score_shares",
]


def __dir__():
    return __all__
