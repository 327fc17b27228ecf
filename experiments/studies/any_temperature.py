"""What temperature scaling can do to detection at most."""

import numpy as np
import pandas as pd
from scipy import special

from tfmixup.diagrams import summarize_seeds
from tfmixup.uncertainty import detection_metrics

__all__ = ["ordering_scores", "table"]

_TEMPERATURES = (
    0.1,
    0.25,
    0.5,
    0.8,
    1.0,
    1.25,
    1.5,
    2.0,
    3.0,
    5.0,
    10.0,
    100.0,
)


def table(logits_by_seed, out):
    """The AUROC of the winning score under every temperature.

    Args:
        logits_by_seed: list, one entry for each seed, of dicts from "in" and
            the names of `out` to logits `[n, num_classes]`.
        out: names of the sets that are out of distribution.

    Returns:
        `pandas.DataFrame`, a row for each temperature, in ascending order from
        the limit 0 to the limit of infinity: `temperature`, and the mean
        AUROC over seeds in a column for each set.
    """
    rows = []
    for temperature in (0.0, *_TEMPERATURES, np.inf):
        row = {"temperature": temperature}
        for name in out:
            row[name] = _auroc(logits_by_seed, name, temperature)
        rows.append(row)
    return pd.DataFrame(rows)


def ordering_scores(logits, temperature):
    """What has the order of the winning scores at a temperature, exactly.

    The winning score is 1 / (1 + sum of exp(-lead / T)), over the leads of
    the winner over the other classes. Minus the logarithm of the sum, times
    T, has the same order; at T near 0 it is the smallest lead. At large T the
    sum of all leads decides.

    Args:
        logits: float `[n, num_classes]`.
        temperature: float >= 0; 0 and infinity are limits.

    Returns:
        float64 `[n]`, which neither underflow nor round to ties where a
        winning score is nearly 1.

    Example:

    >>> logits = np.array([[5.0, 4.0, 0.0], [5.0, 3.0, 3.0]])
    >>> ordering_scores(logits, 0.0).tolist()
    [1.0, 2.0]
    >>> ordering_scores(logits, np.inf).tolist()
    [6.0, 4.0]
    """
    ordered = np.sort(np.asarray(logits, np.float64), axis=1)
    leads = ordered[:, -1:] - ordered[:, :-1]
    if temperature == 0:
        return leads[:, -1]
    if np.isinf(temperature):
        return leads.sum(axis=1)
    return -temperature * special.logsumexp(-leads / temperature, axis=1)


def _auroc(logits_by_seed, name, temperature):
    found = [
        detection_metrics(
            ordering_scores(each["in"], temperature),
            ordering_scores(each[name], temperature),
        ).auroc
        for each in logits_by_seed
    ]
    return float(summarize_seeds(found).mean)
