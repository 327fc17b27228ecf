"""Figure 5: the entropy of training labels."""

import numpy as np
import tensorflow as tf

from experiments.studies.machinery.lines import Study
from tfmixup import diagrams
from tfmixup.mixing import Mixup

__all__ = ["STUDY", "draw_entropies"]

_ALPHAS = (0.1, 0.3, 1.0, 2.0)
_CLASSES = 10
_BATCH = 500
_BATCHES = 400


def draw_entropies(alpha, seed=0):
    """The entropies of the labels that the stage itself makes.

    Labels are balanced, in random order; the coefficient is drawn for each
    example, so that there are as many draws as labels.

    Args:
        alpha: float > 0.
        seed: int.

    Returns:
        float `[n]`, in nats.
    """
    labels = np.random.default_rng(seed).permutation(
        np.arange(_BATCH * _BATCHES) % _CLASSES
    )
    batches = tf.data.Dataset.from_tensor_slices(
        (np.zeros([len(labels), 1], np.float32), labels)
    ).batch(_BATCH)
    stage = Mixup(alpha, _CLASSES, per_example=True, seed=seed)
    mixed = [soft for _, soft in batches.apply(stage).as_numpy_iterator()]
    return diagrams.label_entropy(np.concatenate(mixed))


def draw(results):
    """Histograms beside the closed form, which holds for any batch."""
    del results  # Labels need no runs.
    entropies = {alpha: draw_entropies(alpha) for alpha in _ALPHAS}
    # Partners of the same class leave the label as it is: 1 pair in 10.
    figure = diagrams.plot_label_entropy(
        entropies,
        same_class=1 / _CLASSES,
        title=f"{_CLASSES} balanced classes, {_BATCH * _BATCHES:,} labels",
    )
    return {"entropy": figure}


STUDY = Study(
    "Entropy of the training labels for several alpha", lambda scale: (), draw
)
