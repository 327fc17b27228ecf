"""SavedModels and data sets for the tests of the evaluation."""

import numpy as np
import tensorflow as tf

SIDE, CLASSES = 6, 3


class Foreign(tf.Module):
    """A classifier that owes nothing to Keras or to this package.

    The logits are sums over the pixels of class-colored images.
    """

    def __init__(self, kind="logits", name="scores", dtype=tf.float32):
        super().__init__()
        self.weights = tf.Variable(tf.eye(CLASSES) * 0.004)
        self.kind, self.output_name = kind, name

        @tf.function(
            input_signature=[
                tf.TensorSpec([None, SIDE, SIDE, 3], dtype, "pixels")
            ]
        )
        def call(pixels):
            sums = tf.reduce_sum(tf.cast(pixels, tf.float32), axis=[1, 2])
            logits = sums @ self.weights
            if self.kind == "probabilities":
                logits = tf.nn.softmax(logits)
            return {self.output_name: logits}

        self.call = call


def foreign(path, **arguments):
    """Writes one; returns its path as a string."""
    module = Foreign(**arguments)
    tf.saved_model.save(module, str(path), signatures=module.call)
    return str(path)


def colored(number, seed=0):
    """(uint8 `[n, 6, 6, 3]`, int `[n]`): one channel is brighter."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, number)
    images = rng.integers(0, 120, [number, SIDE, SIDE, 3])
    images[np.arange(number), :, :, labels] += rng.integers(
        -30, 90, [number, 1, 1]
    )
    return np.clip(images, 0, 255).astype(np.uint8), labels


def npz(path, size=60):
    """A file with the three splits; returns its path as a string."""
    arrays = {}
    for seed, split in enumerate(("train", "validation", "test")):
        images, labels = colored(size, seed)
        arrays |= {f"{split}_features": images, f"{split}_labels": labels}
    np.savez(path, **arrays)
    return str(path)


def logits_of(images):
    """What `Foreign` says, in float64."""
    return 0.004 * images.astype(np.float64).sum(axis=(1, 2))
