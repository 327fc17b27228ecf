"""Makes a figure or a table of the paper: its runs, pictures and numbers.

  python -m experiments.study --figure=5
  python -m experiments.study --figure=2 --scale=cpu --seeds=0,1,2 --jobs=2
  python -m experiments.study --table=2 --data=cifar10=FOLDER --dry_run

Runs that are finished are not made again, and interrupted ones go on: give
the same command again after any interruption. A study that shares runs with
another one finds them.

Exit status: 0 done; 1 wrong flags, data or a failed run; 130 interrupted.
"""

import os
import pathlib
import shlex
import sys
import time

from absl import app
from absl import flags

from experiments import quiet
from experiments.studies.lines import plan
from experiments.studies.scales import describe
from experiments.studies.scales import SCALES

FLAGS = flags.FLAGS
flags.DEFINE_string("figure", None, "Number of the paper's figure.")
flags.DEFINE_string("table", None, "Number of the paper's table.")
flags.DEFINE_enum(
    "scale",
    "full",
    list(SCALES),
    "full: as in the paper. cpu: what two cores can train in hours. "
    "cpu_short: in minutes, far from over-fitting. smoke: to see that "
    "everything works; the numbers mean nothing.",
)
flags.DEFINE_enum(
    "protocol",
    "honest",
    ["honest", "paper"],
    "Where the best epoch is chosen: on a validation split, or on the test "
    "split, as the paper reports.",
)
flags.DEFINE_list("seeds", ["0"], "Seeds, separated by commas.")
flags.DEFINE_multi_string(
    "data",
    [],
    "NAME=FOLDER, where the data set NAME lies (or glove=FILE); repeatable.",
)
flags.DEFINE_string("runs_root", "runs", "Parent of the folders of runs.")
flags.DEFINE_string(
    "results", "runs/results", "Parent of the folder of pictures and tables."
)
flags.DEFINE_integer("jobs", 1, "Runs at a time.", lower_bound=1)
flags.DEFINE_boolean("dry_run", False, "Print the plan and its cost; stop.")


def fail(message, status=1):
    """Ends the program with a message, without a traceback."""
    print(f"experiments.study: {message}", file=sys.stderr)
    sys.exit(status)


def parse(argv):
    """Parses the command line; a mistake is one line and exit status 1."""
    try:
        return FLAGS(argv)
    except flags.Error as error:
        return fail(str(error).removeprefix("ERROR:: "))


def chosen_name():
    """The study that --figure or --table names."""
    if (FLAGS.figure is None) == (FLAGS.table is None):
        fail("give either --figure or --table, such as --figure=2.")
    if FLAGS.figure is not None:
        return f"figure{FLAGS.figure}"
    return f"table{FLAGS.table}"


def seeds():
    """--seeds as a list of different int."""
    try:
        found = [int(seed) for seed in FLAGS.seeds]
    except ValueError:
        found = []
    if not found or len(set(found)) < len(found) or min(found) < 0:
        fail(
            "--seeds must be different whole numbers, such as 0,1,2. "
            f"Received: {','.join(FLAGS.seeds)!r}."
        )
    return found


def data_folders():
    """--data as a dict from name to an absolute path."""
    found = {}
    for entry in FLAGS.data:
        name, separator, folder = entry.partition("=")
        if not separator:
            fail(f"--data must be NAME=FOLDER. Received: {entry!r}.")
        path = pathlib.Path(folder).expanduser().resolve()
        if not path.exists():
            fail(f"--data={entry}: {path} does not exist.")
        found[name] = path
    return found


def main(argv):
    """Plans, runs and reports one study."""
    if len(argv) > 1:
        fail(f"flags start with --. Received: {' '.join(argv[1:])!r}.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    name = chosen_name()
    numbers, folders = seeds(), data_folders()
    with quiet.native_notices():
        from experiments.studies import catalog  # noqa: PLC0415
        from experiments.studies import dry_run  # noqa: PLC0415
        from experiments.studies import report  # noqa: PLC0415
        from experiments.studies import runner  # noqa: PLC0415
        from experiments.studies.results import Results  # noqa: PLC0415

    if name not in catalog.STUDIES:
        fail(f"no study {name}. There are: {', '.join(catalog.STUDIES)}.")
    study = catalog.STUDIES[name]
    try:
        study.check_data(FLAGS.scale, folders)
    except ValueError as error:
        fail(f"{name}: {error}")
    arguments = (*study.scales[FLAGS.scale], f"--protocol={FLAGS.protocol}")
    runs_root = pathlib.Path(FLAGS.runs_root, FLAGS.scale)
    runs = plan(
        study.lines(FLAGS.scale), numbers, arguments, runs_root, folders
    )
    from experiments.run_directory import RunDirectoryError  # noqa: PLC0415

    try:
        if FLAGS.dry_run:
            print(dry_run.describe(runs, FLAGS.jobs))
            return
        runner.make(runs, FLAGS.jobs)
    except (runner.RunsFailed, RunDirectoryError) as error:
        fail(error)
    words = "no training"
    if runs:
        words = describe(FLAGS.scale, [run.settings for run in runs])
    folder = pathlib.Path(FLAGS.results, FLAGS.scale)
    if FLAGS.protocol == "paper":
        folder /= "protocol_paper"
    results = Results(runs, words, folders)
    files = report.write(
        study,
        name,
        results,
        folder,
        is_full=FLAGS.scale == "full",
        paper_lines=study.lines("full"),
        how=how(results),
    )
    print("\n" + (folder / f"{name}.md").read_text(encoding="utf-8"))
    print("Written:\n" + "\n".join(f"  {file}" for file in files))


def how(results):
    """How the study was made, for its page."""
    command = shlex.join(["python", "-m", "experiments.study", *sys.argv[1:]])
    lines = [
        f"Made by `{command}`, {results.scale}.",
        f"Date: {time.strftime('%F')}.",
    ]
    if results.runs:
        lines.append(f"Test split, {results.selection}.")
        runs = {run.directory: run for run in results.runs}.values()
        records = [results.record(run) for run in runs]
        hours = sum(record["seconds"] for record in records) / 3600
        machines = sorted({r["versions"]["machine"] for r in records})
        lines.append(
            f"{len(records)} runs of {hours:.2f} hours in all (each on one "
            f"process; machine: {'; '.join(machines)})."
        )
    return lines


if __name__ == "__main__":
    try:
        app.run(main, flags_parser=parse)
    except KeyboardInterrupt:
        fail("interrupted; the same command goes on.", 130)
