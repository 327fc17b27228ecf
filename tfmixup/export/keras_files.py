"""Opens a .keras file, or says what is wrong with it."""

import pathlib
import zipfile

import keras

__all__ = ["load_keras_file"]


def load_keras_file(path):
    """Loads a model from a .keras file, without running code from it.

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
    path = pathlib.Path(path)
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
    try:
        return keras.saving.load_model(path, safe_mode=True)
    except (TypeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ValueError(
            f"{path} was not loaded: {reason} (Classes of tfmixup need "
            "`import tfmixup.losses`, `.metrics`, `.layers` ... first.)"
        ) from error
