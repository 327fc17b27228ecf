"""Figure 4: sentences, with the mixing behind the embedding."""

from experiments.studies.claims import Claim
from experiments.studies.lines import Line
from experiments.studies.lines import Study
from experiments.studies.scales import flagfile
from experiments.studies.scales import SCALES
from tfmixup import diagrams
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]

_DATA = {
    "MR\nsentence CNN": "mr_sentence_cnn",
    "TREC\nsentence CNN": "trec_sentence_cnn",
    "IMDB\nsentence CNN": "imdb_reviews_sentence_cnn",
}
_METHODS = ("baseline", "mixup")
_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "ece": "ECE, 15 bins (fraction)",
    "oe": "OE, 15 bins (fraction)",
}


def find_lines(scale):
    """The same at every scale."""
    del scale
    return tuple(
        Line(data, method, (flagfile(f"{name}_{method}"),))
        for data, name in _DATA.items()
        for method in _METHODS
    )


def draw(results):
    """Bars of the best epoch above those of the last one."""
    figure, axes = canvas.new_panels(2, 3, (5.2, 4.4))
    for row, which in zip(axes, ("best", "last"), strict=True):
        read = results.values if which == "best" else results.last
        for ax, (metric, label) in zip(row, _MEASURES.items(), strict=True):
            values = {}
            for line in results.lines:
                by_data = values.setdefault(line.method, {})
                by_data[line.data] = read(line, metric)
            diagrams.plot_bars(values, label, f"{which} epoch", ax=ax)
    figure.suptitle(f"Test split, {results.selection}, {results.scale}")
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
    # The sets are small: a CPU takes them whole.
    SCALES | {"cpu": (flagfile("scale_cpu_text"),)},
)
