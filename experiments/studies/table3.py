"""Table 3: manifold mixup, PreActResNet on CIFAR."""

from experiments.studies import bars
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import Study
from experiments.studies.machinery.paper import printed
from experiments.studies.machinery.scales import flagfile
from experiments.studies.machinery.scales import SCALES
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]

_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "ece": "ECE, 15 bins (fraction)",
}
_ROWS = (
    ("mixup, 200 epochs", "mixup", "mixup", "epochs=200"),
    (
        "manifold mixup, 200 epochs",
        "manifold_mixup",
        "manifold mixup",
        "epochs=200",
    ),
    (
        "manifold mixup, 2000 epochs",
        "manifold_mixup_2000_epochs",
        "manifold mixup",
        "epochs=2000",
    ),
)


def find_lines(scale):
    """All rows at full scale; below it one network, without the long runs.

    The baseline has no row in the paper; below full scale it is there to
    compare with.
    """
    if scale != "full":
        name, data = "cifar10/preact/resnet18", "CIFAR-10\nPreActResNet-18"
        return tuple(
            Line(
                data, method.replace("_", " "), (flagfile(f"{name}_{method}"),)
            )
            for method in ("baseline", "mixup", "manifold_mixup")
        )
    return tuple(
        Line(
            f"{dataset}\nPreActResNet-{depth}",
            title,
            (
                flagfile(
                    f"{dataset.lower().replace('-', '')}/preact/resnet{depth}"
                    f"_{variant}"
                ),
            ),
            printed(
                "Table 3", dataset, f"PreActResNet-{depth}", method, epochs
            ),
        )
        for dataset in ("CIFAR-10", "CIFAR-100")
        for depth in (18, 34)
        for title, variant, method, epochs in _ROWS
    )


def draw(results):
    """The table as bars, with the printed numbers where they are comparable."""
    figure, axes = canvas.new_panels(1, 2, (6.0, 4.6))
    bars.plot_measures(axes.flat, results, _MEASURES, printed=True)
    bars.caption(figure, results)
    return {"bars": figure}


STUDY = Study(
    "Manifold mixup: accuracy and ECE of PreActResNet on CIFAR",
    find_lines,
    draw,
    (
        Claim(
            "ECE: mixup below manifold mixup",
            "ece",
            "mixup, 200 epochs",
            "manifold mixup, 200 epochs",
        ),
        Claim("ECE: mixup below the baseline", "ece", "mixup", "baseline"),
        Claim(
            "ECE: mixup below manifold mixup", "ece", "mixup", "manifold mixup"
        ),
    ),
    SCALES | {"cpu": (flagfile("scale/cpu_cifar"),)},
)
