"""One evaluation: every model asked about every data set."""

import json

import numpy as np
import pandas as pd

from experiments.ood.data import open_inside
from experiments.ood.data import open_outside
from experiments.ood.hull import draw_hull
from experiments.ood.hull import hull_curves
from experiments.ood.model import ServedModel
from experiments.ood.scores import Answers
from experiments.ood.scores import confidence
from experiments.ood.scores import detection_table
from experiments.ood.scores import in_table
from tfmixup import datasets
from tfmixup import diagrams
from tfmixup.calibrators import TemperatureScaling
from tfmixup.diagrams import canvas
from tfmixup.files import new_file
from tfmixup.report.tables import to_markdown

__all__ = ["draw_winning_scores", "evaluate"]

_EXPLAINED = """\
AUROC is the chance that an in-distribution example has the higher score, equal
scores counted half. aupr_in and fpr95_in call in-distribution examples
positive, aupr_out and fpr95_out the others. All scores are computed from the
predictions in float64 without a grid of thresholds; those of a model that
gives probabilities only are as rounded as these.
"""


def evaluate(
    models,
    in_data,
    out,
    output_dir,
    *,
    data_dir=None,
    limit=None,
    batch_size=256,
    seed=0,
    passes=10,
    temperature="auto",
    outputs="auto",
    num_bins=15,
    distances=(),
    directions=3,
    exclude=(),
):
    """Runs the evaluation and writes its tables and pictures.

    Args:
        models: dict from name to the path of a SavedModel.
        in_data: see `open_inside`.
        out: list of str, see `open_outside`.
        output_dir: path; made if it does not exist.
        data_dir: path of the in-distribution data, or None.
        limit: int, at most so many examples a set; None for all.
        batch_size: int.
        seed: int.
        passes: int, with dropout; 0 for none.
        temperature: "auto", "manifest", "fit", "none" or a float.
        outputs: see `ServedModel`.
        num_bins: int.
        distances: floats, of leaving the convex hull; () for none.
        directions: int, random directions for each image.
        exclude: dict from the name of a folder of `out` to a list of the class
            folders to leave out, () for the package's list everywhere.

    Returns:
        str, the report in Markdown.

    Raises:
        ValueError: if a model or a data set cannot be opened or do not fit.
    """
    exclude = dict(exclude)
    unknown = set(exclude) - {text.partition("=")[0] for text in out}
    if unknown:
        raise ValueError(
            f"--exclude names {sorted(unknown)[0]!r}, and no --out does."
        )
    served = [ServedModel(*each, outputs) for each in models.items()]
    shape = _common_shape(served)
    size = shape[1:3] if len(shape) == 4 and None not in shape[1:3] else None
    inside = open_inside(in_data, "test", data_dir, size, limit)
    moments, span = None, None
    if {"gaussian", "uniform"} & set(out):
        moments, span = _training_pixels(in_data, data_dir, size)
    sources = [
        open_outside(
            text,
            inside,
            in_data,
            moments,
            span,
            limit=limit,
            seed=seed,
            exclude=exclude.get(text.partition("=")[0]),
        )
        for text in out
    ]
    if len({source.name for source in sources}) < len(sources):
        raise ValueError(f"Every --out needs a name of its own: {out}.")
    answers, temperatures = {}, {}
    for model in served:
        by_source = _ask(model, [inside, *sources], batch_size, passes, seed)
        found, how = _temperature(
            model, temperature, in_data, data_dir, size, batch_size
        )
        if found is not None:
            for by_method in by_source:
                plain = by_method[model.name]
                scaled = Answers(plain.predictions, plain.from_logits, found)
                by_method[f"{model.name} + temperature"] = scaled
        temperatures[model.name] = (found, how)
        for source, by_method in zip(
            [inside, *sources], by_source, strict=True
        ):
            answers.setdefault(source.name, {}).update(by_method)
    inner = answers.pop(inside.name)
    tables = {
        "in_distribution": in_table(inner, inside.labels, answers, num_bins),
        "detection": detection_table(inner, answers),
    }
    report = _report(tables, inside, sources, temperatures, passes)
    _write(output_dir, tables, report)
    figure = draw_winning_scores(
        {
            f"in: {inside.name}": inner,
            **{f"out: {name}": said for name, said in answers.items()},
        },
        inside.name,
    )
    diagrams.save(figure, output_dir / "winning_scores")
    if distances:
        curves = {}
        for model in served:
            lines = {model.name: 1.0}
            found = temperatures[model.name][0]
            if found is not None:
                lines[f"{model.name} + temperature"] = found
            curves |= hull_curves(
                model,
                inside,
                distances,
                lines,
                seeds=range(seed, seed + directions),
                batch_size=batch_size,
            )
        with new_file(output_dir / "hull.json") as part:
            part.write_text(json.dumps(curves) + "\n", encoding="utf-8")
        title = f"{inside.name}: leaving the convex hull"
        diagrams.save(draw_hull(curves, title), output_dir / "hull")
    return report


