"""Table 1 and Figure 8: telling images of other kinds by their confidence."""

import numpy as np
import pandas as pd

from experiments.studies import any_temperature
from experiments.studies import detection
from experiments.studies.machinery.claims import verdict_of
from experiments.studies.machinery.lines import Study
from experiments.studies.machinery.paper import printed
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.diagrams import summarize_seeds
from tfmixup.uncertainty import detection_metrics

__all__ = ["FIGURE8", "STUDY"]

_OUT = ("unseen classes", "Gaussian noise")
_PRINTED = {
    "baseline": ("baseline", None),
    "mixup": ("mixup", "alpha=0.4"),
    "temperature scaling": ("temperature scaling", None),
    "MC dropout": ("MC dropout", "p=0.3;passes=10"),
}
_SOURCES = {
    "unseen classes": "STL-10 vs ImageNet (unseen classes)",
    "Gaussian noise": "STL-10 vs Gaussian noise",
}

_NOTE = """\
AUPR depends on how many images there are of each kind; AUROC and FPR95 do not.
The paper prints an AUROC of 0.562 and 0.542 for temperature scaling, where its
baseline has 0.806 and 0.733. Dividing all logits by one number changes the
order of the winning scores only through the logits below the second highest:
`Under any temperature` has the exact AUROC of the baseline's own logits from
the limit 0 to the limit of infinity, which is how far a temperature can move
it at all."""


def tabulate(results):
    """AUROC, AUPR and FPR95 of every detector on every set.

    `paper's order` is the verdict on what the paper finds: that mixup detects
    better than the baseline, the others worse. The second table has what a
    temperature can make of the baseline at all.
    """
    return {
        "Detection": detection_table(detection.scores(results)),
        "Under any temperature": any_temperature.table(
            detection.predictions(results)["baseline"], _OUT
        ),
    }


def detection_table(scores):
    """The table of winning scores, whoever made them.

    Args:
        scores: as of `detection.scores`.

    Returns:
        `pandas.DataFrame`, a row for each detector and set.
    """
    rows = []
    for detector, by_seed in scores.items():
        for out in _OUT:
            measured = _measure(by_seed, out)
            auroc = summarize_seeds([each.auroc for each in measured])
            base = _measure(scores["baseline"], out)
            method, setting = _PRINTED[detector]
            row = {
                "detector": detector,
                "out of distribution": out,
                "seeds": len(measured),
                "images in": measured[0].num_in,
                "images out": measured[0].num_out,
                "AUROC": float(auroc.mean),
                "low": float(auroc.low),
                "high": float(auroc.high),
                "paper, on STL-10": printed(
                    "Table 1", _SOURCES[out], "VGG-16", method, setting
                )["auroc"],
            }
            for name, field in (
                ("AUPR, in positive", "aupr_in"),
                ("AUPR, out positive", "aupr_out"),
                ("FPR95, in positive", "fpr95_in"),
                ("FPR95, out positive", "fpr95_out"),
            ):
                row[name] = float(
                    np.mean([getattr(each, field) for each in measured])
                )
            # The same seeds: their differences are paired.
            difference = summarize_seeds(
                [
                    ours.auroc - theirs.auroc
                    for ours, theirs in zip(measured, base, strict=True)
                ]
            )
            row["less baseline"] = float(difference.mean)
            half = float(difference.high - difference.mean)
            row["less baseline, half"] = half
            row["paper's order"] = _order(detector, difference)
            rows.append(row)
    return pd.DataFrame(rows)


def _order(detector, difference):
    """Whether the seeds order a detector and the baseline as the paper does.

    Its mixup is above its baseline, the other two are below it.
    """
    if detector == "baseline":
        return ""
    if detector == "mixup":
        difference = difference._replace(
            mean=-difference.mean, low=-difference.high, high=-difference.low
        )
    return verdict_of(difference)


def _measure(by_seed, out):
    return [detection_metrics(each["in"], each[out]) for each in by_seed]


def draw(results):
    """AUROC as bars."""
    values = {
        detector: {
            out: [each.auroc for each in _measure(by_seed, out)] for out in _OUT
        }
        for detector, by_seed in detection.scores(results).items()
    }
    figure, axes = canvas.new_panels(1, 1, (6.4, 4.8))
    ax = axes[0, 0]
    data = results.lines[0].data.replace("\n", ", ")
    diagrams.plot_bars(
        values,
        "AUROC of the winning score (fraction)",
        f"{data}: its test split against other images",
        ax=ax,
    )
    ax.axhline(0.5, color="grey", linewidth=0.8, linestyle=":")
    # An interval of two seeds can leave what is possible.
    ax.set_ylim(0, 1)
    figure.suptitle(results.scale)
    return {"auroc": figure}


def draw_winning_scores(results):
    """Figure 8: winning scores of all seeds, a panel for each set."""
    scores = detection.scores(results)
    sets = ("in", *_OUT)
    seeds = len(scores["baseline"])
    figure, axes = canvas.new_panels(1, len(sets), (5.0, 4.8))
    for ax, name in zip(axes.flat, sets, strict=True):
        confidence = {
            detector: np.exp(np.concatenate([each[name] for each in by_seed]))
            for detector, by_seed in scores.items()
        }
        data = results.lines[0].data.partition("\n")[0]
        title = f"in: test split of {data}" if name == "in" else f"out: {name}"
        size = len(confidence["baseline"]) // seeds
        title += f"\n{size:,} images, seeds: {seeds}"
        diagrams.plot_winning_scores(confidence, title, ax=ax)
    data = results.lines[0].data.replace("\n", ", ")
    figure.suptitle(f"{data}, {results.scale}")
    return {"winning_scores": figure}


STUDY = Study(
    "Out-of-category detection by the winning score",
    detection.find_lines,
    draw,
    scales=detection.SCALES_OF_DETECTION,
    tabulate=tabulate,
    check_data=detection.check_data,
    needs=("unseen",),
    whole=True,
    note=_NOTE,
)
FIGURE8 = Study(
    "Winning scores in and out of distribution",
    detection.find_lines,
    draw_winning_scores,
    scales=detection.SCALES_OF_DETECTION,
    check_data=detection.check_data,
    needs=("unseen",),
    whole=True,
)
