"""Our mixing against the two other implementations for Keras."""

import keras
import keras_cv
import numpy as np
import scipy.stats
import tensorflow as tf

from tfmixup.mixing import Mixup
from tfmixup.mixing.mix import mix_pairs

BATCH = 64


def test_keras_own_layer_mixes_alike_when_it_is_given_our_draws():
    generator = np.random.default_rng(0)
    images = generator.uniform(0, 255, [BATCH, 6, 6, 3]).astype(np.float32)
    labels = np.eye(10, dtype=np.float32)[generator.integers(0, 10, BATCH)]
    weight = generator.beta(0.4, 0.4, BATCH).astype(np.float32)
    order = generator.permutation(BATCH)
    layer = keras.layers.MixUp(alpha=0.4, data_format="channels_last")
    draws = {"mix_weight": weight.reshape(-1, 1, 1, 1)}
    draws["permutation_order"] = order
    theirs = layer.transform_images(images, draws)
    # Their permutation and ours may be read in either direction; the weight
    # is that of the example's own side.
    ours = mix_pairs(tf.constant(images), order, tf.constant(weight))
    # Three float32 roundings of numbers up to 255.
    np.testing.assert_allclose(ours, theirs, atol=4 * 2**-24 * 255)
    theirs = layer.transform_labels(labels, draws)
    ours = mix_pairs(tf.constant(labels), order, tf.constant(weight))
    np.testing.assert_allclose(ours, theirs, atol=4 * 2**-24)


def coefficients_of(rows):
    """The weights that stand on the diagonal of mixed unit vectors."""
    own = np.diag(np.asarray(rows))
    return own[own < 1]


def test_keras_cv_draws_coefficients_of_the_same_distribution():
    # At 0.4, where a float32 ratio of gamma draws is right too.
    layer = keras_cv.layers.MixUp(alpha=0.4, seed=1)
    stage = Mixup(0.4, BATCH, per_example=True, seed=1)
    images = tf.zeros([BATCH, 2, 2, 1])
    theirs, ours = [], []
    for _ in range(40):
        mixed = layer(
            {"images": images, "labels": tf.eye(BATCH)}, training=True
        )
        theirs.extend(coefficients_of(mixed["labels"]))
        ours.extend(coefficients_of(stage.mix(images, tf.range(BATCH))[1]))
    assert min(len(theirs), len(ours)) > 2000
    # The p-value is uniform if the two are equal: their draws are not
    # seeded, and fail here once in a million runs.
    assert scipy.stats.ks_2samp(theirs, ours).pvalue > 1e-6
