"""Table 2: accuracy and ECE of all methods, ResNet-18 on CIFAR."""

from experiments.studies import bars
from experiments.studies.image_lines import table2_lines
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Study
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]

_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "ece": "ECE, 15 bins (fraction)",
}


def find_lines(scale):
    """Both parts at full scale; CIFAR-10 alone on a small machine."""
    return table2_lines(("a", "b") if scale == "full" else ("a",))


def draw(results):
    """The table as bars, with the printed numbers where they are comparable."""
    is_full = results.scale == "full scale"
    figure, axes = canvas.new_panels(1, 2, (6.0, 4.6))
    bars.plot_measures(axes.flat, results, _MEASURES, printed=is_full)
    bars.caption(figure, results)
    return {"bars": figure}


STUDY = Study(
    "Accuracy and ECE of ResNet-18 on CIFAR-10 and CIFAR-100",
    find_lines,
    draw,
    (
        Claim(
            "ECE: mixup below the baseline",
            "ece",
            "mixup, alpha 0.4",
            "baseline",
        ),
        Claim(
            "ECE: mixup with alpha 0.4 below alpha 1",
            "ece",
            "mixup, alpha 0.4",
            "mixup, alpha 1",
        ),
    ),
)
