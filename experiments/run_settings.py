"""What the flags of a run say: its settings, and its name."""

import dataclasses
import os

from absl import flags

from experiments import run_flags
from experiments.methods import METHODS
from experiments.run_flags import RunSettings

# Of runs that were made before there was a flag.
DEFAULTS = {
    "strategy": "none",
    "synchronized_batch_norm": False,
    "mixing_groups": None,
    "image_size": None,
    "skip_corrupt": False,
    "label_base": 1,
    "schedule": "paper",
    "stop_at_top5": None,
    "adaptive_alpha": False,
}


def parse(arguments):
    """The settings that arguments of `experiments.run` stand for.

    Args:
        arguments: list of str, as on the command line; with `--flagfile`.

    Returns:
        `RunSettings`.

    Raises:
        absl.flags.Error: if `experiments.run` would refuse them.
    """
    flag_values = flags.FlagValues()
    run_flags.define(flag_values)
    flag_values(["experiments.run", *arguments], known_only=False)
    return settings(flag_values)


def settings(flag_values=flags.FLAGS):
    """What determines the result of a run: `RunSettings`."""
    found = {
        row.name: flag_values[row.name].value
        for row in dataclasses.fields(RunSettings)
    }
    if found["glove"]:
        # The same vectors may lie elsewhere on another machine.
        found["glove"] = os.path.basename(found["glove"])
    return RunSettings(**found)


def where(flag_values=flags.FLAGS):
    """The paths that a run reads, which are not among its settings."""
    return {
        "data_dir": flag_values.data_dir,
        "cache_dir": flag_values.cache_dir,
        "glove": flag_values.glove,
    }


def run_name(settings):
    """dataset_model_width_examples_epochs_method_strength_seed.

    What two runs of one study can differ in is in the name; if two differ in
    something else, the second is refused the directory of the first.
    """
    parts = [settings.dataset.replace("/", "-"), settings.model]
    if settings.width:
        parts.append(f"w{settings.width}")
    if settings.train_examples:
        parts.append(f"n{settings.train_examples}")
    parts.append(f"e{settings.epochs}")
    parts.append(settings.method)
    strength = METHODS[settings.method].strength
    if strength:
        parts.append(f"{getattr(settings, strength):g}")
    if settings.adaptive_alpha:
        parts.append("adaptive")
    if settings.dropout and settings.model == "vgg16":
        parts.append(f"dropout{settings.dropout:g}")
    if settings.fold is not None:
        parts.append(f"fold{settings.fold}")
    if settings.protocol == "paper":
        parts.append("paper")
    parts.append(f"seed{settings.seed}")
    return "_".join(parts)
