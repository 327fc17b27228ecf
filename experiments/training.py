"""One run: data, model, training, evaluation, what is written of it."""

import datetime
import platform
import subprocess
import time

import keras
import numpy as np
import tensorflow as tf

import tfmixup
from tfmixup import datasets
from tfmixup import diagrams
from tfmixup import models
from tfmixup.backup import Backup
from tfmixup.backup import EpochSeeds
from tfmixup.callbacks import BestWeights
from tfmixup.callbacks import CalibrationLogger
from tfmixup.callbacks import StopOnDivergence
from tfmixup.callbacks import summarise
from tfmixup.files import new_file
from tfmixup.losses import EntropyRegularizedCrossentropy
from tfmixup.metrics import bins as bins_lib
from tfmixup.mixing import FeatureMixup
from tfmixup.mixing import Mixup
from tfmixup.predictions import predict_with_labels
from tfmixup.report import calibration_report
from tfmixup.schedules import StepSchedule

__all__ = ["find_devices", "run"]


def run(settings, directory, data_dir=None, verbose=2):
    """Executes a run, or finishes one that was interrupted.

    Args:
        settings: dict as of `run_flags.settings()`.
        directory: `RunDirectory`, locked and claimed by the caller.
        data_dir: str or None, where the data are.
        verbose: Keras' verbosity of `fit`.

    Returns:
        dict, the record.
    """
    start = time.monotonic()
    keras.utils.set_random_seed(settings["seed"])
    keras.config.set_dtype_policy(settings["precision"])
    splits = _open_splits(settings, data_dir)
    model = _compile(settings, splits["train"])

    # Everything below is a function of (seed, epoch, step): a run that goes
    # on from a backup sees the batches that the unbroken run would have seen.
    backup = Backup(directory / "backup")
    epoch = backup.restore(model)
    stream = _training_stream(settings, splits["train"], epoch)
    validation = datasets.evaluation_batches(splits["validation"], 256)
    test = datasets.evaluation_batches(splits["test"], 256)
    best = BestWeights(directory.path)
    last = {}
    if epoch > 0:
        print(f"Continues at epoch {epoch + 1} from {backup.directory}.")
        best.resume()
    model.fit(
        stream,
        epochs=settings["epochs"],
        initial_epoch=epoch,
        steps_per_epoch=_steps_per_epoch(settings, splits["train"]),
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


def _open_splits(settings, data_dir):
    paper = settings["protocol"] == "paper"
    names = {
        "train": "train+validation" if paper else "train",
        "validation": "test" if paper else "validation",
        "test": "test",
    }
    splits = {}
    for role, name in names.items():
        splits[role] = datasets.open_examples(
            settings["dataset"],
            name,
            data_dir,
            limit=settings[f"{role}_examples"],
        )
    return splits


def _compile(settings, train):
    mean, std = datasets.channel_statistics(train)
    arguments = {}
    if settings["dropout"]:
        arguments["dropout"] = settings["dropout"]
    model = models.BUILDERS[settings["model"]](
        train.num_classes,
        train.image_shape,
        width=settings["width"],
        weight_decay=settings["weight_decay"],
        mean=mean,
        std=std,
        **arguments,
    )
    schedule = StepSchedule(
        settings["learning_rate"],
        steps_per_epoch=_steps_per_epoch(settings, train),
        epochs=settings["epochs"],
        factor=settings["decay_factor"],
    )
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True),
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


def _training_stream(settings, train, epoch):
    first_step = epoch * _steps_per_epoch(settings, train)
    augment = None
    if settings["augment"]:
        augment = datasets.augmentation(settings["dataset"], train.image_shape)
    stream = datasets.training_stream(
        train,
        settings["batch_size"],
        settings["seed"],
        augment=augment,
        first_step=first_step,
    )
    cls = FeatureMixup if settings["method"] == "feature_mixup" else Mixup
    # Without mixing, the same stage with alpha 0 casts and encodes.
    stage = cls(
        settings["alpha"] or 0.0,
        train.num_classes,
        per_example=settings["per_example"],
        seed=settings["seed"],
    )
    return stage.stream(stream, first_step).prefetch(tf.data.AUTOTUNE)


def _steps_per_epoch(settings, train):
    return datasets.steps_per_epoch(train, settings["batch_size"])


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
