"""A data provider without event files."""

import numpy as np
from tensorboard.data import provider

from tfmixup.tensorboard import metadata


class FakeProvider:
    """Answers from dicts, as TensorBoard's own providers do.

    Args:
        tensors: dict from (run, tag) to a list of (step, array), or (step,
            array, wall time).
        content: dict from (run, tag) to bytes; others are calibration.
        scalars: dict from (run, tag) to a list of (step, value).
        broken: set of runs of which no tensor can be decoded.
    """

    def __init__(self, tensors, content=None, scalars=None, broken=()):
        self.tensors = tensors
        self.content = content or {}
        self.scalars = scalars or {}
        self.broken = set(broken)
        self.downsample = None

    def list_tensors(
        self, ctx=None, *, experiment_id, plugin_name, run_tag_filter=None
    ):
        found = {}
        for key, points in self.tensors.items():
            run, tag = key
            found.setdefault(run, {})[tag] = provider.TensorTimeSeries(
                max_step=max(point[0] for point in points),
                max_wall_time=0.0,
                plugin_content=self.content.get(
                    key, metadata.content("calibration")
                ),
                description="",
                display_name=tag,
            )
        return found

    def read_tensors(
        self,
        ctx=None,
        *,
        experiment_id,
        plugin_name,
        downsample=None,
        run_tag_filter=None,
    ):
        self.downsample = downsample
        found = {}
        for (run, tag), points in self.tensors.items():
            if run in run_tag_filter.runs and tag in run_tag_filter.tags:
                if run in self.broken:
                    raise ValueError("cannot reshape array of size 3")
                found.setdefault(run, {})[tag] = [
                    provider.TensorDatum(step, *(time or [100.0 + step]), array)
                    for step, array, *time in points
                ]
        return found

    def read_scalars(
        self,
        ctx=None,
        *,
        experiment_id,
        plugin_name,
        downsample=None,
        run_tag_filter=None,
    ):
        found = {}
        for (run, tag), points in self.scalars.items():
            if run in run_tag_filter.runs and tag in run_tag_filter.tags:
                found.setdefault(run, {})[tag] = [
                    provider.ScalarDatum(step, 0.0, value)
                    for step, value in points
                ]
        return found


def table(seed=0, num_bins=15, examples=1000):
    """A float64 `[5, num_bins]` of random bins."""
    rng = np.random.default_rng(seed)
    edges = np.arange(num_bins + 1) / num_bins
    count = rng.multinomial(examples, np.full(num_bins, 1 / num_bins))
    confidence = count * rng.random(num_bins)
    correct = rng.binomial(count, 0.5)
    return np.stack([edges[:-1], edges[1:], count, confidence, correct])
