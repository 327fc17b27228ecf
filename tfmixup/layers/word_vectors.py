"""An embedding that optimizers train as they define it."""

import keras
import tensorflow as tf

from tfmixup.keras_backend import require_tensorflow

__all__ = ["WordVectors"]


@keras.saving.register_keras_serializable(package="tfmixup")
class WordVectors(keras.layers.Embedding):
    """`keras.layers.Embedding` with a gradient that is one dense tensor.

    The gradient of Keras' own is a list of rows, one for each place in the
    batch. The optimizers of Keras 3.15 do not add up the rows of a word that
    is there more than once before they square them: Adadelta and Adam then
    take steps for frequent words that are longer than theirs, up to
    sqrt(times) where the rows agree. XLA, moreover, compiles no such step of
    Adadelta. Adadelta goes over all of the vectors at each step anyway.

    Args: those of `keras.layers.Embedding`.

    Call arguments:
        inputs: int tensor of ids.

    Example:

    >>> layer = WordVectors(100, 8)
    >>> with tf.GradientTape() as tape:
    ...     loss = tf.reduce_sum(layer(tf.constant([[5, 5, 7]])))
    >>> gradient = tape.gradient(loss, layer.trainable_weights[0].value)
    >>> gradient[5:8, 0].numpy().tolist()
    [2.0, 0.0, 1.0]
    """

    def __init__(self, *args, **kwargs):
        require_tensorflow("WordVectors")
        super().__init__(*args, **kwargs)

    def call(self, inputs):
        """The vectors of ids."""
        table = _with_dense_gradient(tf.convert_to_tensor(self.embeddings))
        return tf.cast(tf.gather(table, inputs), self.compute_dtype)


@tf.custom_gradient
def _with_dense_gradient(table):
    return tf.identity(table), tf.convert_to_tensor
