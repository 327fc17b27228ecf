"""Figure 7: training loss and calibration when training goes on and on."""

import numpy as np

from experiments.studies import image_lines
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import Study
from experiments.studies.machinery.scales import flagfile
from tfmixup import diagrams
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]

_CURVES = {
    "nll": "Training loss (nats, without weight decay)",
    "val_ece": "ECE on validation, 15 bins (fraction)",
    "val_gap": "Confidence less accuracy, validation",
}


def find_lines(scale):
    """At full scale the 1000 epochs of the paper."""
    if scale != "full":
        pairs = image_lines.stand_in(scale, [])
        return image_lines.lines(pairs, ["baseline", "mixup"])
    return tuple(
        Line(
            f"{label}\nResNet-18",
            method,
            (flagfile(f"{name}/resnet18_{method}_1000_epochs"),),
        )
        for label, name in (("CIFAR-10", "cifar10"), ("CIFAR-100", "cifar100"))
        for method in ("baseline", "mixup")
    )


def draw(results):
    """A row of curves for each data set, all seeds."""
    data_sets = list(dict.fromkeys(line.data for line in results.lines))
    figure, axes = canvas.new_panels(len(data_sets), 3, (4.8, 4.2))
    for row, data in zip(axes, data_sets, strict=True):
        for ax, (column, label) in zip(row, _CURVES.items(), strict=True):
            values = {
                line.method: np.stack(
                    [results.history(run)[column] for run in results.of(line)]
                )
                for line in results.lines
                if line.data == data
            }
            # A mixed label has entropy: its loss cannot reach 0.
            diagrams.plot_curves(
                values,
                label,
                data.replace("\n", ", "),
                ax=ax,
                log=column == "nll",
            )
            if column != "nll":
                _show_later_epochs(ax, values)
    figure.suptitle(results.scale)
    return {"curves": figure}


def _show_later_epochs(ax, values):
    """Leaves what the first tenth of training does outside of the axis.

    An untrained network is so far off that nothing else would be seen.
    """
    later = np.concatenate(
        [each[:, each.shape[1] // 10 :].ravel() for each in values.values()]
    )
    low, high = min(0.0, later.min()), later.max()
    room = 0.1 * (high - low)
    ax.set_ylim(low - room * (low < 0), high + room)


STUDY = Study(
    "Training loss and calibration error under extended training",
    find_lines,
    draw,
    (Claim("ECE: mixup below the baseline", "ece", "mixup", "baseline"),),
)
