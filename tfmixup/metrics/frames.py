"""Labels and predictions as people have them: tables, and names of classes.

pandas is not imported for that: its objects bring their own methods.
"""

import numpy as np

__all__ = [
    "class_indices",
    "class_list",
    "with_class_indices",
    "without_frames",
]


def class_list(classes, argument="classes"):
    """Names of classes, in the order of their columns.

    Args:
        classes: list, tuple or array of distinct names.
        argument: str, what an error calls them.

    Returns:
        list.

    Raises:
        ValueError: if they have no order (a set, a dict, a single string), or
            if there are fewer than two, or a name occurs twice.

    Example:

    >>> class_list(("cat", "dog"))
    ['cat', 'dog']
    """
    if isinstance(classes, (str, bytes, set, frozenset, dict)):
        raise ValueError(
            f"`{argument}` must be a list of names, in the order of the "
            f"columns. Received: {classes!r} of type {type(classes).__name__}."
        )
    # NumPy scalars become Python's, which compare as one expects.
    names = np.asarray(classes, object).tolist()
    if len(set(names)) != len(names) or len(names) < 2:
        raise ValueError(
            f"`{argument}` must name at least two classes, each once. "
            f"Received: {argument}={names}."
        )
    return names


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
    names = class_list(classes)
    columns = {name: column for column, name in enumerate(names)}
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
    if classes is not None:
        _check_columns(predictions, class_list(classes))
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
        ValueError: if two of them have indexes that differ, or columns of
            the same names in another order; if a value is missing in one with
            a nullable dtype, or masked.

    Example:

    >>> without_frames(labels=[0, 1], sample_weight=None)
    [[0, 1], None]
    """
    framed = {
        name: value
        for name, value in arguments.items()
        if hasattr(value, "index") and hasattr(value, "to_numpy")
    }
    for name, value in arguments.items():
        if isinstance(value, np.ma.MaskedArray):
            raise ValueError(
                f"`{name}` must have no mask, which would be ignored. "
                f"Received: a masked array of shape {value.shape}. Leave the "
                "masked examples out of all arguments; a class that cannot "
                "happen has the logit -inf."
            )
    [*names] = framed
    tables = [value for value in framed.values() if value.ndim == 2]
    for table in tables:
        _check_columns(table, list(tables[0].columns))
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


def _check_columns(table, names):
    """Refuses a table whose columns are these names in another order.

    Numbers of the default, 0, 1, ..., are names as well: a table with the
    columns 1 and 0 was turned around.
    """
    columns = list(getattr(table, "columns", ()))
    shown = [str(name) for name in columns]
    for order in (names, range(len(columns))):
        wanted = [str(name) for name in order]
        if shown != wanted and sorted(shown) == sorted(wanted):
            raise ValueError(
                "The columns of a table must stand in the order of the "
                f"classes, {wanted[:10]}. Received: columns {shown[:10]}. "
                "Select them in that order: table[list_of_classes]."
            )


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
