"""Calibration reports and comparisons, beside what chance would make them."""

from tfmixup.report.headline import headline_scores
from tfmixup.report.paired import paired_comparison
from tfmixup.report.paired import PairedComparison as PairedComparison
from tfmixup.report.single import calibration_report
from tfmixup.report.single import CalibrationReport as CalibrationReport
from tfmixup.report.tables import to_markdown as to_markdown

__all__ = [
    "calibration_report",
    "headline_scores",
    "paired_comparison",
]


def __dir__():
    return __all__
