"""Trains and evaluates one classifier.

  python -m experiments.run --flagfile=experiments/flags/digits/mixup.flags

Flags after a flagfile win over its lines; `experiments/flags/smoke.flags` as
the last one shrinks any run to seconds. A flagfile's path is relative to the
current directory. An interrupted run goes on where it was when the same
command is given again; a finished one is left alone.

Exit status: 0 done; 1 wrong flags, data or directory; 2 the loss diverged; 75
another worker was lost, or did not come: start again; 130 interrupted.
"""

import contextlib
import dataclasses
import os
import signal
import sys
import traceback

from absl import app
from absl import flags
from absl import logging

from experiments import disk
from experiments import quiet
from experiments import run_flags
from experiments import run_settings
from experiments.command_line import Command
from experiments.run_directory import read_record
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError
from tfmixup.files import new_file

COMMAND = Command("experiments.run")
fail = COMMAND.fail
FLAGS = flags.FLAGS
run_flags.define(FLAGS)
flags.adopt_module_key_flags(run_flags)


def interrupted(*_):
    """Ends the program on SIGINT, wherever it is: files are whole or not there.

    A KeyboardInterrupt could be lost in a destructor or a callback.
    """
    message = "interrupted; the same command goes on from the last epoch."
    print(f"\nexperiments.run: {message}", file=sys.stderr, flush=True)
    os._exit(130)


def main(argv):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    settings = run_settings.settings()
    with leaving_at_once(settings.strategy == "multi_worker"):
        strategy = None
        if settings.strategy != "none":
            strategy, settings = open_strategy(settings)
        path = f"{FLAGS.runs_root}/{run_settings.run_name(settings)}"
        path = FLAGS.run_dir or path
        try:
            directory = RunDirectory(path, is_chief(strategy))
            with directory.locked():
                execute(directory, settings, strategy)
        except RunDirectoryError as error:
            fail(error)
        except OSError as error:
            if logging.get_verbosity() >= logging.DEBUG:
                raise
            fail(disk.describe(error))


@contextlib.contextmanager
def leaving_at_once(several):
    """With several workers, ends the process with the block.

    An orderly exit of one worker waits for the others, and can hang.
    """
    if not several:
        yield
        return
    status = 0
    try:
        yield
    except SystemExit as ending:
        status = ending.code
    except Exception:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def open_strategy(settings):
    """The strategy of a run on several devices, and the settings with it."""
    with quiet.native_notices():
        from tfmixup import distribution  # noqa: PLC0415  (TensorFlow)
    try:
        strategy = distribution.get_strategy(
            settings.strategy, start_deadline=FLAGS.start_deadline
        )
    except distribution.ClusterError as error:
        fail(error)
    replicas = strategy.num_replicas_in_sync
    if settings.mixing_groups not in (None, replicas):
        fail(
            f"--mixing_groups={settings.mixing_groups} does not go with "
            f"{replicas} replicas: each mixes its own part of a batch. Leave "
            "it out."
        )
    if settings.batch_size % replicas:
        fail(
            f"--batch_size={settings.batch_size} cannot be shared by "
            f"{replicas} replicas. Choose a multiple."
        )
    return strategy, dataclasses.replace(settings, mixing_groups=replicas)


def is_chief(strategy):
    """Whether this process is the one that writes."""
    if strategy is None:
        return True
    from tfmixup import distribution  # noqa: PLC0415

    return distribution.worker_of(strategy).is_chief


def execute(directory, settings, strategy):
    """Runs what the flags say in a directory that is this process's own."""
    if directory.writes:
        directory.check(settings.written(), defaults=run_settings.DEFAULTS)
        complete = directory.finished()
        if complete:
            read_record(directory.path, "all")
            directory.restore_settings()
        elif directory.record_path.exists():
            print(f"{directory.record_path} is damaged: it is made again.")
        if not complete:
            with new_file(directory / "flags.txt") as temporary:
                temporary.write_text(
                    FLAGS.flags_into_string(), encoding="utf-8"
                )
    # TensorFlow is imported only now, so that wrong flags answer at once.
    with quiet.native_notices():
        import tensorflow as tf  # noqa: PLC0415

        from experiments import training  # noqa: PLC0415
        from tfmixup import callbacks  # noqa: PLC0415
        from tfmixup import datasets  # noqa: PLC0415
        from tfmixup import distribution  # noqa: PLC0415

        training.find_devices()

    lost = (
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
        tf.errors.UnavailableError,
    )
    try:
        training.run(
            settings,
            directory,
            run_settings.where(),
            strategy,
            FLAGS.backup_every,
        )
    except callbacks.TrainingDiverged as error:
        fail(error, 2)
    except lost as error:
        # A worker may be gone already when another learns that all are done.
        if not directory.finished():
            worker_lost(error, distribution.worker_of(strategy), directory)
    except distribution.WorkersDisagree as error:
        fail(error)
    except (datasets.DatasetNotAvailable, ValueError) as error:
        if logging.get_verbosity() >= logging.DEBUG:
            raise
        fail(error)
    if directory.writes and not complete:
        print_summary(directory.read_record(), directory)


def worker_lost(error, worker, directory):
    """Ends this worker after another one; TensorFlow cannot go on."""
    reason = (error.message or "").strip().split("\n")[0]
    print(
        f"experiments.run: worker {worker.index} of {worker.count} lost "
        f"another one ({reason}). Start all of them again with the same "
        f"command: it goes on from the last backup in {directory / 'backup'}.",
        file=sys.stderr,
        flush=True,
    )
    # An orderly exit would wait for the others.
    os._exit(75)


def print_summary(record, directory):
    """Prints the metrics of a record and where the rest lies."""
    from experiments import run_report  # noqa: PLC0415

    names = list(record["metrics"]["test"])
    print("\n" + " " * 12 + "".join(f"{name:>10}" for name in names))
    for split, metrics in record["metrics"].items():
        values = "".join(f"{metrics[name]:>10.4f}" for name in names)
        print(f"{split:<12}{values}")
    if record["settings"]["protocol"] == "paper":
        print("protocol=paper: the best epoch was chosen on the test split.")
    print()
    page = (directory / "report.md").read_text(encoding="utf-8")
    print(run_report.on_terminal(page) + "\n")
    print(f"Best epoch {record['best_epoch'] + 1}, {record['seconds']} s.")
    print(f"Record and pictures: {directory.path}")
    print(f"Curves: tensorboard --logdir {directory.path}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, interrupted)
    app.run(main, flags_parser=COMMAND.parse)
