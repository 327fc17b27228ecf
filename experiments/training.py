"""One run: data, model, training, evaluation, what is written of it."""

import datetime
import platform
import subprocess
import time

import keras
import numpy as np
import tensorflow as tf

import tfmixup
from experiments import images
from experiments.run_checks import TEXT_DATASETS
from tfmixup import datasets
from tfmixup import diagrams
from tfmixup.backup import Backup
from tfmixup.backup import EpochSeeds
from tfmixup.callbacks import BestWeights
from tfmixup.callbacks import CalibrationLogger
from tfmixup.callbacks import StopOnDivergence
from tfmixup.callbacks import summarise
from tfmixup.files import new_file
from tfmixup.losses import EntropyRegularizedCrossentropy
from tfmixup.metrics import bins as bins_lib
from tfmixup.predictions import predict_with_labels
from tfmixup.report import calibration_report

__all__ = ["compile_model", "find_devices", "run", "task_of"]


def run(settings, directory, where, verbose=2):
    """Executes a run, or finishes one that was interrupted.

    Args:
        settings: dict as of `run_settings.settings()`.
        directory: `RunDirectory`, locked and claimed by the caller.
        where: dict from "data_dir" and "glove" to a path or None.
        verbose: Keras' verbosity of `fit`.

    Returns:
        dict, the record.
    """
    start = time.monotonic()
    keras.utils.set_random_seed(settings["seed"])
    keras.config.set_dtype_policy(settings["precision"])
    # What is different for images and for sentences.
    task = task_of(settings)
    splits = task.open_splits(settings, where)
    model = compile_model(task, settings, splits["train"], where)

    # Everything below is a function of (seed, epoch, step): a run that goes
    # on from a backup sees the batches that the unbroken run would have seen.
    backup = Backup(directory / "backup")
    epoch = backup.restore(model)
    steps = datasets.steps_per_epoch(splits["train"], settings["batch_size"])
    stream = task.training_stream(settings, splits["train"], epoch * steps)
    validation = task.evaluation_batches(splits["validation"])
    test = task.evaluation_batches(splits["test"])
    best = BestWeights(directory.path)
    last = {}
    if epoch > 0:
        print(f"Continues at epoch {epoch + 1} from {backup.directory}.")
        best.resume()
    model.fit(
        stream,
        epochs=settings["epochs"],
        initial_epoch=epoch,
        steps_per_epoch=steps,
        verbose=verbose,
        shuffle=False,  # The stream is shuffled.
        callbacks=[
            StopOnDivergence(),
            EpochSeeds(settings["seed"]),
            CalibrationLogger(
                validation,
                directory.path,
                settings["num_bins"],
                from_logits=True,
                diagram_every=max(1, settings["epochs"] // 10),
            ),
            # Before the best weights come back.
            keras.callbacks.LambdaCallback(
                on_train_end=lambda _: last.update(
                    _evaluate(model, test, settings)[0]
                )
            ),
            best,
            keras.callbacks.TensorBoard(
                directory / "tensorboard", write_graph=False
            ),
            backup,
        ],
    )

    record = {
        "finished": datetime.datetime.now().astimezone().isoformat(),
        "settings": settings,
        "best_epoch": best.best_epoch,
        "parameters": model.count_params(),
        "classes": list(splits["train"].class_names),
        "examples": {name: len(split) for name, split in splits.items()},
        "metrics": {},
        "bins": {},
        "last_epoch": last,
    }
    for name, batches in (("validation", validation), ("test", test)):
        metrics, bins, logits, labels = _evaluate(model, batches, settings)
        with new_file(directory / f"{name}.npz") as temporary:
            np.savez_compressed(temporary, logits=logits, labels=labels)
        record["metrics"][name] = metrics
        record["bins"][name] = {
            field: np.asarray(value).tolist()
            for field, value in bins._asdict().items()
        }
    title = f"{directory.path.name}: test"
    figure = diagrams.plot_reliability(bins, title)
    diagrams.save(figure, directory / "reliability.png")
    _write_report(calibration_report(logits, labels), directory, title)
    record["seconds"] = round(time.monotonic() - start, 1)
    record["versions"] = _versions()
    directory.write_record(record)
    return record


def task_of(settings):
    """What is different for images and for sentences: a module of functions.

    Args:
        settings: dict as of `run_settings.settings()`.

    Returns:
        A module with `open_splits`, `build_model`, `optimizer`,
        `training_stream` and `evaluation_batches`.
    """
    if settings["dataset"] in TEXT_DATASETS:
        from experiments import texts  # noqa: PLC0415

        return texts
    return images


def find_devices():
    """Makes TensorFlow look for its devices, with the notices of that."""
    return tf.config.list_logical_devices()


def _write_report(report, directory, title):
    """The scores of the test split beside what chance would make them."""
    with new_file(directory / "report.csv") as temporary:
        report.table.to_csv(temporary)
    with new_file(directory / "report.md") as temporary:
        temporary.write_text(report.to_markdown() + "\n")
    diagrams.save(report.figure(title), directory / "report.png")


def _evaluate(model, batches, settings):
    logits, labels = predict_with_labels(model, batches)
    bins = bins_lib.bins_of(labels, logits, settings["num_bins"], True)
    return summarise(bins, labels, logits, True), bins, logits, labels


def compile_model(task, settings, train, where):
    """The model of a run, ready to `fit`.

    Args:
        task: as of `task_of`.
        settings: dict as of `run_settings.settings()`.
        train: the training examples.
        where: dict as of `run_settings.where()`.

    Returns:
        Compiled `keras.Model` that gives logits.
    """
    model = task.build_model(settings, train, where)
    model.compile(
        task.optimizer(settings, train),
        _loss(settings),
        # The loss includes the weight penalty; this one does not. Under
        # mixup, accuracy is against the larger part of the mixed label.
        metrics=[
            keras.metrics.CategoricalCrossentropy(name="nll", from_logits=True),
            keras.metrics.CategoricalAccuracy(name="accuracy"),
        ],
        jit_compile={"auto": "auto", "true": True, "false": False}[
            settings["jit_compile"]
        ],
    )
    return model


def _loss(settings):
    if settings["method"] == "erl":
        return EntropyRegularizedCrossentropy(
            settings["kappa"], from_logits=True
        )
    smoothing = 0.0
    if settings["method"] == "label_smoothing":
        smoothing = settings["epsilon"]
    return keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )


def _versions():
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    return {
        "tfmixup": tfmixup.__version__,
        "commit": commit or None,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, "
        f"{len(tf.config.list_physical_devices('GPU'))} GPU",
    }
