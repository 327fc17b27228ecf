"""Event files to test with."""

import numpy as np
import tensorflow as tf
from tensorboard.compat.proto import summary_pb2

from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import edges
from tfmixup.tensorboard import metadata
from tfmixup.tensorboard import summary


def bins_of_training(rng, progress, overconfidence, num_bins=15, size=5000):
    """Bins as those of a classifier that learns.

    Args:
        rng: `np.random.Generator`.
        progress: float in [0, 1], how far the training is.
        overconfidence: float, how far confidence runs ahead at the end.
        num_bins: int.
        size: int, number of examples.

    Returns:
        `Bins`.
    """
    mean = 0.15 + 0.7 * progress
    certainty = 3 + 9 * overconfidence * progress
    accurate = rng.beta(mean * 4, (1 - mean) * 4, size)
    confidence = accurate ** (1 / (1 + certainty * overconfidence * progress))
    confidence = np.clip(confidence, 0.01, 1)
    correct = rng.random(size) < accurate
    place = np.searchsorted(edges(num_bins)[1:-1], confidence, side="left")
    sums = [np.ones(size), confidence, correct.astype(float)]
    return Bins(
        *[np.bincount(place, one, minlength=num_bins) for one in sums]
    )


def write_run(directory, seed, overconfidence, steps, nll=True, tag="validation"):
    """Writes the bins of a whole training.

    Args:
        directory: path of the run.
        seed: int.
        overconfidence: float, as in `bins_of_training`.
        steps: iterable of int.
        nll: bool, whether to write it.
        tag: str.

    Returns:
        dict from step to the `Bins` written.
    """
    rng = np.random.default_rng(seed)
    steps = list(steps)
    written = {}
    writer = tf.summary.create_file_writer(str(directory))
    with writer.as_default():
        for i, step in enumerate(steps):
            progress = (i + 1) / len(steps)
            bins = bins_of_training(rng, progress, overconfidence)
            value = 2.2 - 1.6 * progress + overconfidence * progress**3
            summary.calibration(tag, bins, step, nll=value if nll else None)
            written[step] = bins
    writer.close()
    return written


def write_winning_scores(directory, seed, steps):
    """Writes histograms in and out of distribution into a run."""
    rng = np.random.default_rng(seed)
    writer = tf.summary.create_file_writer(str(directory))
    with writer.as_default():
        for step in steps:
            for tag, out, mean in [("test", False, 0.8), ("svhn", True, 0.5)]:
                confidence = rng.beta(8 * mean, 8 * (1 - mean), 2000)
                count, edge = np.histogram(confidence, 50, (0, 1))
                total, _ = np.histogram(confidence, edge, weights=confidence)
                bins = Bins(count, total, np.zeros(50))
                summary.winning_scores(tag, bins, step, out_of_distribution=out)
    writer.close()


def write_tensor(directory, tag, tensor, step, content=None):
    """Writes any tensor under the plugin's name.

    Args:
        directory: path of the run.
        tag: str.
        tensor: anything that TensorFlow makes a tensor of.
        step: int.
        content: bytes; None for the plugin's own.
    """
    if content is None:
        content = metadata.content("calibration")
    described = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name=metadata.PLUGIN_NAME, content=content
        ),
        data_class=summary_pb2.DATA_CLASS_TENSOR,
    )
    writer = tf.summary.create_file_writer(str(directory))
    with writer.as_default():
        tf.summary.write(tag, tensor, step=step, metadata=described)
    writer.close()
