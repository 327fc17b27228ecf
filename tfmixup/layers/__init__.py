"""Keras layers: mixing inside the model, dropout that stays on."""

from tfmixup.layers.hidden_mixup import EmbeddingMixup
from tfmixup.layers.hidden_mixup import HiddenMixup
from tfmixup.layers.mixing_model import MixingModel
from tfmixup.layers.monte_carlo_dropout import MonteCarloDropout

__all__ = ["EmbeddingMixup", "HiddenMixup", "MixingModel", "MonteCarloDropout"]
