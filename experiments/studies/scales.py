"""The scales of a study: the same figures with what a machine can bear."""

from experiments.studies.lines import flagfile

__all__ = ["SCALES", "describe"]

# Behind the flags of a line, so that they win.
SCALES = {
    "full": (),
    "cpu": (flagfile("scale_cpu"),),
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
