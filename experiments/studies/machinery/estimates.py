"""How long a run takes, by the estimate that its flagfile opens with."""

import functools
import pathlib
import re
from typing import NamedTuple

from experiments import run_settings

__all__ = ["Estimate", "estimate"]

_ROOT = pathlib.Path(__file__).parents[3]
_FLAGFILE = "--flagfile="
_STATED = re.compile(
    r"About ([\d.]+) (h|min) on (one A100|32 A100s|two CPU cores)"
)
_OPERATIONS = re.compile(
    r"([\d.]+) ([GM]) multiply-adds (?:an image|a word .*?at most (\d+) words)"
)
_EXAMPLES = re.compile(r"([\d,]+) (?:images|texts), \d+ epochs")
_CPU = "two CPU cores"
# What the flagfiles for CPUs count with, and the start of a process.
_CPU_SPEED = 0.05e12
_START = 20.0
_IMAGE_SIZE = 224
# What the estimate is in proportion to.
_SIZES = ("epochs", "train_examples", "width", "image_size")


class Estimate(NamedTuple):
    """What a run would take.

    Attributes:
        seconds: float.
        machine: str, where: "one A100", "32 A100s" or "two CPU cores".
    """

    seconds: float
    machine: str


def estimate(run):
    """What the flagfile of a run says that it takes.

    As the flagfile says it, if the run is as large as the flagfile makes it;
    else what its arithmetic gives for so many epochs, examples and channels
    on two CPU cores.

    Args:
        run: `PlannedRun`.

    Returns:
        `Estimate`, or None if the run has no flagfile that says it.
    """
    text = " ".join(_comments(each) for each in run.line.arguments)
    stated, operations = _STATED.search(text), _OPERATIONS.search(text)
    if not (stated and operations):
        return None
    settings = run.settings
    whole = run_settings.parse(list(run.line.arguments))
    if all(getattr(settings, name) == getattr(whole, name) for name in _SIZES):
        number, unit, machine = stated.groups()
        seconds = float(number) * {"h": 3600, "min": 60}[unit]
        return Estimate(seconds, machine)
    count, unit, words = operations.groups()
    each = 6 * float(count) * {"G": 1e9, "M": 1e6}[unit] * int(words or 1)
    if words:
        # Filters of each size; their number is that of the outputs only.
        each *= (settings.width or 100) / 100
    else:
        each *= ((settings.width or 64) / 64) ** 2
    if whole.image_size:
        each *= (settings.image_size / _IMAGE_SIZE) ** 2
    examples = settings.train_examples
    if not examples:
        examples = int(_EXAMPLES.search(text)[1].replace(",", ""))
    total = each * examples * settings.epochs
    return Estimate(_START + total / _CPU_SPEED, _CPU)


@functools.cache
def _comments(argument):
    """The comments of a flagfile and of those that it reads, as one line."""
    if not argument.startswith(_FLAGFILE):
        return ""
    path = _ROOT / argument.removeprefix(_FLAGFILE)
    lines = path.read_text(encoding="utf-8").splitlines()
    own = [line[2:] for line in lines if line.startswith("# ")]
    read = [_comments(line) for line in lines if line.startswith(_FLAGFILE)]
    return " ".join([*own, *read])
