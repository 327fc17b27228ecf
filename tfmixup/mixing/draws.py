"""The coefficients of every step, drawn in blocks.

Drawing one coefficient at a time costs TensorFlow Probability's fixed price
(tens of microseconds) at each step; a block of steps shares it. A draw is
still a function of (root key, step, row) alone: step s takes row s % steps of
the block with key `fold_in(root, s // steps, chunk)`, whatever was drawn
before it and whatever the batch size is.
"""

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.mixing.coefficient import draw_coefficients

__all__ = ["BatchDraws", "ExampleDraws", "sequence"]


class BatchDraws:
    """One coefficient for each step.

    Args:
        alpha: Python float >= 0.
    """

    steps = 1024

    def __init__(self, alpha):
        self._alpha = alpha

    def block(self, root, index, batch_size):
        """Coefficients `[steps, 1]` of the block `index`."""
        del batch_size  # One coefficient serves any number of examples.
        return draw_coefficients(
            self._alpha, [self.steps, 1], fold_in(root, index)
        )

    def row(self, drawn, root, step, size):
        """Coefficient `[1]` of one step: its row of the block."""
        del root, step, size  # Broadcasts to any number of examples.
        return drawn


class ExampleDraws:
    """A coefficient for each example of each step.

    Columns come in chunks of a fixed width with a key of their own, so that
    the draws do not depend on the batch size, nor on whether it is static.

    Args:
        alpha: Python float >= 0.
    """

    steps = 32
    width = 128

    def __init__(self, alpha):
        self._alpha = alpha

    def block(self, root, index, batch_size):
        """Coefficients `[steps, columns]` of the block `index`.

        Args:
            root: int32 tensor `[2]`.
            index: int scalar tensor.
            batch_size: int, or None if it is not known when the graph is
                built; then the first chunk only.
        """
        chunks = -(-(batch_size or 1) // self.width)
        return tf.concat(
            [self._chunk(root, index, chunk) for chunk in range(chunks)], 1
        )

    def row(self, drawn, root, step, size):
        """Coefficients `[size]` of one step, from its row of the block."""

        def extended():
            # A batch of unknown size that is larger than the chunk in hand.
            index, offset = step // self.steps, step % self.steps
            more = tf.map_fn(
                lambda chunk: self._chunk(root, index, chunk)[offset],
                tf.range(1, (size + self.width - 1) // self.width),
                fn_output_signature=tf.float32,
            )
            return tf.concat([drawn, tf.reshape(more, [-1])], 0)

        fits = size <= tf.shape(drawn)[0]
        return tf.cond(fits, lambda: drawn, extended)[:size]

    def _chunk(self, root, index, chunk):
        return draw_coefficients(
            self._alpha, [self.steps, self.width], fold_in(root, index, chunk)
        )


def sequence(draws, root, first_step, batch_size):
    """The dataset of (step, its row of coefficients) from `first_step` on.

    Args:
        draws: `BatchDraws` or `ExampleDraws`.
        root: int32 tensor `[2]`.
        first_step: int >= 0. Steps before it are not drawn, but for those
            that share its block.
        batch_size: int or None, see `ExampleDraws.block`.

    Returns:
        An endless `tf.data.Dataset` of (int64 [], float32 [columns]).
    """
    first_block, offset = divmod(first_step, draws.steps)
    blocks = tf.data.Dataset.range(first_block, tf.int64.max)
    rows = blocks.map(lambda i: draws.block(root, i, batch_size)).unbatch()
    steps = tf.data.Dataset.range(first_step, tf.int64.max)
    return tf.data.Dataset.zip(steps, rows.skip(offset))
