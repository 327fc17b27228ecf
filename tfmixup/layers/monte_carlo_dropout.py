"""Dropout that stays on."""

import keras

__all__ = ["MonteCarloDropout"]


@keras.saving.register_keras_serializable(package="tfmixup")
class MonteCarloDropout(keras.layers.Dropout):
    """Dropout that drops in prediction and evaluation too.

    Every prediction of a model that holds it is one random pass. To average
    passes of a model with plain dropout layers, which predicts as usual
    otherwise, use `tfmixup.uncertainty.monte_carlo_dropout`; it takes this
    layer as well.

    Args:
        rate: float in [0, 1), the share of the inputs that is dropped; the
            others are divided by 1 - rate.
        noise_shape: see `keras.layers.Dropout`.
        seed: int, or None for a random one.
        **kwargs: those of `keras.layers.Layer`.

    Call arguments:
        inputs: tensor of any shape.

    Example:

    >>> import numpy as np
    >>> layer = MonteCarloDropout(0.5, seed=1)
    >>> model = keras.Sequential([keras.Input((1000,)), layer])
    >>> kept = model.predict(np.ones([1, 1000]), verbose=0) > 0
    >>> bool(350 < kept.sum() < 650)
    True

    Reference:
        Gal and Ghahramani, 2016, https://arxiv.org/abs/1506.02142
    """

    def call(self, inputs, training=False):
        """Drops whatever `training` says."""
        return super().call(inputs, training=True)
