"""What an exported model is, as JSON beside it."""

import datetime
import json
import pathlib
import platform
import subprocess

import keras
import numpy as np
import tensorflow as tf

import tfmixup
from tfmixup.files import new_file

__all__ = ["describe", "read_manifest", "write_manifest"]

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
        "commit": commit or _checkout_commit(),
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
        ValueError: if there is one that cannot be read.

    Example:

    >>> read_manifest("/nowhere") is None
    True
    """
    file = pathlib.Path(path) / _NAME
    if not file.exists():
        return None
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        version = manifest["format"]
        temperature = manifest["temperature"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{file} is damaged: {error!r}. Export the model again."
        ) from error
    if version != _FORMAT or not temperature > 0:
        raise ValueError(
            f"{file} has format {version} and temperature {temperature}; this "
            f"version of tfmixup reads format {_FORMAT}."
        )
    return manifest


def _checkout_commit():
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
