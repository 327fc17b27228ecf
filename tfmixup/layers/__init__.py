"""Keras layers: dropout that stays on."""

from tfmixup.layers.monte_carlo_dropout import MonteCarloDropout

__all__ = ["MonteCarloDropout"]
