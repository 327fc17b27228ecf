"""The scales of a study: the same figures with what a machine can bear."""

__all__ = ["SCALES", "describe", "flagfile"]


def flagfile(name):
    """The argument that reads a flagfile of the suite.

    Args:
        name: str, its path below `experiments/flags`, without the ending.

    The path is the one that a user would write, so that a printed command
    can be copied; studies are started where runs are, in the root folder.
    """
    return f"--flagfile=experiments/flags/{name}.flags"


# Behind the flags of a line, so that they win.
SCALES = {
    "full": (),
    "cpu": (flagfile("scale/cpu"),),
    "cpu_short": (flagfile("scale/cpu_short"),),
    "smoke": (flagfile("smoke"),),
}


def describe(scale, settings):
    """The scale in words, for a picture: what was trained, on how much.

    Args:
        scale: a name of `SCALES`.
        settings: list of `RunSettings`, those of the runs.

    Returns:
        str.
    """
    if scale == "full":
        return "full scale"
    parts = [f"{_range(settings, 'epochs')} epochs"]
    if settings[0].train_examples:
        count = _range(settings, "train_examples")
        parts.append(f"{count} training examples")
    if settings[0].width:
        parts.append(f"width {_range(settings, 'width')}")
    return f"{scale} scale: {', '.join(parts)}"


def _range(settings, name):
    """The values of all runs: "60", or "5 to 12"."""
    values = sorted({getattr(each, name) for each in settings})
    ends = dict.fromkeys((values[0], values[-1]))
    return " to ".join(f"{each:,}" for each in ends)
