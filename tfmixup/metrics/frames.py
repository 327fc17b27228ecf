"""Labels and predictions as people have them: tables, and names of classes.

pandas is not imported for that: its objects bring their own methods.
"""

import numpy as np

__all__ = ["class_indices", "with_class_indices", "without_frames"]


def class_indices(labels, classes):
    """The column of each label, where classes have names.

    Args:
        labels: `[n]`, strings, bools, numbers, a categorical or a nullable
            pandas Series, or a list.
        classes: list of distinct names, in the order of the columns of the
            predictions.

    Returns:
        int64 NumPy array `[n]`, in [0, len(classes)).

    Raises:
        ValueError: if a name occurs twice in `classes`, if a label is missing
            or none of them, or if `labels` are not `[n]`.

    Example:

    >>> class_indices(["dog", "cat", "dog"], classes=["cat", "dog"]).tolist()
    [1, 0, 1]
    """
    if isinstance(classes, (str, bytes)):
        raise ValueError(
            "`classes` must be a list of names. "
            f"Received: the single string {classes!r}."
        )
    # NumPy scalars become Python's, which compare as one expects.
    names = np.asarray(classes, object).tolist()
    columns = {name: column for column, name in enumerate(names)}
    if len(columns) != len(names) or len(names) < 2:
        raise ValueError(
            "`classes` must name at least two classes, each once. "
            f"Received: classes={names}."
        )
    values = np.asarray(labels, object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            "`labels` must have shape [n] where `classes` is given. "
            f"Received: labels of shape {values.shape}."
        )
    found = np.array(
        [_column(columns, value) for value in values.tolist()], np.int64
    )
    if (found < 0).any():
        strange = list(dict.fromkeys(values[found < 0].tolist()))
        raise ValueError(
            f"Each label must be one of `classes`, {names}. "
            f"Received: {strange[:5]} at example {int(np.argmin(found))} "
            f"({np.count_nonzero(found < 0)} of {len(found)} are none of "
            "them). Name every class, and drop the examples without a label."
        )
    return found


def with_class_indices(classes, labels, predictions, sample_weight=None):
    """`without_frames`, with the labels as columns where classes have names.

    Args:
        classes: see `class_indices`; None if the labels are columns already.
        labels: see `class_indices`; or, without `classes`, any labels.
        predictions: float `[n, num_classes]`; or `[n]` or `[n, 1]`, of the
            second of two classes.
        sample_weight: float `[n]`, or None.

    Returns:
        list of labels, predictions and weights.

    Raises:
        ValueError: as `class_indices` and `without_frames` do, or if there are
            more or fewer classes than columns.

    Example:

    >>> with_class_indices(["no", "yes"], ["yes"], [[0.2, 0.8]])[0].tolist()
    [1]
    """
    labels, predictions, weight = without_frames(
        labels=labels, predictions=predictions, sample_weight=sample_weight
    )
    if classes is None:
        return [labels, predictions, weight]
    labels = class_indices(labels, classes)
    shape = np.shape(predictions)
    columns = 2 if len(shape) < 2 or shape[1] == 1 else shape[1]
    if columns != len(classes):
        raise ValueError(
            "`classes` must name each column of the predictions. Received: "
            f"{len(classes)} classes, predictions of shape {shape}."
        )
    return [labels, predictions, weight]


def without_frames(**arguments):
    """The arguments without pandas; rows that do not belong together end it.

    Args:
        **arguments: array, tensor, list, pandas DataFrame or Series, or None.

    Returns:
        list of the values, in that order; arrays where there was pandas.

    Raises:
        ValueError: if two of them have indexes that differ, or if a value is
            missing in one with a nullable dtype.

    Example:

    >>> without_frames(labels=[0, 1], sample_weight=None)
    [[0, 1], None]
    """
    framed = {
        name: value
        for name, value in arguments.items()
        if hasattr(value, "index") and hasattr(value, "to_numpy")
    }
    [*names] = framed
    for name in names[1:]:
        if not framed[names[0]].index.equals(framed[name].index):
            raise ValueError(
                f"`{names[0]}` and `{name}` must have the same index, so that "
                "each row belongs to one example. Received: the index "
                f"{_shown(framed[names[0]])} and the index "
                f"{_shown(framed[name])}. Align them with `reindex`, or pass "
                "`.to_numpy()` of both if their rows are in the same order."
            )
    return [
        _to_array(name, value) if name in framed else value
        for name, value in arguments.items()
    ]


def _column(columns, value):
    try:
        return columns.get(value, -1)
    except TypeError:  # Not hashable, such as pandas' missing value in a list.
        return -1


def _shown(frame):
    return f"{list(frame.index[:4])} ... ({len(frame)} rows)"


def _to_array(name, frame):
    dtypes = getattr(frame, "dtypes", None)
    dtypes = list(dtypes) if frame.ndim == 2 else [dtypes]
    nullable = [dtype for dtype in dtypes if hasattr(dtype, "numpy_dtype")]
    if not nullable:
        return frame.to_numpy()
    missing = frame.isna().to_numpy()
    if missing.any():
        raise ValueError(
            f"`{name}` must have no missing values. Received: "
            f"{np.count_nonzero(missing)} missing. Drop their examples."
        )
    return frame.to_numpy(
        dtype=np.result_type(
            *[getattr(dtype, "numpy_dtype", dtype) for dtype in dtypes]
        )
    )
