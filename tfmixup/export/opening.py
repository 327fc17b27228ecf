"""Opens a SavedModel, or says what is missing of it."""

import pathlib
import re

import tensorflow as tf

__all__ = ["open_saved_model"]

_GRAPHS = ("pb", "pbtxt")


def open_saved_model(path):
    """Loads a SavedModel, ours or any other.

    A SavedModel is a program: it can read and write files when it is called.
    Open only those that you trust.

    Args:
        path: directory.

    Returns:
        What `tf.saved_model.load` gives. Keep it as long as its signatures
        are in use: they do not keep its variables alive.

    Raises:
        ValueError: if a part is missing or cannot be read; the message names
            it.

    Example:

    >>> open_saved_model("/nowhere")
    Traceback (most recent call last):
    ValueError: /nowhere is no SavedModel: there is no such directory. ...
    """
    path = pathlib.Path(path)
    missing = _missing(path)
    if missing:
        raise ValueError(
            f"{path} is no SavedModel: {missing}. Was it copied whole?"
        )
    try:
        return tf.saved_model.load(str(path))
    except (IndexError, OSError, ValueError, tf.errors.OpError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"{path} cannot be loaded: {reason} A file of it is damaged, or "
            "it needs operations that this TensorFlow has not."
        ) from error


def _missing(path):
    if not path.is_dir():
        return "there is no such directory"
    if not any((path / f"saved_model.{kind}").exists() for kind in _GRAPHS):
        return "it has no saved_model.pb"
    variables = path / "variables"
    if not variables.exists():
        # A model without variables is written without the folder, or with an
        # empty one; TensorFlow says so if it needs them.
        return None
    index = variables / "variables.index"
    shards = sorted(file.name for file in variables.glob("variables.data-*"))
    if not shards and not index.exists():
        return None
    if not index.exists():
        return "it has no variables/variables.index"
    expected = 1
    if shards:
        expected = int(re.search(r"-of-(\d+)$", shards[0]).group(1))
    if len(shards) != expected:
        return (
            f"it has {len(shards)} of {expected} files "
            "variables/variables.data-*"
        )
    return None
