"""What a callback remembers, as JSON values and arrays apart."""

import json

import numpy as np

__all__ = ["join_state", "split_state"]

_ARRAY = "(array)"


def split_state(state):
    """Takes the arrays out of a nest of JSON values.

    Args:
        state: dict or list of JSON values and NumPy arrays, nested.

    Returns:
        values: the same, as JSON would give it back, with a number in place
            of each array.
        arrays: list of the arrays.

    Raises:
        TypeError: if something is neither.

    Example:

    >>> split_state({"best": 0.5, "weights": np.ones(2)})
    ({'best': 0.5, 'weights': {'(array)': 0}}, [array([1., 1.])])
    """
    arrays = []

    def place_of(value):
        if not isinstance(value, np.ndarray) or value.dtype.hasobject:
            raise TypeError(
                "A state must hold JSON values and NumPy arrays of numbers. "
                f"Received: {type(value).__name__}."
            )
        arrays.append(value)
        return {_ARRAY: len(arrays) - 1}

    return json.loads(json.dumps(state, default=place_of)), arrays


def join_state(values, arrays):
    """Puts the arrays back: the reverse of `split_state`.

    Args:
        values: as of `split_state`.
        arrays: as of `split_state`.

    Returns:
        The state.

    Example:

    >>> join_state({"weights": {"(array)": 0}}, [np.ones(2)])
    {'weights': array([1., 1.])}
    """
    if isinstance(values, dict):
        if values.keys() == {_ARRAY}:
            return arrays[values[_ARRAY]]
        return {key: join_state(each, arrays) for key, each in values.items()}
    if isinstance(values, list):
        return [join_state(each, arrays) for each in values]
    return values
