"""Figure 4: sentences, with the mixing behind the embedding."""

from experiments.studies import bars
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import Study
from experiments.studies.machinery.scales import flagfile
from experiments.studies.machinery.scales import SCALES
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]

_DATA = {
    "MR\nsentence CNN": "mr/sentence_cnn",
    "TREC\nsentence CNN": "trec/sentence_cnn",
    "IMDB\nsentence CNN": "imdb_reviews/sentence_cnn",
}
_METHODS = ("baseline", "mixup")
_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "ece": "ECE, 15 bins (fraction)",
    "oe": "OE, 15 bins (fraction)",
}


# A CPU takes the sets whole; reviews are ten times as long as sentences.
_CPU = {"IMDB\nsentence CNN": "scale/cpu_reviews"}


def find_lines(scale):
    """Two methods on three sets, whole but for the smoke scale."""
    lines = []
    for data, name in _DATA.items():
        cpu = (flagfile(_CPU.get(data, "scale/cpu_sentences")),)
        for method in _METHODS:
            arguments = (flagfile(f"{name}_{method}"),)
            if scale.startswith("cpu"):
                arguments += cpu
            lines.append(Line(data, method, arguments))
    return tuple(lines)


def draw(results):
    """Bars of the best epoch above those of the last one."""
    figure, axes = canvas.new_panels(2, 3, (5.2, 4.4))
    for row, which in zip(axes, ("best", "last"), strict=True):
        read = results.values if which == "best" else results.last
        bars.plot_measures(
            row, results, _MEASURES, read=read, title=f"{which} epoch"
        )
    bars.caption(figure, results)
    return {"bars": figure}


STUDY = Study(
    "Accuracy, calibration and overconfidence on sentences",
    find_lines,
    draw,
    tuple(
        Claim(
            f"{metric.upper()}, {which} epoch: mixup below the baseline",
            metric,
            "mixup",
            "baseline",
            which,
        )
        for which in ("best", "last")
        for metric in ("ece", "oe")
    ),
    SCALES | {"cpu": (), "cpu_short": ()},
)
