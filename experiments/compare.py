"""Puts finished runs side by side: one table, one picture.

  python -m experiments.compare RUN RUN ... [--output_dir=OUT]

RUN is the directory of a finished run. Runs that differ in nothing but their
seed are one row, with the interval over seeds; the first RUN is what the
others are compared with, seed by seed, on the same test examples. Runs whose
test examples differ are refused. Writes comparison.md, comparison.csv and
comparison.png and .svg.

Exit status: 0 done; 1 wrong flags or runs.
"""

import pathlib

from absl import app
from absl import flags

from experiments.command_line import Command

COMMAND = Command("experiments.compare", positional=True)
fail = COMMAND.fail
FLAGS = flags.FLAGS
flags.DEFINE_string("output_dir", "runs/comparison", "Where the results go.")
flags.DEFINE_integer("num_bins", 15, "Bins of ECE and OE.", 1)


def main(argv):
    if len(argv) < 3:
        fail(
            "give the directories of two or more runs. Received: "
            f"{' '.join(argv[1:]) or 'none'}."
        )
    from experiments.comparison import comparing  # noqa: PLC0415  (pandas, matplotlib)
    from experiments.run_directory import RunDirectoryError  # noqa: PLC0415

    try:
        comparison = comparing.compare(argv[1:], FLAGS.num_bins)
        folder = pathlib.Path(FLAGS.output_dir).expanduser()
        files = comparison.write(folder)
    except (RunDirectoryError, ValueError, OSError) as error:
        fail(error)
    print(comparison.to_markdown())
    print("\nWritten:\n" + "\n".join(f"  {file}" for file in files))


if __name__ == "__main__":
    app.run(main, flags_parser=COMMAND.parse)
