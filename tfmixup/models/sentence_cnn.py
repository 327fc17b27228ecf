"""The convolutional network for sentences of Kim (2014)."""

import keras
import numpy as np
from keras import ops

from tfmixup.layers.hidden_mixup import EmbeddingMixup
from tfmixup.layers.hidden_mixup import HiddenMixup
from tfmixup.layers.mixing_model import MixingModel
from tfmixup.layers.word_vectors import WordVectors
from tfmixup.models.blocks import Blocks
from tfmixup.models.blocks import checked_count
from tfmixup.models.blocks import checked_rate
from tfmixup.models.blocks import full_precision

__all__ = ["sentence_cnn"]

# Of words that no file of vectors has, when there is no file: as in Kim's code.
_INITIAL_RANGE = 0.25


def sentence_cnn(
    num_classes,
    vocabulary_size,
    *,
    dimension=300,
    embeddings=None,
    filters=100,
    kernel_sizes=(3, 4, 5),
    dropout=0.5,
    max_norm=3.0,
    weight_decay=0.0,
    embedding_mixup=False,
    hidden_mixup=False,
    name="sentence_cnn",
):
    """One layer of convolutions over word vectors, and the maximum of each.

    Every word becomes a vector, which is trained with the rest ("CNN-rand"
    and, with `embeddings`, "CNN-non-static"). Windows of each size, moved by
    one word a step and over the ends of the text by size - 1 words, give
    `filters` features each; each feature's maximum over the text goes through
    dropout into the classifier.

    Padding, id 0, is the zero vector and stays it. Windows of nothing but
    padding are left out of the maximum, so that the logits of a text do not
    depend on how long its row is; a text without words has features 0. What
    counts as padding behind the embeddings is a position whose vector is
    zero: of two texts of unequal length, mixed, it is padding where both are.

    Args:
        num_classes: int >= 2.
        vocabulary_size: int >= 2, the number of ids: `len(Vocabulary)`.
        dimension: int >= 1, of the vectors; of `embeddings` if given.
        embeddings: float array `[vocabulary_size, dimension]` to start from,
            as of `tfmixup.datasets.glove_embeddings`; None draws them from
            a uniform distribution in [-0.25, 0.25].
        filters: int >= 1, features of each window size.
        kernel_sizes: ints >= 1, the words in a window.
        dropout: float in [0, 1), the rate in front of the classifier.
        max_norm: float > 0, what the vector of weights of each class is scaled
            down to after a step where it is longer; None for no limit.
        weight_decay: float >= 0. Adds `weight_decay / 2 * sum(w**2)` over the
            kernels to the loss, not over the embeddings. Kim has none.
        embedding_mixup: if true, the model can be trained with mixup of the
            embeddings: it is a `tfmixup.layers.MixingModel` with the same
            weights, for batches of `tfmixup.mixing.EmbeddingMixupPlan`.
        hidden_mixup: if true, the model can be trained with manifold mixup,
            for batches of `tfmixup.mixing.ManifoldMixupPlan(depths=(0, 1))`:
            depth 0 are the embeddings, depth 1 the features in front of
            dropout.
        name: name of the model.

    Returns:
        `keras.Model` from ids, int `[b, length]`, to logits `[b, num_classes]`
        (float32 under mixed precision; no softmax). Any length will do.

    Raises:
        ValueError: an argument out of its range; embeddings of another shape.

    Example:

    >>> model = sentence_cnn(2, vocabulary_size=100, dimension=8, filters=4)
    >>> short, long = np.array([[5, 9, 7]]), np.array([[5, 9, 7, 0, 0, 0, 0]])
    >>> bool(np.allclose(model(short), model(long), atol=1e-6))
    True

    Reference: Kim, 2014, https://arxiv.org/abs/1408.5882. The limit of Kim's
        paper is 3; the published code compares with its square.
    """
    num_classes = checked_count("num_classes", num_classes, minimum=2)
    vocabulary_size = checked_count(
        "vocabulary_size", vocabulary_size, minimum=2
    )
    filters = checked_count("filters", filters, minimum=1)
    for size in kernel_sizes:
        checked_count("kernel_sizes", size, minimum=1)
    _check_rates(kernel_sizes, dropout, max_norm)
    if embeddings is not None:
        embeddings = _checked_embeddings(embeddings, vocabulary_size)
        dimension = embeddings.shape[1]
    dimension = checked_count("dimension", dimension, minimum=1)
    penalty = Blocks(weight_decay).penalty

    inputs = keras.Input((None,), dtype="int32", name="ids")
    embedding = WordVectors(
        vocabulary_size,
        dimension,
        embeddings_initializer=keras.initializers.RandomUniform(
            -_INITIAL_RANGE, _INITIAL_RANGE
        ),
        name="embedding",
    )
    x = embedding(inputs)
    # No gradient reaches the vector of padding, and so it stays zero.
    is_word = ops.cast(ops.not_equal(inputs, 0), x.dtype)
    x = x * ops.expand_dims(is_word, -1)
    if embedding_mixup or hidden_mixup:
        x = EmbeddingMixup(name="embedding_mixup")(x)
    x = keras.layers.ZeroPadding1D(max(kernel_sizes) - 1, name="pad")(x)
    holds = ops.any(ops.not_equal(x, 0), axis=-1, keepdims=True)
    holds = ops.cast(holds, x.dtype)
    features = []
    for size in kernel_sizes:
        windows = keras.layers.Conv1D(
            filters,
            size,
            activation="relu",
            kernel_regularizer=penalty(),
            name=f"windows_of_{size}",
        )(x)
        some = keras.layers.MaxPooling1D(size, 1, name=f"some_of_{size}")(holds)
        # What is left out becomes 0, the least that a ReLU gives.
        features.append(ops.max(windows * some, axis=1))
    x = ops.concatenate(features, axis=-1)
    if hidden_mixup:
        x = HiddenMixup(depth=1, name="hidden_mixup")(x)
    if dropout:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    constraint = None
    if max_norm is not None:
        constraint = keras.constraints.MaxNorm(max_norm, axis=0)
    logits = keras.layers.Dense(
        num_classes,
        kernel_regularizer=penalty(),
        kernel_constraint=constraint,
        dtype=full_precision(),
        name="logits",
    )(x)
    if embeddings is None:
        (embeddings,) = embedding.get_weights()
    start = np.array(embeddings)
    start[0] = 0
    embedding.set_weights([start])
    mixes = embedding_mixup or hidden_mixup
    model = MixingModel if mixes else keras.Model
    return model(inputs, logits, name=name)


def _check_rates(kernel_sizes, dropout, max_norm):
    if not len(kernel_sizes):
        raise ValueError(
            "`kernel_sizes` must hold at least one size. "
            f"Received: kernel_sizes={kernel_sizes!r}."
        )
    checked_rate("dropout", dropout)
    if max_norm is not None and not 0 < max_norm < float("inf"):
        raise ValueError(
            "`max_norm` must be finite and above 0, or None. "
            f"Received: max_norm={max_norm!r}."
        )


def _checked_embeddings(embeddings, vocabulary_size):
    embeddings = np.asarray(embeddings)
    if embeddings.ndim != 2 or len(embeddings) != vocabulary_size:
        raise ValueError(
            "`embeddings` must have one row for each of the "
            f"{vocabulary_size} ids. Received: shape {embeddings.shape}."
        )
    if not np.isfinite(embeddings).all():
        raise ValueError(
            "`embeddings` must be finite. Received: nan or inf in row "
            f"{np.argwhere(~np.isfinite(embeddings))[0][0]}."
        )
    return embeddings
