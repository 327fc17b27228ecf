"""Monte Carlo dropout: passes with dropout on, averaged."""

import contextlib
import itertools
import numbers

import keras
import numpy as np
import tensorflow as tf
from scipy import special

from tfmixup.keras_backend import require_tensorflow
from tfmixup.keys import fold_in
from tfmixup.keys import seed_key
from tfmixup.metrics.probabilities import checked_predictions

__all__ = ["active_dropout", "monte_carlo_dropout"]

# Folded into the key, so that one seed can serve other uses beside this one.
_PASS = 0x4D43
_KINDS = (
    keras.layers.AlphaDropout,
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
)


def monte_carlo_dropout(
    model,
    features,
    passes=10,
    rate=None,
    seed=0,
    from_logits=False,
    batch_size=128,
):
    """Probabilities averaged over passes with dropout switched on.

    Only the dropout layers (those of nested models and blocks too) run as in
    training: batch norm keeps its moving statistics, and augmentation layers
    stay off. Nothing of the model changes. The answer is a function of the
    model, the features, `seed` and `batch_size`, in which the draws run.

    Args:
        model: `keras.Model` of one input (an array, or a structure of them)
            that gives probabilities or logits `[b, num_classes]`, or `[b, 1]`
            of class 1 of two.
        features: array `[n, ...]`, or a structure of such.
        passes: int >= 1. The paper averages over 10.
        rate: float in (0, 1), instead of the rate of each dropout layer; the
            paper has 0.3. None: each layer's own.
        seed: int.
        from_logits: whether the model gives logits.
        batch_size: int >= 1.

    Returns:
        float64 `[n, num_classes]`, rows that sum to 1.

    Raises:
        ValueError: if the model has no dropout to switch on, there is no
            example, an argument is out of its range, or the model gives
            something else than `from_logits` says.

    Example:

    >>> dense = keras.layers.Dense(2, activation="softmax")
    >>> model = keras.Sequential([keras.layers.Dropout(0.5), dense])
    >>> probabilities = monte_carlo_dropout(model, np.ones([3, 4], "float32"))
    >>> probabilities.shape
    (3, 2)

    Reference:
        Gal and Ghahramani, 2016, https://arxiv.org/abs/1506.02142
    """
    require_tensorflow("monte_carlo_dropout")
    for name, value in (("passes", passes), ("batch_size", batch_size)):
        if (
            isinstance(value, bool)
            or not isinstance(value, numbers.Integral)
            or value < 1
        ):
            raise ValueError(
                f"`{name}` must be an integer >= 1. Received: {name}={value!r}."
            )
    sizes = {len(part) for part in tf.nest.flatten(features)}
    if len(sizes) != 1 or sizes == {0}:
        raise ValueError(
            "`features` must hold the same number of examples, 1 or more, in "
            f"all parts. Received: {sorted(sizes)}."
        )

    @tf.function(reduce_retracing=True)
    def one_pass(batch, key):
        with active_dropout(model, key, rate):
            outputs = model(batch, training=False)
        return outputs

    root = fold_in(seed_key(seed), _PASS)
    means = []
    for start in range(0, sizes.pop(), batch_size):
        part = slice(start, start + batch_size)
        batch = tf.nest.map_structure(
            lambda each, part=part: tf.convert_to_tensor(each[part]), features
        )
        outputs = [
            one_pass(batch, fold_in(root, tf.constant(start), tf.constant(k)))
            for k in range(passes)
        ]
        rows = checked_predictions(np.concatenate(outputs), from_logits)
        rows = rows.astype(np.float64)
        if from_logits:
            rows = special.softmax(rows, axis=1)
        means.append(rows.reshape(passes, -1, rows.shape[1]).mean(axis=0))
    return np.concatenate(means)


@contextlib.contextmanager
def active_dropout(model, key, rate=None):
    """Inside, the dropout layers of a model drop whatever `training` says.

    Call the model with `training=False` inside. Every dropout layer draws
    from `key` and from its place in the model: the same key, the same masks.
    In a `tf.function`, have the whole of this inside it, and `key` may be a
    tensor. Not for two threads on one model at a time.

    Args:
        model: `keras.Model`.
        key: int32 tensor `[2]`, see `tfmixup.keys`.
        rate: float in (0, 1), instead of the rate of each dropout layer;
            None for each layer's own.

    Yields:
        The number of layers that drop.

    Raises:
        ValueError: if `rate` is out of its range, or no layer would drop.

    Example:

    >>> model = keras.Sequential([keras.layers.Dropout(0.5)])
    >>> with active_dropout(model, seed_key(1)):
    ...     outputs = model(np.ones([1, 1000], "float32"), training=False)
    >>> bool(350 < np.sum(outputs == 0) < 650)
    True
    """
    require_tensorflow("active_dropout")
    if rate is not None and not 0 < rate < 1:
        raise ValueError(
            f"`rate` must be in (0, 1), or None. Received: rate={rate}."
        )
    layers = [
        layer
        # Keras has no public way to see the layers inside a custom layer.
        for layer in model._flatten_layers()
        if isinstance(layer, _KINDS) and (rate is not None or layer.rate > 0)
    ]
    if not layers:
        raise ValueError(
            f"Monte Carlo dropout needs dropout layers, and {model.name!r} has "
            "none with a rate above 0. Build it with dropout (for example "
            "vgg16(..., dropout=0.3)), or pass rate= where its layers have "
            "rate 0."
        )
    with contextlib.ExitStack() as stack:
        for place, layer in enumerate(layers):
            stack.enter_context(_dropping(layer, fold_in(key, place), rate))
        yield len(layers)


class _Draws(keras.random.SeedGenerator):
    """Seeds that are derived from a key rather than kept in a variable."""

    def __init__(self, key):
        # Without that of the parent, which makes the variable.
        self._key = key
        self._calls = itertools.count()

    def next(self, ordered=True):
        # A layer may be called more than once in one pass.
        key = fold_in(self._key, tf.constant(next(self._calls)))
        return tf.cast(key, tf.int64)


@contextlib.contextmanager
def _dropping(layer, key, rate):
    """One layer that drops, with draws of its own."""

    def call(*args, **kwargs):
        return type(layer).call(layer, *args, **{**kwargs, "training": True})

    changed = {"call": call, "seed_generator": _Draws(key)}
    if rate is not None:
        changed["rate"] = rate
    before = {
        name: layer.__dict__[name] for name in changed if name in layer.__dict__
    }
    try:
        for name, value in changed.items():
            # Past Keras' tracking: it has no business with what is taken back.
            object.__setattr__(layer, name, value)
        yield
    finally:
        for name in changed:
            if name in before:
                object.__setattr__(layer, name, before[name])
            else:
                object.__delattr__(layer, name)
