"""What the paper concludes, and whether the runs of a study say so too."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tfmixup.diagrams import summarize_seeds

__all__ = ["Claim", "judge", "verdict_of"]


class Claim(NamedTuple):
    """One metric is lower with one method than with another.

    Attributes:
        text: str, the claim in words.
        metric: str, a metric of the record; lower is claimed.
        lower: str, the method with the lower value.
        higher: str, the method with the higher value.
        epoch: "best" on validation, or "last".
    """

    text: str
    metric: str
    lower: str
    higher: str
    epoch: str = "best"


def judge(claims, results):
    """Holds claims against the runs, data set by data set.

    The differences are of the same seed, of those that both methods have.

    Args:
        claims: iterable of `Claim`.
        results: `Results`.

    Returns:
        `pandas.DataFrame`, a row for each claim and data set that has both
        methods with a seed in common: claim, data, difference (mean over
        seeds, lower less higher; negative as claimed), its 95 % t interval,
        seeds, verdict.
    """
    rows = []
    for claim in claims:
        for data in dict.fromkeys(line.data for line in results.lines):
            both = [
                [
                    line
                    for line in results.lines
                    if line.data == data and line.method == method
                ]
                for method in (claim.lower, claim.higher)
            ]
            if not all(both):
                continue
            (lower,), (higher,) = both
            difference = results.differences(
                lower, higher, claim.metric, claim.epoch
            )
            if not len(difference):
                continue
            summary = summarize_seeds(difference)
            rows.append(
                {
                    "claim": claim.text,
                    "data": data.replace("\n", ", "),
                    "difference": float(summary.mean),
                    "low": float(summary.low),
                    "high": float(summary.high),
                    "seeds": summary.size,
                    "verdict": verdict_of(summary),
                }
            )
    return pd.DataFrame(rows)


def verdict_of(summary):
    """The verdict on a difference that is claimed to be negative.

    Args:
        summary: `SeedSummary` of the differences of the seeds.

    Returns:
        "reproduced" or "not reproduced" if the interval of the mean lies on
        one side of 0, "within noise" if it does not; "one seed, no interval"
        if there is nothing to judge by.
    """
    if summary.size < 2:
        return "one seed, no interval"
    if np.all(summary.high < 0):
        return "reproduced"
    if np.all(summary.low > 0):
        return "not reproduced"
    return "within noise"
