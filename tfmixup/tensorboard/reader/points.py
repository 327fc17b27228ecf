"""Whether one point of a series is bins at all."""

import numpy as np

from tfmixup.tensorboard.metadata import MAX_BINS
from tfmixup.tensorboard.metadata import ROWS


def fault_of(table):
    """Why a tensor cannot be shown as bins.

    Args:
        table: NumPy array, of any shape and dtype.

    Returns:
        str, the reason, to follow "because"; None if nothing is wrong.

    Example:

    >>> fault_of(np.array([[0.0], [1.0], [2.0], [1.5], [1.0]]))
    >>> fault_of(np.zeros([3, 15]))
    'its shape is [3, 15], not [5, number of bins]'
    """
    if table.ndim != 2 or table.shape[0] != len(ROWS) or not table.shape[1]:
        return f"its shape is {list(table.shape)}, not [5, number of bins]"
    if table.shape[1] > MAX_BINS:
        return f"it has {table.shape[1]} bins, more than {MAX_BINS}"
    if table.dtype != np.float64:
        # The name of a structured or string dtype can be very long.
        return f"its dtype is {table.dtype.name[:20]}, not float64"
    if not np.all(np.isfinite(table)):
        return "it holds NaN or infinity"
    lower, upper, count, confidence, correct = table
    if not (
        lower[0] >= 0
        and upper[-1] <= 1
        and np.all(lower <= upper)
        and np.all(upper[:-1] <= lower[1:])
    ):
        return "its bin edges do not ascend from 0 to 1"
    if np.any(count < 0):
        return "a count is negative"
    # Weighted sums round, and a float32 softmax rounds to a little above 1.
    limit = count * (1 + 1e-6)
    if np.any(correct < 0) or np.any(correct > limit):
        return "a bin has more correct examples than examples"
    if np.any(confidence < 0) or np.any(confidence > limit):
        return "a bin has a mean confidence outside of 0 to 1"
    return None
