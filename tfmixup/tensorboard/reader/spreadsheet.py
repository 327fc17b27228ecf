"""Series as CSV: one line for each run, step and bin."""

import csv
import io

from tfmixup.tensorboard.metadata import ROWS

# Spreadsheet programs run a cell that starts with one of these.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(series):
    """CSV of all bins of series.

    A number has the digits that give the same float64 back. A run or tag that
    a spreadsheet would take for a formula gets an apostrophe in front.

    Args:
        series: list of `Series`.

    Returns:
        str.

    Example:

    >>> write([]).strip()
    'run,tag,step,wall_time,bin,lower,upper,count,confidence_sum,correct_sum'
    """
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["run", "tag", "step", "wall_time", "bin", *ROWS])
    for one in series:
        names = [_inert(one.run), _inert(one.tag)]
        times = zip(one.steps, one.wall_times, one.tables, strict=True)
        for step, wall_time, table in times:
            for place, column in enumerate(table.T.tolist(), start=1):
                lines.writerow([*names, step, wall_time, place, *column])
    return text.getvalue()


def _inert(name):
    return f"'{name}" if name.startswith(_FORMULA_STARTS) else name
