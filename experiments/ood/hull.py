"""What models say as images leave the convex hull of the training data."""

import numpy as np

from experiments.ood.scores import Answers
from experiments.ood.scores import confidence
from experiments.ood.scores import score
from tfmixup import diagrams
from tfmixup.datasets import leave_convex_hull
from tfmixup.diagrams import canvas

__all__ = ["COLUMNS", "draw_hull", "hull_curves"]

COLUMNS = {
    "accuracy": "Accuracy (fraction)",
    "confidence": "Mean winning score",
    "entropy": "Mean entropy of the prediction (nats)",
}


def hull_curves(model, source, distances, temperatures, *, seeds, batch_size):
    """Accuracy, confidence and entropy at several distances.

    Args:
        model: `ServedModel`.
        source: `Source` of images, with labels.
        distances: floats, mu: Euclidean distances in pixels of the image.
        temperatures: dict from the name of a line to its temperature (1.0 for
            the model as it is).
        seeds: ints, of the directions: one value a seed in the result.
        batch_size: int.

    Returns:
        dict from the name of a line to a dict from each of `COLUMNS` to
        {mu: list of values, one for each seed}.
    """
    curves = {name: {column: {} for column in COLUMNS} for name in temperatures}
    for mu in distances:
        for seed in seeds:

            def moved(seed=seed, mu=mu):
                first = 0
                for images in source.batches(batch_size):
                    yield leave_convex_hull(images, mu, seed, first).numpy()
                    first += len(images)

            predictions = model.predict(moved())
            right = predictions.argmax(axis=1) == source.labels
            for name, temperature in temperatures.items():
                answers = Answers(predictions, model.from_logits, temperature)
                values = {
                    "accuracy": right.mean(),
                    "confidence": confidence(answers).mean(),
                    "entropy": -score(answers, "entropy").mean(),
                }
                for column, value in values.items():
                    curves[name][column].setdefault(float(mu), []).append(
                        float(value)
                    )
    return curves


def draw_hull(curves, title=None):
    """Figure 10: three panels against the distance, a line for each name.

    Args:
        curves: dict as of `hull_curves`, of one or more models.
        title: str; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Reference:
        Thulasidasan et al., 2019, figure 10, https://arxiv.org/abs/1905.11001
    """
    names = list(curves)
    # No more lines in a panel than can be told apart.
    most = len(canvas.COLOURS)
    groups = [names[i : i + most] for i in range(0, len(names), most)]
    figure, axes = canvas.new_panels(len(groups), len(COLUMNS), (5.0, 4.8))
    for row, group in zip(axes, groups, strict=True):
        for ax, (column, label) in zip(row, COLUMNS.items(), strict=True):
            values = {
                name: {
                    mu: np.asarray(each)
                    for mu, each in curves[name][column].items()
                }
                for name in group
            }
            diagrams.plot_sweep(
                values,
                "Distance mu from the image (pixel units)",
                label,
                ax=ax,
                repeats="direction",
            )
            _scale(ax, sorted(curves[group[0]][column]))
            ax.set_ylim(0, None if column == "entropy" else 1.03)
    if title is not None:
        figure.suptitle(title)
    return figure


def _scale(ax, distances):
    """A logarithmic axis that has room for 0, if the distances want one."""
    positive = [mu for mu in distances if mu > 0]
    if positive and positive[-1] > 30 * positive[0]:
        ax.set_xscale("symlog", linthresh=positive[0], linscale=0.5)
        ax.set_xlim(left=(-0.3 if distances[0] == 0 else 0.7) * positive[0])
