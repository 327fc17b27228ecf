"""Trains and evaluates one classifier.

  python -m experiments.run --flagfile=experiments/digits_mixup.flags

Flags after a flagfile win over its lines; `--flagfile=experiments/smoke.flags`
as the last one shrinks any run to seconds. A flagfile's path is relative to
the current directory. An interrupted run goes on where it was when the same
command is given again; a finished one is left alone.

Exit status: 0 done; 1 wrong flags, data or directory; 2 the loss diverged;
130 interrupted.
"""

import os
import signal
import sys

from absl import app
from absl import flags
from absl import logging

from experiments import quiet
from experiments import run_flags
from experiments import run_settings
from experiments.run_directory import RunDirectory
from experiments.run_directory import RunDirectoryError

FLAGS = flags.FLAGS
run_flags.define(FLAGS)
flags.adopt_module_key_flags(run_flags)


def parse(argv):
    """Parses the command line; a mistake is one line and exit status 1."""
    try:
        return FLAGS(argv, known_only=False)
    except flags.Error as error:
        hint = ""
        if "flagfile" in str(error).lower():
            hint = f"\nPaths are relative to {os.getcwd()}."
        fail(f"{str(error).removeprefix('ERROR:: ')}{hint}")


def fail(message, status=1):
    """Ends the program with a message, without a traceback."""
    print(f"experiments.run: {message}", file=sys.stderr)
    sys.exit(status)


def interrupted(*_):
    """Ends the program on SIGINT, wherever it is: files are whole or not there.

    A KeyboardInterrupt could be lost in a destructor or a callback.
    """
    message = "interrupted; the same command goes on from the last epoch."
    print(f"\nexperiments.run: {message}", file=sys.stderr, flush=True)
    os._exit(130)


def main(argv):
    if len(argv) > 1:
        fail(
            f"flags start with --. Received: {' '.join(argv[1:])!r} "
            "(in a flagfile, comments start with #)."
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        settings = run_settings.settings()
        default = f"{FLAGS.runs_root}/{run_settings.run_name(settings)}"
        directory = RunDirectory(FLAGS.run_dir or default)
        with directory.locked():
            execute(directory, settings)
    except RunDirectoryError as error:
        fail(error)


def execute(directory, settings):
    """Runs what the flags say in a directory that is this process's own."""
    directory.claim(settings)
    if directory.finished():
        print(f"Already complete: {directory.record_path}")
        return
    (directory / "flags.txt").write_text(FLAGS.flags_into_string())
    # TensorFlow is imported only now, so that wrong flags answer at once.
    with quiet.native_notices():
        from experiments import training  # noqa: PLC0415  (TensorFlow)
        from tfmixup import callbacks  # noqa: PLC0415
        from tfmixup import datasets  # noqa: PLC0415

        training.find_devices()

    try:
        record = training.run(settings, directory, run_settings.where())
    except callbacks.TrainingDiverged as error:
        fail(error, 2)
    except (datasets.DatasetNotAvailable, ValueError, OSError) as error:
        if logging.get_verbosity() >= logging.DEBUG:
            raise
        fail(error)
    print_summary(record, directory)


def print_summary(record, directory):
    """Prints the metrics of a record and where the rest lies."""
    names = list(record["metrics"]["test"])
    print("\n" + " " * 12 + "".join(f"{name:>10}" for name in names))
    for split, metrics in record["metrics"].items():
        values = "".join(f"{metrics[name]:>10.4f}" for name in names)
        print(f"{split:<12}{values}")
    if record["settings"]["protocol"] == "paper":
        print("protocol=paper: the best epoch was chosen on the test split.")
    print("\nThe test split beside what chance alone would make of it:\n")
    print((directory / "report.md").read_text())
    print(f"Best epoch {record['best_epoch'] + 1}, {record['seconds']} s.")
    print(f"Record and pictures: {directory.path}")
    print(f"Curves: tensorboard --logdir {directory.path}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, interrupted)
    app.run(main, flags_parser=parse)
