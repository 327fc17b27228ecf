"""Reads time series of bins through TensorBoard's data provider.

Nothing in an event file is trusted. What cannot be shown is left out, one
point or one series at a time, and comes back as `Skipped` with the reason.
"""

import math
from typing import NamedTuple

import numpy as np
from tensorboard.data import provider as provider_lib

from tfmixup.tensorboard import metadata
from tfmixup.tensorboard.reader.points import fault_of


class Series(NamedTuple):
    """The points of one run and tag, by ascending step.

    Attributes:
        run: str.
        tag: str.
        steps: list of int.
        wall_times: list of float, seconds since 1970.
        tables: list of float64 `[5, num_bins]`, rows as `metadata.ROWS`.
        nll: list of (step, value) pairs, the negative log-likelihood that was
            written beside; empty for none.
    """

    run: str
    tag: str
    steps: list
    wall_times: list
    tables: list
    nll: list


class Skipped(NamedTuple):
    """Something that cannot be shown, and why.

    Attributes:
        run: str.
        tag: str.
        step: int; None for a whole series.
        reason: str, to follow "because".
    """

    run: str
    tag: str
    step: int | None
    reason: str


class Source:
    """The calibration data of one experiment.

    Args:
        provider: `tensorboard.data.provider.DataProvider`.
        context: `tensorboard.context.RequestContext`.
        experiment: str, the experiment id.
        limit: int, the most points of a series to read.
    """

    def __init__(self, provider, context, experiment, limit):
        self._provider = provider
        self._limit = limit
        self._where = {"ctx": context, "experiment_id": experiment}

    def list(self):
        """What there is, without any point.

        Returns:
            found: list of dict: run, tag, kind, population, description, and
                max_step, the last step there is.
            skipped: list of `Skipped`, the series that are not ours.
        """
        found = []
        skipped = []
        listed = self._provider.list_tensors(
            plugin_name=metadata.PLUGIN_NAME, **self._where
        )
        for run, tags in sorted(listed.items()):
            for tag, series in sorted(tags.items()):
                try:
                    meaning = metadata.parse(series.plugin_content)
                except metadata.Unreadable as reason:
                    skipped.append(Skipped(run, tag, None, str(reason)))
                    continue
                found.append(
                    {
                        "run": run,
                        "tag": tag,
                        **meaning,
                        "description": series.description,
                        "max_step": series.max_step,
                    }
                )
        return found, skipped

    def read(self, runs, tag):
        """The points of one tag.

        Args:
            runs: list of str.
            tag: str.

        Returns:
            series: list of `Series`, by run; of the runs that have the tag.
            skipped: list of `Skipped`.
        """
        nll = self._read_nll(runs, tag)
        found = []
        skipped = []
        for run, data in sorted(self._read_tensors(runs, tag).items()):
            if isinstance(data, Exception):
                reason = f"TensorBoard cannot decode it ({_short(data)})"
                skipped.append(Skipped(run, tag, None, reason))
                continue
            points, faults = _sound_points(data)
            skipped += [Skipped(run, tag, *fault) for fault in faults]
            steps = sorted(points)
            found.append(
                Series(
                    run,
                    tag,
                    steps,
                    [points[step].wall_time for step in steps],
                    [points[step].numpy for step in steps],
                    nll.get(run, []),
                )
            )
        return found, skipped

    def _read_tensors(self, runs, tag):
        """Dict from run to its data, or to the exception from reading it."""
        try:
            answer = self._ask_for_tensors(runs, tag)
        # A tensor whose bytes do not fit its shape fails the whole request,
        # and not always with the same exception.
        except Exception as error:
            if len(runs) == 1:
                return {runs[0]: error}
            alone = [self._read_tensors([run], tag) for run in runs]
            return {run: data for one in alone for run, data in one.items()}
        return {run: tags[tag] for run, tags in answer.items() if tag in tags}

    def _ask_for_tensors(self, runs, tag):
        return self._provider.read_tensors(
            plugin_name=metadata.PLUGIN_NAME,
            downsample=self._limit,
            run_tag_filter=provider_lib.RunTagFilter(runs, [tag]),
            **self._where,
        )

    def _read_nll(self, runs, tag):
        """Dict from run to pairs of step and value."""
        names = (f"{tag}/nll", "val_nll")
        try:
            answer = self._provider.read_scalars(
                plugin_name="scalars",
                downsample=self._limit,
                run_tag_filter=provider_lib.RunTagFilter(runs, names),
                **self._where,
            )
        # Curves beside the diagram: no reason to show no diagram.
        except Exception:
            return {}
        pairs = {}
        for run, tags in answer.items():
            data = tags.get(names[0]) or tags.get(names[1]) or []
            by_step = {datum.step: float(datum.value) for datum in data}
            pairs[run] = [
                (step, value)
                for step, value in sorted(by_step.items())
                if np.isfinite(value)
            ]
        return pairs


def _sound_points(data):
    """Dict from step to datum, and a list of (step, reason)."""
    points = {}
    faults = []
    for datum in data:
        fault = fault_of(datum.numpy)
        if fault is None and not math.isfinite(datum.wall_time):
            fault = f"its wall time is {datum.wall_time}"
        if fault is None:
            # A run that resumes repeats steps; the later one counts.
            points[datum.step] = datum
        else:
            faults.append((datum.step, fault))
    return points, faults


def _short(error):
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= 120 else text[:119] + "…"