def draw_winning_scores(answers, in_name, num_bins=25):
    """Figure 8: a panel for each data set, a line for each method.

    Args:
        answers: dict from data set to a dict from method to `Answers`.
        in_name: str, the in-distribution data set, for the title.
        num_bins: int.

    Returns:
        `matplotlib.figure.Figure`.

    Reference:
        Thulasidasan et al., 2019, figure 8, https://arxiv.org/abs/1905.11001
    """
    methods = list(next(iter(answers.values())))
    # No more lines in a panel than can be told apart.
    most = len(canvas.COLOURS)
    groups = [methods[i : i + most] for i in range(0, len(methods), most)]
    figure, axes = canvas.new_panels(len(groups), len(answers), (5.0, 4.6))
    for row, group in zip(axes, groups, strict=True):
        for ax, (data, by_method) in zip(row, answers.items(), strict=True):
            scores = {name: confidence(by_method[name]) for name in group}
            diagrams.plot_winning_scores(scores, data, ax, num_bins)
    figure.suptitle(f"Winning scores of models trained on {in_name}")
    return figure


def _ask(model, sources, batch_size, passes, seed):
    """A list of {method: Answers}, one for each source."""
    found = []
    for source in sources:
        predictions = model.predict(source.batches(batch_size))
        by_method = {model.name: Answers(predictions, model.from_logits)}
        if passes and model.has_dropout:
            averaged = model.average_passes(
                source.batches(batch_size), passes, seed
            )
            name = f"{model.name} + MC dropout"
            by_method[name] = Answers(averaged, False)
        found.append(by_method)
    return found


def _temperature(model, asked, in_data, data_dir, size, batch_size):
    """(temperature or None, where it is from)."""
    if asked == "none":
        return None, "none asked for"
    if not model.from_logits:
        return None, "none: it gives probabilities"
    if not isinstance(asked, str):
        return asked, "given"
    if asked in ("auto", "manifest") and model.manifest is not None:
        return model.manifest["temperature"], "of the manifest"
    if asked == "manifest":
        return None, "none: it has no manifest"
    held_out = open_inside(in_data, "validation", data_dir, size, None)
    predictions = model.predict(held_out.batches(batch_size))
    fitted = TemperatureScaling().fit(predictions, held_out.labels)
    return fitted.temperature, f"fitted on {held_out.note}"


def _common_shape(served):
    shapes = {model.input_shape for model in served}
    if len(shapes) > 1:
        each = {model.name: model.input_shape for model in served}
        raise ValueError(
            f"The models must take inputs of one shape. Received: {each}."
        )
    return shapes.pop()


def _training_pixels(in_data, data_dir, size):
    """((mean, std), (lowest, highest)) of the training pixels."""
    if str(in_data).endswith(".npz"):
        train = open_inside(in_data, "train", None, None, None)
        batches = train.batches(4096)
        pixels = np.concatenate([np.asarray(b, np.float64) for b in batches])
        axes = tuple(range(pixels.ndim - 1))
        moments = pixels.mean(axis=axes), pixels.std(axis=axes)
        return moments, (float(pixels.min()), float(pixels.max()))
    train = datasets.open_examples(in_data, "train", data_dir, size)
    return tuple(datasets.channel_statistics(train)), (0.0, 255.0)


def _report(tables, inside, sources, temperatures, passes):
    lines = [f"# Out-of-distribution evaluation: {inside.name}", ""]
    lines += [
        f"- {source.name}: {source.note}" for source in [inside, *sources]
    ]
    for name, (temperature, how) in temperatures.items():
        value = "" if temperature is None else f" {temperature:.4f}"
        lines.append(f"- temperature of {name}:{value} ({how})")
    if passes:
        lines.append(
            f"- MC dropout: probabilities averaged over {passes} passes, for "
            "models with that signature"
        )
    lines += ["", "In distribution, and mean winning scores of all sets:", ""]
    lines += [_markdown(tables["in_distribution"]), ""]
    detection = tables["detection"]
    for data in dict.fromkeys(detection["out"]):
        chosen = detection[detection["out"] == data].drop(columns="out")
        lines += [f"Against {data}:", "", _markdown(chosen), ""]
    return "\n".join(lines) + "\n" + _EXPLAINED


def _markdown(table):
    return to_markdown(table.set_index(table.columns[0]))


def _write(output_dir, tables, report):
    for name, table in tables.items():
        with new_file(output_dir / f"{name}.csv") as part:
            pd.DataFrame(table).to_csv(part, index=False)
    with new_file(output_dir / "report.md") as part:
        part.write_text(report, encoding="utf-8")
