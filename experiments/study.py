"""Makes a figure or a table of the paper: its runs, pictures and numbers.

  python -m experiments.study --figure=5
  python -m experiments.study --figure=2 --scale=cpu --seeds=0,1,2 --jobs=2
  python -m experiments.study --table=2 --data=cifar10=FOLDER --dry_run

Runs that are finished are not made again, and interrupted ones go on: give
the same command again after any interruption. A study that shares runs with
another one finds them.

All data are looked at before the first run. Runs whose data are missing, and
runs that fail, leave the others alone: the page is made of what is there and
says what is not.

Exit status: 0 done; 1 wrong flags, data or a missing run; 130 interrupted.
"""

import os
import pathlib
import shlex
import sys

from absl import app
from absl import flags

from experiments import quiet
from experiments.command_line import Command
from experiments.run_directory import RunDirectoryError
from experiments.studies.machinery.lines import plan
from experiments.studies.machinery.scales import describe
from experiments.studies.machinery.scales import SCALES

COMMAND = Command("experiments.study")
fail = COMMAND.fail
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
flags.DEFINE_list(
    "only",
    [],
    "Only the runs with one of these words in data or method, such as "
    "--only=TREC,label smoothing.",
)
flags.DEFINE_string("runs_root", "runs", "Parent of the folders of runs.")
flags.DEFINE_string(
    "results", "runs/results", "Parent of the folder of pictures and tables."
)
flags.DEFINE_integer("jobs", 1, "Runs at a time.", lower_bound=1)
flags.DEFINE_boolean("dry_run", False, "Print the plan and its cost; stop.")


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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    name = chosen_name()
    numbers, folders = seeds(), data_folders()
    with quiet.native_notices():
        from experiments.studies import catalog  # noqa: PLC0415
        from experiments.studies.machinery import dry_run  # noqa: PLC0415
        from experiments.studies.machinery import preparation  # noqa: PLC0415

    if name not in catalog.STUDIES:
        fail(f"no study {name}. There are: {', '.join(catalog.STUDIES)}.")
    study = catalog.STUDIES[name]
    known = preparation.data_names(study, FLAGS.scale)
    for other in folders.keys() - set(known):
        fail(
            f"--data={other}=...: no run of {name} at --scale={FLAGS.scale} "
            f"reads that. These are read: {', '.join(known) or 'none'}."
        )
    lines = study.lines(FLAGS.scale)
    try:
        study.check_data(FLAGS.scale, folders)
        chosen = preparation.choose(lines, FLAGS.only)
    except ValueError as error:
        fail(f"{name}: {error}")
    arguments = (*study.scales[FLAGS.scale], f"--protocol={FLAGS.protocol}")
    runs_root = pathlib.Path(FLAGS.runs_root, FLAGS.scale)
    runs = plan(chosen, numbers, arguments, runs_root, folders)
    try:
        if FLAGS.dry_run:
            print(dry_run.describe(runs, FLAGS.jobs))
            return
        results, problems = make(runs, folders)
    except RunDirectoryError as error:
        fail(error)
    if runs and not results.runs:
        fail(f"{name}: no run can be shown.\n{listed(problems)}")
    left_out = [line.name for line in lines if line not in chosen]
    missing = dict.fromkeys(left_out, "Left out by --only.")
    missing |= {
        f"{run.line.name}, seed {run.seed}": problems[run.directory]
        for run in runs
        if run.directory in problems
    }
    show(study, name, results, missing)
    if problems:
        fail(
            f"{len(problems)} of {len({run.directory for run in runs})} runs "
            f"are missing:\n{listed(problems)}"
        )


def make(runs, folders):
    """Makes what can be made.

    Args:
        runs: list of `PlannedRun`.
        folders: dict as of `data_folders`.

    Returns:
        (results, problems): `Results` of all runs that are finished and
        sound, and dict from the directory of each other one to what is wrong.
    """
    from experiments.studies.machinery import preparation  # noqa: PLC0415
    from experiments.studies.machinery import runner  # noqa: PLC0415
    from experiments.studies.machinery.results import Results  # noqa: PLC0415
    from experiments.studies.machinery.results import sound  # noqa: PLC0415

    usable, problems = preparation.check(runs)
    problems |= runner.make(usable, FLAGS.jobs)
    finished = [run for run in usable if run.directory not in problems]
    found, damaged = sound(finished)
    words = "no training"
    if runs:
        words = describe(FLAGS.scale, [run.settings for run in runs])
    return Results(found, words, folders), {**problems, **damaged}


def show(study, name, results, missing):
    """Writes and prints the page of a study, with its pictures and tables."""
    from experiments.studies.machinery import report  # noqa: PLC0415

    folder = pathlib.Path(FLAGS.results, FLAGS.scale)
    if FLAGS.protocol == "paper":
        folder /= "protocol_paper"
    command = shlex.join(["python", "-m", "experiments.study", *sys.argv[1:]])
    files = report.write(
        study,
        name,
        results,
        folder,
        is_full=FLAGS.scale == "full",
        paper_lines=study.lines("full"),
        how=report.how(command, results),
        missing=missing,
    )
    print("\n" + (folder / f"{name}.md").read_text(encoding="utf-8"))
    print("Written:\n" + "\n".join(f"  {file}" for file in files))


def listed(problems):
    """A line for each problem, and more where it has more."""
    return "\n".join(f"  {what}: {why}" for what, why in problems.items())


if __name__ == "__main__":
    try:
        app.run(main, flags_parser=COMMAND.parse)
    except KeyboardInterrupt:
        fail("interrupted; the same command goes on.", 130)
