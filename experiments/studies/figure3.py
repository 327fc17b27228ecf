"""Figure 3: ImageNet.

At full scale each run is a job of many processes, which a study cannot start:
run the flagfiles on the cluster with `--run_dir` as `--dry_run` prints it, and
the study reports what is finished.
"""

from experiments.studies import bars
from experiments.studies import image_lines
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import Study
from experiments.studies.machinery.scales import flagfile
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.metrics import merge

__all__ = ["STUDY"]

_PAIRS = {
    "ImageNet\nResNet-50": "imagenet2012/resnet50",
    "ImageNet\nResNeXt-101 (32x4d)": "imagenet2012/resnext101_32x4d",
}
_SCATTER = "ImageNet\nResNeXt-101 (32x4d)"
_METHODS = ("baseline", "mixup", "label smoothing", "ERL")
_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "ece": "ECE, 15 bins (fraction)",
    "oe": "OE, 15 bins (fraction)",
}


def find_lines(scale):
    """Two networks and four methods."""
    # What the 32 replicas of the flagfiles make of it: see `experiments.run`.
    cluster = ("--mixing_groups=32",) if scale == "full" else ()
    return tuple(
        Line(
            pair,
            method,
            (flagfile(f"{name}_{image_lines.METHODS[method]}"), *cluster),
        )
        for pair, name in _PAIRS.items()
        for method in _METHODS
    )


def draw(results):
    """The scatter plot of the deeper network, and bars of both."""
    bins_by_name = {
        line.method: merge(*(results.bins(run) for run in results.of(line)))
        for line in results.lines
        if line.data == _SCATTER and line.method in ("baseline", "mixup")
    }
    figures = {}
    if bins_by_name:
        data = _SCATTER.replace("\n", ", ")
        # A line for each part: the name of the network is long.
        scale = results.scale.replace(": ", ":\n")
        figures["scatter"] = diagrams.plot_calibration_scatter(
            bins_by_name, f"{data}\ntest split, {scale}"
        )
    size = image_lines.bar_panel(results.lines)
    figure, axes = canvas.new_panels(1, 3, size)
    bars.plot_measures(axes.flat, results, _MEASURES)
    bars.caption(figure, results)
    return {**figures, "bars": figure}


_SMALL = (
    flagfile("smoke_imagenet"),
    "--train_examples=512",
    "--validation_examples=32",
    "--test_examples=200",
)

STUDY = Study(
    "Calibration on ImageNet",
    find_lines,
    draw,
    (
        Claim("ECE: mixup below the baseline", "ece", "mixup", "baseline"),
        Claim("OE: mixup below the baseline", "oe", "mixup", "baseline"),
        Claim(
            "ECE: label smoothing below the baseline",
            "ece",
            "label smoothing",
            "baseline",
        ),
        Claim(
            "OE: label smoothing below the baseline",
            "oe",
            "label smoothing",
            "baseline",
        ),
    ),
    # No CPU trains ImageNet: these show that it works, on more or fewer steps.
    {
        "full": (),
        "cpu": (*_SMALL, "--epochs=10"),
        "cpu_short": (*_SMALL, "--epochs=2"),
        "smoke": (flagfile("smoke_imagenet"),),
    },
    note="The official validation split of ImageNet is the test split here.",
)
