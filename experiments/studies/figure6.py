"""Figure 6: mixing the features alone is not enough."""

from experiments.studies import bars
from experiments.studies import image_lines
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Study
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]

_METHODS = ["baseline", "feature mixup", "mixup"]
_MEASURES = {
    "ece": "ECE, 15 bins (fraction)",
    "oe": "OE, 15 bins (fraction)",
    "accuracy": "Accuracy (fraction)",
}


def draw(results):
    """ECE, OE and accuracy of the three methods."""
    figure, axes = canvas.new_panels(1, 3, image_lines.bar_panel(results.lines))
    bars.plot_measures(axes.flat, results, _MEASURES)
    bars.caption(figure, results)
    return {"bars": figure}


STUDY = Study(
    "Only features mixed against full mixup",
    lambda scale: image_lines.lines(
        image_lines.stand_in(scale, image_lines.PAIRS), _METHODS
    ),
    draw,
    (
        Claim(
            "ECE: mixup below feature mixup", "ece", "mixup", "feature mixup"
        ),
        Claim("OE: mixup below feature mixup", "oe", "mixup", "feature mixup"),
    ),
)
