"""The draws of every step, made in blocks.

Drawing one coefficient at a time costs TensorFlow Probability's fixed price
(about 100 microseconds) at each step; a block of steps shares it. A draw is
still a function of (root key, step, row) alone: step s takes row s % steps of
the block with key `fold_in(root, s // steps)`, whatever was drawn before it and
whatever the batch size is.
"""

import tensorflow as tf

from tfmixup.keys import fold_in
from tfmixup.mixing.coefficient import sample_beta

__all__ = ["BatchDraws", "Draws", "ExampleDraws"]

# What a key is folded with, so that one seed serves unrelated draws.
_COEFFICIENT, _PARTNER = 0, 1

# Compiled, because an iterator optimizes the graphs of its functions whenever
# it starts, which takes 0.13 s for this one; a compiled function is opaque to
# that. It is compiled once for each shape, for all alphas. It also fixes which
# of its two samplers TensorFlow Probability takes.
_sample = tf.function(sample_beta, jit_compile=True)


class Draws:
    """The coefficients of a run of steps, and the keys of its pairings.

    Subclasses say how many coefficients a step has.
    """

    steps = None  # Steps in a block.

    def sequence(self, root, alpha, first_step, batch_size):
        """The draws of all steps from `first_step` on, with one alpha.

        Args:
            root: int32 tensor `[2]`.
            alpha: float32 scalar tensor >= 0; the Python number 0 leaves
                drawing out of the graph.
            first_step: int or int64 scalar tensor, >= 0. Steps before it are
                not drawn, but for those that share its block.
            batch_size: int, or None if it is not known when the graph is
                built.

        Returns:
            An endless `tf.data.Dataset` of (root int32 `[2]`, step int64
            `[]`, coefficients float32 `[columns]`, key of the pairing int32
            `[2]`, alpha float32 `[]`).
        """
        first_block = first_step // self.steps
        offset = first_step % self.steps

        def block(index):
            steps = index * self.steps + tf.range(self.steps, dtype=tf.int64)
            keys = tf.random.stateless_uniform(
                [self.steps, 2],
                fold_in(root, _PARTNER, index),
                minval=None,
                maxval=None,
                dtype=tf.int32,
            )
            roots = tf.tile(root[None], [self.steps, 1])
            return (
                roots,
                steps,
                self.coefficients(root, alpha, index, batch_size),
                keys,
                tf.fill([self.steps], tf.cast(alpha, tf.float32)),
            )

        blocks = tf.data.Dataset.range(first_block, tf.int64.max).map(block)
        return blocks.unbatch().skip(offset)

    def coefficients(self, root, alpha, index, batch_size):
        """Coefficients `[steps, columns]` of the block `index`."""
        raise NotImplementedError

    def of_batch(self, drawn, root, alpha, step, size):
        """Coefficients `[1]` or `[size]` of one step, from its row.

        Args:
            drawn: float32 `[columns]`, the row of the step in its block.
            root: int32 tensor `[2]`.
            alpha: as in `sequence`.
            step: int64 scalar tensor.
            size: int if the batch size is known when the graph is built, else
                an int32 scalar tensor.
        """
        raise NotImplementedError

    def _draw(self, alpha, shape, key):
        if isinstance(alpha, (int, float)) and alpha == 0:
            return tf.ones(shape)
        # A schedule may come to 0, of which there is no Beta distribution.
        mixes = alpha > 0
        drawn = _sample(tf.where(mixes, alpha, 1.0), shape, key)
        return tf.where(mixes, drawn, 1.0)


class BatchDraws(Draws):
    """One coefficient for each step."""

    steps = 1024

    def coefficients(self, root, alpha, index, batch_size):
        del batch_size  # One coefficient serves any number of examples.
        key = fold_in(root, _COEFFICIENT, index)
        return self._draw(alpha, [self.steps, 1], key)

    def of_batch(self, drawn, root, alpha, step, size):
        del root, alpha, step, size
        return drawn


class ExampleDraws(Draws):
    """A coefficient for each example of each step.

    Columns come in chunks of a fixed width with a key of their own, so that
    the draws do not depend on the batch size, nor on whether it is static.
    """

    steps = 32
    width = 128

    def coefficients(self, root, alpha, index, batch_size):
        # A batch of unknown size gets its first chunk here.
        chunks = -(-(batch_size or 1) // self.width)
        return tf.concat(
            [self._chunk(root, alpha, index, n) for n in range(chunks)], 1
        )

    def of_batch(self, drawn, root, alpha, step, size):
        def extended():
            # A batch of unknown size that is larger than the chunk in hand.
            index, offset = step // self.steps, step % self.steps
            more = tf.map_fn(
                lambda chunk: self._chunk(root, alpha, index, chunk)[offset],
                tf.range(1, (size + self.width - 1) // self.width),
                fn_output_signature=tf.float32,
            )
            return tf.concat([drawn, tf.reshape(more, [-1])], 0)

        if isinstance(size, int):
            return drawn[:size]
        fits = size <= tf.shape(drawn)[0]
        return tf.cond(fits, lambda: drawn, extended)[:size]

    def _chunk(self, root, alpha, index, chunk):
        key = fold_in(root, _COEFFICIENT, index, chunk)
        return self._draw(alpha, [self.steps, self.width], key)
