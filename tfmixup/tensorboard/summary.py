"""Writes bins to TensorBoard's event files, for the calibration plugin.

Everything works inside `with writer.as_default():`, as `tf.summary.scalar`
does, eagerly or in a `tf.function`.
"""

import numpy as np
import tensorflow as tf

from tfmixup.metrics import bins as bins_lib
from tfmixup.tensorboard import metadata
from tfmixup.tensorboard.reader.points import fault_of

try:
    from tensorboard.compat.proto import summary_pb2
except ImportError as error:
    raise ImportError(
        "Writing for TensorBoard needs the package tensorboard, which "
        "TensorFlow does not install. Run: "
        "pip install 'tensorboard>=2.21,<2.22'"
    ) from error

__all__ = ["calibration", "winning_scores"]


def calibration(
    name, bins, step=None, *, edges=None, nll=None, description=None
):
    """Writes the bins of labelled examples: a reliability diagram.

    The scores that are functions of bins need not be written: the plugin
    computes them. The negative log-likelihood is none, and is written as the
    scalar `<name>/nll`. (Where there is none the plugin shows the scalar
    `val_nll` of the same run, which `CalibrationLogger` writes.)

    Two writers that are open at once should not share a directory: with
    `--load_fast=false` TensorBoard loses what the older one writes.

    Args:
        name: str, the tag, such as "validation".
        bins: `tfmixup.metrics.bins.Bins`, each field float `[num_bins]`.
        step: int; None for the default step of `tf.summary`.
        edges: float `[num_bins + 1]`, ascending in [0, 1]; None for bins of
            equal width from 0 to 1.
        nll: float, mean negative log-likelihood in nats; None for none.
        description: str, plain text, shown under the name.

    Returns:
        bool, whether it was written: False without a default writer.

    Raises:
        ValueError: if the fields are no vectors of one length, or, eagerly,
            if they hold no bins (NaN, a negative count, more correct than
            counted); without a step.

    Example:

    >>> import tempfile
    >>> from tfmixup.metrics.bins import bins_of
    >>> bins = bins_of([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    >>> writer = tf.summary.create_file_writer(tempfile.mkdtemp())
    >>> with writer.as_default():
    ...     bool(calibration("validation", bins, step=0))
    True

    Reference:
        Guo et al., 2017, figure 1, https://arxiv.org/abs/1706.04599
    """
    stored = metadata.content("calibration")
    written = _write(name, bins, step, edges, stored, description)
    if nll is not None:
        tf.summary.scalar(f"{name}/nll", nll, step=step)
    return written


def winning_scores(
    name,
    bins,
    step=None,
    *,
    out_of_distribution,
    edges=None,
    description=None,
):
    """Writes a histogram of confidences, of examples with or without labels.

    The plugin shows those in and out of distribution over one another.

    Args:
        name: str, the tag, such as "svhn".
        bins: `tfmixup.metrics.bins.Bins`, each field float `[num_bins]`;
            `correct` is not written.
        step: int; None for the default step of `tf.summary`.
        out_of_distribution: bool, whether the examples are.
        edges: float `[num_bins + 1]`; None for bins of equal width.
        description: str, plain text.

    Returns:
        bool, whether it was written.

    Raises:
        ValueError: as `calibration` does.

    Example:

    >>> import tempfile
    >>> from tfmixup.metrics import Winners
    >>> from tfmixup.metrics.bins import bins_of_winners
    >>> found = Winners([0.4, 0.9], [False, False], [1, 1])
    >>> writer = tf.summary.create_file_writer(tempfile.mkdtemp())
    >>> with writer.as_default():
    ...     bool(winning_scores("svhn", bins_of_winners(found, 50), step=0,
    ...                         out_of_distribution=True))
    True
    """
    population = "out" if out_of_distribution else "in"
    stored = metadata.content("winning_scores", population)
    nothing = tf.zeros_like(_float64(bins.count))
    bins = bins_lib.Bins(bins.count, bins.confidence, nothing)
    return _write(name, bins, step, edges, stored, description)


def _write(name, bins, step, edges, stored, description):
    table = _table(bins, edges)
    # Not worth a check in a graph: the plugin skips what it cannot show.
    fault = fault_of(table.numpy()) if tf.executing_eagerly() else None
    if fault is not None:
        raise ValueError(
            f"`bins` of {name!r} cannot be written because {fault}. Received: "
            f"{bins}. Bins come from `tfmixup.metrics.bins.bins_of`."
        )
    described = summary_pb2.SummaryMetadata(
        display_name=name,
        summary_description=description or "",
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name=metadata.PLUGIN_NAME, content=stored
        ),
        # TensorBoard silently drops a series without it.
        data_class=summary_pb2.DATA_CLASS_TENSOR,
    )
    return tf.summary.write(name, table, step=step, metadata=described)


def _table(bins, edges):
    """The float64 tensor `[5, num_bins]` of `metadata.ROWS`."""
    fields = [_float64(field) for field in bins]
    shapes = [field.shape for field in fields]
    num_bins = shapes[0][0] if shapes[0].rank == 1 else None
    if num_bins is None or any(shape != shapes[0] for shape in shapes):
        raise ValueError(
            "The fields of `bins` must have one shape, [num_bins]. "
            f"Received: {', '.join(str(shape) for shape in shapes)}. "
            "One set of bins is written at a time."
        )
    if edges is None:
        edges = bins_lib.edges(num_bins)
    edges = _float64(edges)
    if edges.shape != [num_bins + 1]:
        raise ValueError(
            "`edges` must have one more entry than there are bins. "
            f"Received: shape {edges.shape} for {num_bins} bins."
        )
    return tf.stack([edges[:-1], edges[1:], *fields])


def _float64(values):
    # TensorFlow would make float32 of Python's numbers first.
    values = values if tf.is_tensor(values) else np.asarray(values)
    return tf.cast(values, "float64")
