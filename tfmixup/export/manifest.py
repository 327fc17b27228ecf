"""What an exported model is, as JSON beside it."""

import datetime
import json
import math
import pathlib
import platform
import subprocess

import keras
import numpy as np
import tensorflow as tf

import tfmixup
from tfmixup.files import new_file
from tfmixup.metrics.bins import Bins

__all__ = ["checkout_commit", "describe", "read_manifest", "write_manifest"]

_NAME = "manifest.json"
_FORMAT = 1


def describe(*, model, input, classes, temperature, bins, mc_dropout, commit):
    """The manifest of a model.

    Args:
        model: str, its name.
        input: dict of name, dtype and shape.
        classes: list of strings.
        temperature: float.
        bins: `Bins`, or None.
        mc_dropout: dict, or None without that signature.
        commit: str, or None to look for it.

    Returns:
        dict of JSON values.
    """
    return {
        "format": _FORMAT,
        "model": model,
        "input": input,
        "classes": classes,
        "temperature": temperature,
        "bins": None
        if bins is None
        else {
            name: np.asarray(value, np.float64).tolist()
            for name, value in bins._asdict().items()
        },
        "mc_dropout": mc_dropout,
        "commit": commit or checkout_commit(),
        "versions": {
            "tfmixup": tfmixup.__version__,
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "exported": datetime.datetime.now().astimezone().isoformat(),
    }


def write_manifest(directory, manifest):
    """Writes it into a directory.

    Args:
        directory: path.
        manifest: dict of JSON values.
    """
    with new_file(pathlib.Path(directory) / _NAME) as part:
        part.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def read_manifest(path):
    """The manifest of an exported model.

    Args:
        path: directory of the SavedModel.

    Returns:
        dict: `format`, `model`, `input` (name, dtype, shape), `classes`,
        `temperature`, `bins` (or None), `mc_dropout` (or None), `commit` (or
        None), `versions`, `exported`. None if there is no manifest, as in a
        SavedModel that was made otherwise.

    Raises:
        ValueError: if there is one that cannot be read, or a field of which
            is of another type or out of its range.

    Example:

    >>> read_manifest("/nowhere") is None
    True
    """
    file = pathlib.Path(path).expanduser() / _NAME
    if not file.exists():
        return None
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError(f"it has {file.stat().st_size} bytes")
        manifest = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            raise ValueError("it is no JSON object")
        if manifest.get("format") != _FORMAT:
            raise ValueError(
                f"it has format {manifest.get('format')!r}, and this version "
                f"of tfmixup reads format {_FORMAT}"
            )
        for field, (is_right, what) in _FIELDS.items():
            if not is_right(manifest.get(field)):
                shown = repr(manifest.get(field, "nothing"))[:80]
                raise ValueError(f"`{field}` must be {what}, and is {shown}")
    except (OSError, ValueError, RecursionError) as error:
        reason = "it is no JSON" if _is_syntax(error) else str(error)
        raise ValueError(
            f"{file} is damaged or not ours: {reason}. Export the model again, "
            "or remove the file to use the model without it."
        ) from error
    return manifest


def _is_syntax(error):
    syntax = (json.JSONDecodeError, UnicodeDecodeError, RecursionError)
    return isinstance(error, syntax)


def _is_number(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


def _is_input(value):
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return False
    shape = value.get("shape")
    try:
        np.dtype(value.get("dtype"))
    except TypeError:
        if value.get("dtype") != "bfloat16":
            return False
    return (
        isinstance(value["dtype"], str)
        and isinstance(shape, list)
        and all(n is None or (type(n) is int and n >= 0) for n in shape)
    )


def _is_bins(value):
    if value is None:
        return True
    if not isinstance(value, dict) or set(value) != set(Bins._fields):
        return False
    fields = list(value.values())
    return all(isinstance(f, list) for f in fields) and (
        len({len(field) for field in fields}) == 1
        and all(_is_number(x) and x >= 0 for field in fields for x in field)
    )


# Class names of a few megabytes are more than anybody has.
_LARGEST = 64 * 2**20
_FIELDS = {
    "model": (lambda v: isinstance(v, str), "a string"),
    "input": (_is_input, "an object of name, dtype and shape"),
    "classes": (
        lambda v: (
            isinstance(v, list)
            and len(v) >= 2
            and all(isinstance(name, str) for name in v)
        ),
        "a list of two or more names",
    ),
    "temperature": (
        lambda v: _is_number(v) and v > 0,
        "a finite number above 0",
    ),
    "bins": (_is_bins, "null, or equally long lists of numbers >= 0"),
    "mc_dropout": (
        lambda v: v is None or isinstance(v, dict),
        "null or an object",
    ),
    "versions": (lambda v: isinstance(v, dict), "an object"),
}


def checkout_commit():
    """The commit of the checkout that holds this package, or None."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=pathlib.Path(__file__).parent,
            capture_output=True,
            encoding="utf-8",
        )
    except OSError:  # No git.
        return None
    return found.stdout.strip() or None
