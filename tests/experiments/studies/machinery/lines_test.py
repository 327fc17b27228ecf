"""Tests of experiments.studies.machinery.lines."""

from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import plan

LINES = (
    Line("Digits", "baseline", ("--dataset=digits", "--width=2")),
    Line("Digits", "erl", ("--dataset=digits", "--method=erl", "--kappa=1")),
)


def test_all_lines_of_a_seed_come_before_the_next_seed():
    runs = plan(LINES, [0, 1], ("--epochs=3",), "runs", {})
    assert [(run.line.method, run.seed) for run in runs] == [
        ("baseline", 0),
        ("erl", 0),
        ("baseline", 1),
        ("erl", 1),
    ]
    assert [run.settings.seed for run in runs] == [0, 0, 1, 1]
    assert len({run.directory for run in runs}) == 4


def test_the_scale_wins_over_the_line():
    (run,) = plan(LINES[:1], [0], ("--epochs=3", "--width=4"), "runs", {})
    assert run.settings.width == 4 and run.settings.epochs == 3


def test_data_lie_where_they_are_said_to_lie_and_change_no_setting():
    (plain,) = plan(LINES[:1], [0], (), "runs", {})
    (told,) = plan(LINES[:1], [0], (), "runs", {"digits": "/x", "mnist": "/y"})
    assert "--data_dir=/x" in told.arguments
    assert not any("/y" in argument for argument in told.arguments)
    assert told.settings == plain.settings
    assert told.directory == plain.directory


def test_the_name_of_a_line_is_one_line():
    assert Line("A\nB", "mixup", ()).name == "A, B: mixup"
