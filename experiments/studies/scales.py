"""The scales of a study: the same figures with what a machine can bear."""

__all__ = ["SCALES", "describe", "flagfile"]


def flagfile(name):
    """The argument that reads a flagfile of the suite.

    The path is the one that a user would write, so that a printed command
    can be copied; studies are started where runs are, in the root folder.
    """
    return f"--flagfile=experiments/{name}.flags"


# Behind the flags of a line, so that they win.
SCALES = {
    "full": (),
    "cpu": (flagfile("scale_cpu"),),
    "cpu_short": (flagfile("scale_cpu_short"),),
    "smoke": (flagfile("smoke"),),
}


def describe(scale, settings):
    """The scale in words, for a picture: what was trained, on how much.

    Args:
        scale: a name of `SCALES`.
        settings: dict, those of one of the runs.

    Returns:
        str.
    """
    if scale == "full":
        return "full scale"
    parts = [f"{settings['epochs']} epochs"]
    if settings["train_examples"]:
        parts.append(f"{settings['train_examples']:,} training examples")
    if settings["width"]:
        parts.append(f"width {settings['width']}")
    return f"{scale} scale: {', '.join(parts)}"
