"""Export of models: SavedModel with a manifest, and .keras files."""

from tfmixup.export.keras_files import load_keras_file
from tfmixup.export.manifest import read_manifest
from tfmixup.export.opening import open_saved_model
from tfmixup.export.saved_model import export_saved_model

__all__ = [
    "export_saved_model",
    "load_keras_file",
    "open_saved_model",
    "read_manifest",
]


def __dir__():
    return __all__
