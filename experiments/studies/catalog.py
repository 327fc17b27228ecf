"""All studies by name."""

from experiments.studies import figure1
from experiments.studies import figure2
from experiments.studies import figure3
from experiments.studies import figure4
from experiments.studies import figure5
from experiments.studies import figure6
from experiments.studies import figure7
from experiments.studies import figure9
from experiments.studies import figure10
from experiments.studies import table1
from experiments.studies import table2
from experiments.studies import table3

__all__ = ["STUDIES"]

STUDIES = {
    "figure1": figure1.STUDY,
    "figure2": figure2.STUDY,
    "figure3": figure3.STUDY,
    "figure4": figure4.STUDY,
    "figure5": figure5.STUDY,
    "figure6": figure6.STUDY,
    "figure7": figure7.STUDY,
    "figure8": table1.FIGURE8,
    "figure9": figure9.STUDY,
    "figure10": figure10.STUDY,
    "table1": table1.STUDY,
    "table2": table2.STUDY,
    "table3": table3.STUDY,
}
