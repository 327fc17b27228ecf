"""A line of a study: one bar, row or curve, whatever the number of seeds."""

import pathlib
from typing import NamedTuple

from experiments import run_settings
from experiments.run_flags import RunSettings
from experiments.studies.machinery.scales import SCALES

__all__ = ["Line", "PlannedRun", "Study", "plan"]


class Line(NamedTuple):
    """What is trained once for each seed.

    Attributes:
        data: str, data set and architecture, as the picture says them.
        method: str, as the legend says it.
        arguments: tuple of str, those of `experiments.run` but for the scale,
            the seed and the directory.
        printed: dict from the name of a metric to the paper's number.
    """

    data: str
    method: str
    arguments: tuple
    printed: dict = {}

    @property
    def name(self):
        """Data and method, in one line."""
        return f"{self.data}: {self.method}".replace("\n", ", ")


class Study(NamedTuple):
    """The runs behind one figure or table, and what is made of them.

    Attributes:
        title: str, what the paper shows there.
        lines: function from the name of a scale to a tuple of `Line`: those
            that are run at that scale.
        draw: function from `Results` to a dict from the name of a picture to
            a matplotlib figure.
        claims: tuple of `Claim`, what the paper concludes from it.
        scales: dict from the name of a scale to the arguments of
            `experiments.run` that make it.
        tabulate: function from `Results` to a dict from the name of a table
            to a `pandas.DataFrame`, beside the tables of every study.
        check_data: function from the name of a scale and a dict from name to
            path, as given to the study, that raises ValueError if something
            is missing which no run needs but the study does.
        note: str, what a reader of its tables must know.
        needs: tuple of str, names of data that the study itself reads.
        whole: whether its own pictures and tables compare all lines, so that
            there are none where one of the runs is missing.
    """

    title: str
    lines: object
    draw: object
    claims: tuple = ()
    scales: dict = SCALES
    tabulate: object = lambda results: {}
    check_data: object = lambda scale, data: None
    note: str = ""
    needs: tuple = ()
    whole: bool = False


class PlannedRun(NamedTuple):
    """One run of a study.

    Attributes:
        line: `Line`.
        seed: int.
        arguments: tuple of str, all of `experiments.run` but the directory.
        settings: `RunSettings`, what the arguments mean.
        directory: `pathlib.Path`, where it is or will be.
        where: dict from "data_dir" and "glove" to a path or None.
    """

    line: Line
    seed: int
    arguments: tuple
    settings: RunSettings
    directory: pathlib.Path
    where: dict


def plan(lines, seeds, scale_arguments, runs_root, data):
    """The runs of some lines.

    Args:
        lines: iterable of `Line`.
        seeds: iterable of int.
        scale_arguments: tuple of str, put behind those of each line.
        runs_root: str or path, the parent of the directories of runs.
        data: dict from the name of a data set (or "glove") to its path.

    Returns:
        list of `PlannedRun`, all lines of the first seed first, so that a
        study that is cut short has compared all lines.
    """
    runs = []
    for seed in seeds:
        for line in lines:
            arguments = (*line.arguments, *scale_arguments, f"--seed={seed}")
            settings = run_settings.parse(list(arguments))
            where = {
                "data_dir": data.get(settings.dataset),
                "glove": None,
            }
            if settings.model == "sentence_cnn":
                where["glove"] = data.get("glove")
            arguments += tuple(
                f"--{name}={path}" for name, path in where.items() if path
            )
            settings = run_settings.parse(list(arguments))
            name = run_settings.run_name(settings)
            directory = pathlib.Path(runs_root, name)
            runs.append(
                PlannedRun(line, seed, arguments, settings, directory, where)
            )
    return runs
