"""One run: data, model, training, evaluation, what is written of it."""

import datetime
import hashlib
import platform
import time

import keras
import numpy as np
import tensorflow as tf

import tfmixup
from experiments import run_identity
from experiments import run_report
from experiments import run_settings
from experiments.progress import Progress
from experiments.run_checks import IMAGENET
from experiments.run_checks import TEXT_MODELS
from experiments.run_directory import RunDirectoryError
from experiments.tasks import images
from tfmixup import datasets
from tfmixup import diagrams
from tfmixup.backup import Backup
from tfmixup.backup import EpochSeeds
from tfmixup.backup import fit
from tfmixup.callbacks import AdaptiveAlpha
from tfmixup.callbacks import BestWeights
from tfmixup.callbacks import CalibrationLogger
from tfmixup.callbacks import StopAtValue
from tfmixup.callbacks import StopOnDivergence
from tfmixup.datasets.splits import stratified_order
from tfmixup.distribution import average_moving_statistics
from tfmixup.distribution import check_agreement
from tfmixup.distribution import distribute_stream
from tfmixup.distribution import gather
from tfmixup.distribution import get_strategy
from tfmixup.distribution import wait_for_all
from tfmixup.distribution import worker_of
from tfmixup.export.manifest import checkout_commit
from tfmixup.files import new_file
from tfmixup.losses import EntropyRegularizedCrossentropy
from tfmixup.metrics import bins as bins_lib
from tfmixup.predictions import predict_with_labels
from tfmixup.report import calibration_report
from tfmixup.report import headline_scores

__all__ = [
    "check_same_weights",
    "compile_model",
    "find_devices",
    "finished",
    "run",
    "task_of",
]


def run(settings, directory, where, strategy=None, backup_every=None):
    """Executes a run, or finishes one that was interrupted.

    Args:
        settings: `RunSettings`.
        directory: `RunDirectory`, locked and claimed by the chief.
        where: dict from "data_dir" and "glove" to a path or None.
        strategy: `tf.distribute.Strategy` of the settings; None for one
            device.
        backup_every: int, steps from one backup to the next within an epoch;
            None for a backup after each epoch only.

    Returns:
        dict, the record.
    """
    start = time.monotonic()
    keras.utils.set_random_seed(settings.seed)
    keras.config.set_dtype_policy(settings.precision)
    if settings.precision == "float64":
        # Keras computes losses and metrics in this one.
        keras.config.set_floatx("float64")
    strategy = strategy or get_strategy("none")
    worker = worker_of(strategy)
    # What is different for images and for sentences.
    task = task_of(settings)
    splits = task.open_splits(settings, where)
    data = run_identity.identity_of(splits, where)
    written = settings.written()
    check_agreement(strategy, {"settings": written, "data": data})
    _check_directory(directory, written, data, strategy)
    if finished(directory, strategy):
        if worker.is_chief:
            print(f"Already complete: {directory.record_path}")
        return directory.read_record()
    if settings.adaptive_alpha:
        splits |= _halves(splits["validation"])
    stage = task.make_stage(settings, splits["train"])
    with strategy.scope():
        model = compile_model(task, settings, splits["train"], where)

    # Everything below is a function of (seed, epoch, step): a run that goes
    # on from a backup sees the batches that the unbroken run would have seen.
    def make_stream(first_step):
        return distribute_stream(
            strategy,
            lambda *shard: task.training_stream(
                settings, splits["train"], first_step, shard, stage
            ),
        )

    steps = datasets.steps_per_epoch(splits["train"], settings.batch_size)
    validation = task.evaluation_batches(splits["validation"], worker)
    test = task.evaluation_batches(splits["test"], worker)
    best = BestWeights(directory.path)
    last = {}
    progress = Progress()

    def at_end_of_training(_):
        check_same_weights(model)
        last.update(_evaluate(model, test, settings)[0])

    callbacks = [
        StopOnDivergence(),
        EpochSeeds(settings.seed),
        # Before anything is evaluated.
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda *_: average_moving_statistics(model)
        ),
        *_adaptation(settings, stage, splits, task, worker),
        CalibrationLogger(
            validation,
            directory.path,
            settings.num_bins,
            from_logits=True,
            diagram_every=max(1, settings.epochs // 10),
            top_k=_top_k(settings),
        ),
        *([progress] if worker.is_chief else []),
        # Before the best weights come back.
        keras.callbacks.LambdaCallback(on_train_end=at_end_of_training),
        best,
    ]
    if settings.stop_at_top5 is not None:
        callbacks.append(StopAtValue("val_top5", settings.stop_at_top5))
    # Vectors are what their file holds, whatever it is called.
    common = {**written, "glove": data.get("vectors"), "(data)": data}
    backups = Backup(directory / "backup", backup_every, common)
    if backups.exist():
        print(f"Goes on from the last backup in {backups.directory}.")
    if directory.writes:
        directory.claim(written, data)
    try:
        fit(
            model,
            make_stream,
            backups,
            epochs=settings.epochs,
            steps_per_epoch=steps,
            callbacks=callbacks,
            pass_per_epoch=settings.adaptive_alpha,
            verbose=0,
        )
    finally:
        progress.close()

    record = {
        "finished": datetime.datetime.now().astimezone().isoformat(),
        "settings": written,
        "best_epoch": best.best_epoch,
        "parameters": model.count_params(),
        "classes": list(splits["train"].class_names),
        "examples": {name: len(split) for name, split in splits.items()},
        "data": data,
        "vectors": task.coverage(splits["train"], where),
        "metrics": {},
        "bins": {},
        "last_epoch": last,
    }
    for name, batches in (("validation", validation), ("test", test)):
        metrics, bins, logits, labels = _evaluate(model, batches, settings)
        record["metrics"][name] = metrics
        record["bins"][name] = {
            field: np.asarray(value).tolist()
            for field, value in bins._asdict().items()
        }
        if not worker.is_chief:
            continue
        with new_file(directory / f"{name}.npz") as temporary:
            np.savez_compressed(temporary, logits=logits, labels=labels)
    record["seconds"] = round(time.monotonic() - start, 1)
    record["versions"] = _versions()
    if worker.is_chief:
        _write(record, settings, directory, bins, logits, labels)
    # Nobody leaves the cluster before the record is there.
    wait_for_all(strategy)
    return record


