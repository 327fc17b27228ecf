"""Asks classifiers about examples that are not like their training data.

  python -m experiments.evaluate_ood --in_data=cifar10 --data_dir=DIR \\
      --saved_model=baseline=PATH --saved_model=mixup=PATH \\
      --out=tiny_imagenet=FOLDER --out=gaussian --output_dir=OUT

Takes any SavedModel whose `serving_default` has one input and gives logits or
probabilities; those of `tfmixup.export` also carry a temperature and Monte
Carlo dropout. A SavedModel is a program: give only those that you trust.

For every model: as it is, with temperature scaling, and averaged over passes
with dropout where it has the signature for it. For every score: AUROC, average
precision and the false positive rate at 95 % recall, with the positive class
in the name of the column. Writes detection.csv, in_distribution.csv,
report.md, winning_scores.png and .svg, and with --hull the curves of leaving
the convex hull.

Exit status: 0 done; 1 wrong flags, data or models.
"""

import os
import pathlib

from absl import app
from absl import flags
from absl import logging

from experiments import quiet
from experiments.command_line import Command

COMMAND = Command("experiments.evaluate_ood")
fail = COMMAND.fail
FLAGS = flags.FLAGS
flags.DEFINE_multi_string(
    "saved_model", None, "NAME=PATH of a SavedModel; give one flag for each."
)
flags.DEFINE_string(
    "in_data",
    None,
    "In-distribution data set by name (a folder of class folders: any name), "
    "or a .npz file with test_features, test_labels and, to fit temperatures, "
    "validation_features and validation_labels, and, for noise like the "
    "training data, train_features and train_labels.",
)
flags.DEFINE_string("data_dir", None, "Where the in-distribution data are.")
flags.DEFINE_multi_string(
    "out",
    None,
    "Out-of-distribution data: gaussian, uniform, a data set's name, or "
    "NAME=PATH of a folder of class folders named by wnid (those that "
    "--in_data has too are left out) or of a .npz file with features.",
)
flags.DEFINE_multi_string(
    "exclude",
    [],
    "NAME=CLASS,CLASS: the class folders of --out=NAME=PATH to leave out, "
    "instead of the list of overlapping wnids; NAME= for none.",
)
flags.DEFINE_string("output_dir", None, "Where the results go.")
flags.DEFINE_integer("limit", None, "At most so many examples a set.", 1)
flags.DEFINE_integer("batch_size", 256, "Examples at a time.", 1)
flags.DEFINE_integer("seed", 0, "Of noise, choices of examples, and masks.")
flags.DEFINE_integer("passes", 10, "Passes with dropout; 0 for none.", 0)
flags.DEFINE_string(
    "temperature",
    "auto",
    "manifest (as exported), fit (on the validation split), none, a number, or "
    "auto: manifest, and fit where there is none.",
)
flags.DEFINE_enum(
    "outputs",
    "auto",
    ["auto", "logits", "probabilities"],
    "What the models give.",
)
flags.DEFINE_integer("num_bins", 15, "Bins of the calibration error.", 1)
flags.DEFINE_list(
    "hull", [], "Distances mu (pixels) at which to leave the convex hull."
)
flags.DEFINE_integer("hull_directions", 3, "Random directions an image.", 1)


def settings():
    """The flags as values, or the end of the program."""
    for name in ("saved_model", "in_data", "out", "output_dir"):
        if not FLAGS[name].value:
            fail(f"--{name} is required.")
    models = {}
    for text in FLAGS.saved_model:
        name, equals, path = text.partition("=")
        if not (name and equals and path) or name in models:
            fail(f"--saved_model must be NAME=PATH, each name once: {text!r}.")
        if not pathlib.Path(path).is_dir():
            fail(f"--saved_model={text}: there is no directory {path}.")
        models[name] = path
    try:
        distances = sorted({float(mu) for mu in FLAGS.hull})
        if distances and not 0 <= distances[0] <= distances[-1] < float("inf"):
            raise ValueError
    except ValueError:
        fail(f"--hull must be distances >= 0: {','.join(FLAGS.hull)!r}.")
    temperature = FLAGS.temperature
    if temperature not in ("auto", "manifest", "fit", "none"):
        try:
            temperature = float(temperature)
            if not 0 < temperature < float("inf"):
                raise ValueError
        except ValueError:
            fail(
                "--temperature must be auto, manifest, fit, none or a positive "
                f"number: {FLAGS.temperature!r}."
            )
    return models, temperature, distances


def excluded():
    """--exclude as a dict from a name to a list of class folders."""
    found = {}
    for text in FLAGS.exclude:
        name, equals, classes = text.partition("=")
        if not (name and equals) or name in found:
            fail(
                f"--exclude must be NAME=CLASS,CLASS, each name once: {text!r}."
            )
        found[name] = [each for each in classes.split(",") if each]
    return found


def main(argv):
    models, temperature, distances = settings()
    exclude = excluded()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # TensorFlow is imported only now, so that wrong flags answer at once.
    with quiet.native_notices():
        from experiments.ood import evaluation  # noqa: PLC0415
        from experiments.training import find_devices  # noqa: PLC0415

        find_devices()
    try:
        report = evaluation.evaluate(
            models,
            FLAGS.in_data,
            FLAGS.out,
            pathlib.Path(FLAGS.output_dir),
            data_dir=FLAGS.data_dir,
            limit=FLAGS.limit,
            batch_size=FLAGS.batch_size,
            seed=FLAGS.seed,
            passes=FLAGS.passes,
            temperature=temperature,
            outputs=FLAGS.outputs,
            num_bins=FLAGS.num_bins,
            distances=distances,
            directions=FLAGS.hull_directions,
            exclude=exclude,
        )
    except (ValueError, OSError) as error:
        if logging.get_verbosity() >= logging.DEBUG:
            raise
        fail(error)
    print(report)
    print(f"Tables and pictures: {FLAGS.output_dir}")


if __name__ == "__main__":
    app.run(main, flags_parser=COMMAND.parse)
