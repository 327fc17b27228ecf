"""Keras layers: mixing inside the model, dropout that stays on, vectors."""

from tfmixup.layers.hidden_mixup import EmbeddingMixup
from tfmixup.layers.hidden_mixup import HiddenMixup
from tfmixup.layers.mixing_model import MixingModel
from tfmixup.layers.monte_carlo_dropout import MonteCarloDropout
from tfmixup.layers.word_vectors import WordVectors as WordVectors

__all__ = [
    "EmbeddingMixup",
    "HiddenMixup",
    "MixingModel",
    "MonteCarloDropout",
]


def __dir__():
    return __all__
