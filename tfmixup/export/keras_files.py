"""Opens a .keras file, or says what is wrong with it."""

import importlib
import pathlib
import zipfile

import keras

from tfmixup.keras_backend import require_tensorflow

__all__ = ["load_keras_file"]

_MODULES = (
    "layers",
    "losses",
    "metrics.calibration",
    "metrics.class_metrics",
    "metrics.proper",
    "metrics.ranked_metrics",
    "models",
    "schedules",
)


def load_keras_file(path):
    """Loads a model from a .keras file, without running code from it.

    Every class of this package is known then, which `keras.saving.load_model`
    alone would ask for.

    Keras' safe mode is on and cannot be switched off here: Lambda layers and
    configs that name other functions than Keras' own and registered ones are
    refused. Keras calls a truncated file "not found"; this says what it is.

    Args:
        path: str or path that ends in .keras.

    Returns:
        `keras.Model`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is truncated, damaged, or not safe to load.

    Example:

    >>> load_keras_file("/nowhere.keras")
    Traceback (most recent call last):
    FileNotFoundError: There is no file /nowhere.keras.
    """
    require_tensorflow("load_keras_file")
    path = pathlib.Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    if not zipfile.is_zipfile(path):
        # The list of a zip file stands at its end.
        raise ValueError(
            f"{path} is truncated, or is no .keras file "
            f"({path.stat().st_size} bytes). Save the model again."
        )
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        names = archive.namelist()
    absent = {"config.json", "model.weights.h5"} - set(names)
    if damaged or absent:
        part = damaged or sorted(absent)[0]
        raise ValueError(
            f"{path} is damaged: {part} is not whole. Save the model again."
        )
    _register()
    try:
        return keras.saving.load_model(path, safe_mode=True)
    except (TypeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ValueError(
            f"{path} was not loaded: {reason} (Import the module of a class of "
            "your own first; it must be registered with Keras.)"
        ) from error


def _register():
    """Imports every module whose classes a file may name."""
    for name in _MODULES:
        importlib.import_module(f"tfmixup.{name}")
