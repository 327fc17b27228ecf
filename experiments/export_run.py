"""Exports the best weights of a finished run as a SavedModel.

  python -m experiments.export_run --run_dir=RUN --saved_model=PATH \\
      --data_dir=DIR

The temperature is fitted on the run's validation logits. With
--protocol=paper these are the test split's, and the temperature stays 1.
`--data_dir` is that of the run: the pixel statistics inside the model are
computed from the training split. A model with dropout gets the signature
`mc_dropout`.

Exit status: 0 done; 1 wrong flags, data or run directory.
"""

import logging as std_logging
import os

from absl import app
from absl import flags
from absl import logging

from experiments import quiet
from experiments.command_line import Command
from experiments.run_directory import read_record
from experiments.run_directory import RunDirectoryError

COMMAND = Command("experiments.export_run")
fail = COMMAND.fail
FLAGS = flags.FLAGS
flags.DEFINE_string("run_dir", None, "Directory of a finished run.")
flags.DEFINE_string("saved_model", None, "Where the SavedModel goes.")
flags.DEFINE_string("data_dir", None, "Where the run's data are.")
flags.DEFINE_string("cache_dir", None, "As of experiments.run.")
flags.DEFINE_string("glove", None, "The vectors that the run started from.")
flags.DEFINE_float(
    "dropout_rate",
    None,
    "Rate in mc_dropout, instead of the one of the training.",
    0.0,
    1.0,
)


def main(argv):
    for name in ("run_dir", "saved_model"):
        if not FLAGS[name].value:
            fail(f"--{name} is required.")
    try:
        read_record(FLAGS.run_dir)
    except RunDirectoryError as error:
        fail(f"--run_dir={FLAGS.run_dir}: {error}")
    if os.path.exists(FLAGS.saved_model):
        fail(f"--saved_model={FLAGS.saved_model} exists already.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with quiet.native_notices():
        from experiments import exporting  # noqa: PLC0415  (TensorFlow)
        from experiments.training import find_devices  # noqa: PLC0415

        find_devices()
    if logging.get_verbosity() < logging.DEBUG:
        # TensorFlow logs every file that it writes, in two ways.
        logging.set_verbosity(logging.WARNING)
        std_logging.getLogger("tensorflow").setLevel(std_logging.WARNING)
    try:
        manifest = exporting.export_run(
            FLAGS.run_dir,
            FLAGS.saved_model,
            {
                "data_dir": FLAGS.data_dir,
                "cache_dir": FLAGS.cache_dir,
                "glove": FLAGS.glove,
            },
            FLAGS.dropout_rate,
        )
    except (RunDirectoryError, ValueError, OSError) as error:
        if logging.get_verbosity() >= logging.DEBUG:
            raise
        fail(error)
    print(f"{FLAGS.saved_model}: temperature {manifest['temperature']:.4f}")


if __name__ == "__main__":
    app.run(main, flags_parser=COMMAND.parse)
