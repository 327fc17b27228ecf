"""Figure 9: how sure the models are."""

import numpy as np
from scipy import special

from experiments.studies import image_lines
from experiments.studies.machinery.lines import Study
from tfmixup import diagrams
from tfmixup.diagrams import canvas

__all__ = ["STUDY"]


def draw(results):
    """Winning scores of all seeds together, a panel for each data set."""
    data_sets = list(dict.fromkeys(line.data for line in results.lines))
    figure, axes = canvas.new_panels(1, len(data_sets), (5.0, 4.4))
    for ax, data in zip(axes.flat, data_sets, strict=True):
        scores = {}
        for line in results.lines:
            if line.data == data:
                runs = results.of(line)
                seeds = ", ".join(str(run.seed) for run in runs)
                name = f"{line.method}, seed {seeds}"
                scores[name] = np.concatenate(
                    [_confidence(results.predictions(run)[0]) for run in runs]
                )
        title = f"{data}, test split".replace("\n", ", ")
        diagrams.plot_winning_scores(scores, title, ax=ax)
    figure.suptitle(results.scale)
    return {"winning_scores": figure}


def _confidence(logits):
    return special.softmax(logits.astype(np.float64), axis=1).max(axis=1)


STUDY = Study(
    "Winning scores of baseline and mixup",
    lambda scale: image_lines.lines(
        image_lines.stand_in(scale, image_lines.PAIRS), ["baseline", "mixup"]
    ),
    draw,
)
