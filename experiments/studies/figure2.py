"""Figure 2: calibration of all methods, data sets and strengths."""

from experiments.studies import bars
from experiments.studies import image_lines
from experiments.studies.machinery.claims import Claim
from experiments.studies.machinery.lines import Study
from tfmixup import diagrams
from tfmixup.diagrams import canvas
from tfmixup.metrics import merge

__all__ = ["STUDY"]

_SCATTER = ["STL-10\nVGG-16", "CIFAR-100\nVGG-16"]
_METHODS = ["baseline", "mixup", "label smoothing", "ERL"]
_MEASURES = {
    "accuracy": "Accuracy (fraction)",
    "ece": "ECE, 15 bins (fraction)",
    "oe": "OE, 15 bins (fraction)",
}


def find_lines(scale):
    """Bars and sweep: the latter on the pairs of the scatter plots."""
    pairs = image_lines.stand_in(scale, image_lines.PAIRS)
    swept = image_lines.stand_in(scale, _SCATTER)
    return image_lines.lines(pairs, _METHODS) + image_lines.sweep_lines(swept)


def draw(results):
    """Scatter plots (a-d), bars (e-g) and sweeps over alpha (h-j)."""
    figures = {}
    for data in dict.fromkeys(line.data for line in results.lines):
        if any(line.data == data and _alpha(line) for line in results.lines):
            name = data.lower().replace("\n", "_")
            figures[f"scatter_{name}"] = _scatter(results, data)
    if any(line.method in _METHODS for line in results.lines):
        figures["bars"] = _bars(results)
    if any(_alpha(line) for line in results.lines):
        figures["sweep"] = _sweep(results)
    return figures


def _scatter(results, data):
    """Bins of all seeds together, baseline and mixup."""
    bins_by_name = {}
    for line in results.lines:
        if line.data == data and line.method in ("baseline", "mixup"):
            bins = [results.bins(run) for run in results.of(line)]
            name = f"{line.method}, seed {_seeds(results.of(line))}"
            bins_by_name[name] = merge(*bins)
    title = f"{data}, test split, {results.scale}".replace("\n", ", ")
    return diagrams.plot_calibration_scatter(bins_by_name, _wrap(title))


def _bars(results):
    """Accuracy, ECE and OE of the methods side by side."""
    lines = [line for line in results.lines if line.method in _METHODS]
    size = image_lines.bar_panel(results.lines)
    figure, axes = canvas.new_panels(1, 3, size)
    bars.plot_measures(axes.flat, results, _MEASURES, lines=lines)
    bars.caption(figure, results)
    return figure


def _sweep(results):
    """Accuracy, ECE and OE against alpha side by side."""
    figure, axes = canvas.new_panels(1, 3, (5.2, 4.6))
    for ax, (metric, label) in zip(axes.flat, _MEASURES.items(), strict=True):
        diagrams.plot_sweep(
            _by_alpha(results, metric), "alpha of mixup", label, ax=ax
        )
    bars.caption(figure, results)
    return figure


def _by_alpha(results, metric):
    values = {}
    swept = {line.data for line in results.lines if _alpha(line)}
    for line in results.lines:
        alpha = 0.0 if line.method == "baseline" else _alpha(line)
        if line.data in swept and alpha is not None:
            data = line.data.replace("\n", ", ")
            values.setdefault(data, {})[alpha] = results.values(line, metric)
    return values


def _alpha(line):
    """Alpha of a line of the sweep; None of another."""
    name, _, alpha = line.method.partition("alpha ")
    return float(alpha) if name == "mixup, " else None


def _seeds(runs):
    return ", ".join(str(run.seed) for run in runs)


def _wrap(title):
    head, _, tail = title.partition(": ")
    return f"{head}:\n{tail}" if tail else head


STUDY = Study(
    "Calibration by method, data set and alpha",
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
        Claim("ECE: ERL below the baseline", "ece", "ERL", "baseline"),
        Claim(
            "ECE: mixup below label smoothing",
            "ece",
            "mixup",
            "label smoothing",
        ),
        Claim("ECE: mixup below ERL", "ece", "mixup", "ERL"),
        Claim(
            "ECE: alpha 0.3 below alpha 1",
            "ece",
            "mixup, alpha 0.3",
            "mixup, alpha 1",
        ),
        Claim(
            "OE: alpha 1 below alpha 0.1",
            "oe",
            "mixup, alpha 1",
            "mixup, alpha 0.1",
        ),
    ),
)
