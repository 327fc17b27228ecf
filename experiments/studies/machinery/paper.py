"""The numbers that the paper prints."""

import functools
import pathlib

import pandas as pd

__all__ = ["printed"]

_PATH = pathlib.Path(__file__).with_name("paper_results.csv")


def printed(source, dataset, architecture, method, setting=None):
    """The paper's numbers for one row of a table.

    Args:
        source: str, such as "Table 2a".
        dataset: str, as in `paper_results.csv`.
        architecture: str, likewise.
        method: str, likewise.
        setting: str, likewise; None for a row without one.

    Returns:
        dict from the name of a metric to a float; fractions, not percents.

    Raises:
        KeyError: if the paper prints no such row.

    Example:

    >>> printed("Table 2a", "CIFAR-10", "ResNet-18", "baseline")
    {'accuracy': 0.9512, 'ece': 0.023}
    """
    table = _table()
    row = (
        (table["source"] == source)
        & (table["dataset"] == dataset)
        & (table["architecture"] == architecture)
        & (table["method"] == method)
        & (table["setting"] == (setting or ""))
    )
    if not row.any():
        raise KeyError(
            f"{_PATH.name} has no row {source}, {dataset}, {architecture}, "
            f"{method}, {setting}."
        )
    found = table[row]
    return dict(zip(found["metric"], found["value"], strict=True))


@functools.cache
def _table():
    return pd.read_csv(_PATH, comment="#", keep_default_na=False).astype(
        {"value": float}
    )
