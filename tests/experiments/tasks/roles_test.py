"""Tests of experiments.tasks.roles."""

from experiments.run_flags import RunSettings
from experiments.tasks.roles import roles


def test_validation_is_held_out_of_training_or_is_the_test_split():
    honest = {role.name: role.split for role in roles(RunSettings())}
    assert honest == {name: name for name in ("train", "validation", "test")}
    paper = roles(RunSettings(protocol="paper"))
    assert [role.split for role in paper] == [
        "train+validation",
        "test",
        "test",
    ]


def test_each_role_has_its_own_limit():
    settings = RunSettings(train_examples=3, test_examples=5)
    assert [role.limit for role in roles(settings)] == [3, None, 5]
