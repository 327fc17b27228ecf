"""Event files to test with."""

import numpy as np
import tensorflow as tf
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.proto import summary_pb2
from tensorboard.util import tensor_util

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
    return Bins(*[np.bincount(place, one, minlength=num_bins) for one in sums])


def write_run(
    directory, seed, overconfidence, steps, nll=True, tag="validation"
):
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


SCRIPT = "<script>window.executed=1</script>"
IMAGE = "<img src=x onerror=window.executed=1>"


def write_hostile_logs(logdir):
    """A log directory in which nearly everything is wrong.

    Args:
        logdir: path of an empty folder.

    Returns:
        dict from step to `Bins`, of the one run that is sound: "sound".
    """
    written = write_run(logdir / "sound", 0, 1.0, range(5))
    # No slash, so that it is the name of one folder.
    named = logdir / SCRIPT.replace("/", "\\")
    write_run(named, 1, 0.5, range(3), tag="validation")
    write_run(logdir / "ünïcødé 日本", 2, 0.5, range(5000), nll=False)
    write_run(logdir / "tags", 3, 0.5, range(2), tag=IMAGE)
    bad = logdir / "bad points"
    write_run(bad, 4, 0.5, range(2))
    write_tensor(bad, "validation", np.full([5, 15], np.nan), 2)
    write_tensor(bad, "validation", np.zeros([3, 15]), 3)
    write_tensor(bad, "validation", np.full([5, 15], SCRIPT), 4)
    write_tensor(bad, "validation", np.zeros([5, 15], np.float32), 5)
    foreign = logdir / "foreign"
    write_tensor(foreign, "validation", np.zeros([2]), 0, b"\xff pr_curves")
    newer = b'{"version": 99, "kind": "calibration"}'
    write_tensor(logdir / "newer", "validation", np.zeros([2]), 0, newer)
    write_undecodable(logdir / "undecodable")
    write_run(logdir / "truncated", 5, 0.5, range(4))
    [path] = (logdir / "truncated").iterdir()
    path.write_bytes(path.read_bytes()[:-300])
    (logdir / "noise").mkdir()
    noise = np.random.default_rng(0).bytes(5000)
    (logdir / "noise" / "events.out.tfevents.0.noise").write_bytes(noise)
    (logdir / "empty").mkdir()
    (logdir / "empty" / "events.out.tfevents.0.empty").write_bytes(b"")
    return written


def write_undecodable(directory):
    """A tensor with fewer bytes than its shape says."""
    described = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name=metadata.PLUGIN_NAME,
            content=metadata.content("calibration"),
        ),
        data_class=summary_pb2.DATA_CLASS_TENSOR,
    )
    written = summary_pb2.Summary(
        value=[summary_pb2.Summary.Value(tag="validation", metadata=described)]
    )
    tensor = written.value[0].tensor
    tensor.CopyFrom(tensor_util.make_tensor_proto(np.zeros([5, 15])))
    tensor.tensor_content = b"123"
    event = event_pb2.Event(step=1, wall_time=1.0, summary=written)
    directory.mkdir(parents=True)
    path = directory / "events.out.tfevents.1.hand"
    with tf.io.TFRecordWriter(str(path)) as records:
        for one in [event_pb2.Event(file_version="brain.Event:2"), event]:
            records.write(one.SerializeToString())
