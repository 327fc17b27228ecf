"""Backups of a training run, and going on from one exactly."""

from tfmixup.backup.callback import Backup
from tfmixup.backup.files import Position as Position
from tfmixup.backup.fitting import fit
from tfmixup.backup.seeds import EpochSeeds

__all__ = [
    "Backup",
    "EpochSeeds",
    "fit",
]


def __dir__():
    return __all__