def _halves(validation):
    """Validation examples: those that steer alpha, and those that judge."""
    order = stratified_order(validation.labels)
    middle = len(order) // 2
    return {
        "adaptation": validation.subset(np.sort(order[:middle])),
        "validation": validation.subset(np.sort(order[middle:])),
    }


def _adaptation(settings, stage, splits, task, worker):
    """The callback that adapts alpha, as a list; empty if none does."""
    if not settings.adaptive_alpha:
        return []
    steering = task.evaluation_batches(splits["adaptation"], worker)
    return [AdaptiveAlpha(stage, steering, from_logits=True)]


def _write(record, settings, directory, bins, logits, labels):
    """The pictures and the report of the test split, and the record."""
    title = f"{run_report.title(settings)}\ntest split"
    figure = diagrams.plot_reliability(bins, title)
    diagrams.save(figure, directory / "reliability.png")
    report = calibration_report(
        labels,
        logits,
        list(dict.fromkeys((settings.num_bins, 15, 100))),
        from_logits=True,
    )
    with new_file(directory / "report.csv") as temporary:
        report.table.to_csv(temporary)
    with new_file(directory / "report.md") as temporary:
        page = run_report.page(record, report)
        temporary.write_text(f"{page}\n", encoding="utf-8")
    diagrams.save(report.figure(title), directory / "report.png")
    directory.write_record(record)


def _check_directory(directory, settings, data, strategy):
    """The chief makes sure that the directory is this run's, for all."""
    error = None
    if directory.writes:
        try:
            directory.check(settings, data, run_settings.DEFAULTS)
        except RunDirectoryError as refusal:
            error = refusal
    refused = gather(strategy, np.array([error is not None], np.int32))
    if refused.any():
        raise error or RunDirectoryError(
            "the first worker refuses the directory: see what it says."
        )


def check_same_weights(model):
    """Makes sure that all workers trained the same weights, bit for bit.

    Args:
        model: trained `keras.Model`.

    Raises:
        WorkersDisagree: a worker has others.
    """
    worker = worker_of(model.distribute_strategy)
    if worker.count == 1:
        return
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(weight.numpy().tobytes())
    digest = digest.hexdigest()
    print(f"Worker {worker.index} has the weights {digest}.", flush=True)
    check_agreement(model.distribute_strategy, {"weights": digest})


def finished(directory, strategy):
    """Whether the chief finds the run finished; for all workers to call."""
    here = np.array([directory.finished()], np.int32)
    return bool(gather(strategy, here)[0])


def task_of(settings):
    """What is different for images and for sentences: a module of functions.

    Args:
        settings: `RunSettings`.

    Returns:
        A module with `open_splits`, `build_model`, `coverage`, `optimizer`,
        `training_stream` and `evaluation_batches`.
    """
    if settings.model in TEXT_MODELS:
        from experiments.tasks import texts  # noqa: PLC0415

        return texts
    return images


def find_devices():
    """Makes TensorFlow look for its devices and print its notices now."""
    return tf.config.list_logical_devices()


def _evaluate(model, batches, settings):
    logits, labels, _ = predict_with_labels(model, batches)
    scored = labels, logits, settings.num_bins, True
    bins = bins_lib.bins_of(*scored)
    measured = headline_scores(*scored, top_k=_top_k(settings))
    return measured, bins, logits, labels


def _top_k(settings):
    """The k of the top-k accuracy that a run logs; None for none."""
    wanted = settings.stop_at_top5 is not None
    return 5 if wanted or settings.dataset == IMAGENET else None


def compile_model(task, settings, train, where):
    """The model of a run, ready to `fit`.

    Args:
        task: as of `task_of`.
        settings: `RunSettings`.
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
            settings.jit_compile
        ],
    )
    return model


def _loss(settings):
    if settings.method == "erl":
        return EntropyRegularizedCrossentropy(settings.kappa, from_logits=True)
    smoothing = 0.0
    if settings.method == "label_smoothing":
        smoothing = settings.epsilon
    return keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )


def _versions():
    return {
        "tfmixup": tfmixup.__version__,
        "commit": checkout_commit(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, "
        f"{len(tf.config.list_physical_devices('GPU'))} GPU",
    }
