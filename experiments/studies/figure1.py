"""Figure 1: how confidence and accuracy grow together over the epochs."""

import numpy as np

from experiments.studies.image_lines import lines
from experiments.studies.image_lines import stand_in
from experiments.studies.machinery.lines import Study
from tfmixup import diagrams

__all__ = ["STUDY"]

_PAPER = ["CIFAR-100\nVGG-16"]
_COLUMNS = 5


def draw(results):
    """The densities of the first seed at five epochs, baseline above mixup."""
    bins_by_name = {}
    for line in results.lines:
        by_epoch = results.epoch_bins(results.of(line)[0])
        # Early epochs differ most from each other.
        chosen = np.unique(
            np.geomspace(1, len(by_epoch), _COLUMNS).round().astype(int)
        )
        bins_by_name[line.method] = {
            int(epoch): by_epoch[int(epoch) - 1] for epoch in chosen
        }
    (data,) = {line.data for line in results.lines}
    title = f"{data}, validation split, one seed\n{results.scale}"
    title = title.replace("\n", ", ", 1)
    return {"density": diagrams.compare_joint_density(bins_by_name, title)}


STUDY = Study(
    "Joint density of accuracy and confidence at several epochs",
    lambda scale: lines(stand_in(scale, _PAPER), ["baseline", "mixup"]),
    draw,
)
