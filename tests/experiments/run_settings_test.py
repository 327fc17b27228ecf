"""Tests of experiments.run_settings."""

import dataclasses
import json

import pytest
from absl import flags

from experiments import run_settings
from experiments.run_flags import RunSettings

BASE = ["--dataset=fashion_mnist", "--model=resnet18"]


def test_flagfiles_and_arguments_are_read_as_the_program_reads_them():
    found = run_settings.parse(
        ["--flagfile=experiments/flags/digits/mixup.flags", "--seed=4"]
    )
    assert found.method == "mixup" and found.seed == 4
    assert found.dataset == "digits"
    written = found.written()
    assert "runs_root" not in written and "data_dir" not in written


def test_what_the_program_refuses_is_refused():
    with pytest.raises(flags.Error, match="needs --alpha"):
        run_settings.parse(["--method=mixup"])
    with pytest.raises(flags.Error, match="nonsense"):
        run_settings.parse(["--nonsense=1"])


def test_the_name_tells_apart_what_a_study_varies():
    variants = [
        [],
        ["--width=16"],
        ["--train_examples=100"],
        ["--epochs=3"],
        ["--method=mixup", "--alpha=0.3"],
        ["--method=mixup", "--alpha=0.3", "--adaptive_alpha"],
        ["--method=mixup", "--alpha=0.4"],
        ["--method=feature_mixup", "--alpha=0.3"],
        ["--method=label_smoothing", "--epsilon=0.1"],
        ["--protocol=paper"],
        ["--seed=1"],
    ]
    names = [
        run_settings.run_name(run_settings.parse(BASE + more))
        for more in variants
    ]
    assert len(set(names)) == len(names)
    assert names[0] == "fashion_mnist_resnet18_e200_baseline_seed0"


def test_vectors_are_the_same_wherever_they_lie():
    text = ["--dataset=mr", "--model=sentence_cnn"]
    first = run_settings.parse([*text, "--glove=/a/glove.txt"])
    second = run_settings.parse([*text, "--glove=/b/glove.txt"])
    assert first == second and first.glove == "glove.txt"


def test_where_and_how_a_run_is_made_is_no_setting():
    arguments = ["--dataset=imagenet2012", "--model=resnet50"]
    first = run_settings.parse([*arguments, "--cache_dir=/a", "--data_dir=/b"])
    assert first == run_settings.parse(arguments)


def test_flags_have_the_values_that_older_runs_had_without_them():
    default = run_settings.parse([])
    assert default == RunSettings()
    for name, value in run_settings.DEFAULTS.items():
        assert getattr(default, name) == value, name


def test_what_a_run_writes_is_read_whatever_version_wrote_it():
    found = RunSettings(dataset="mr", seed=3, alpha=0.3, method="mixup")
    written = json.loads(json.dumps(found.written()))
    assert list(written) == sorted(written)
    assert RunSettings.read(written) == found
    later = {**written, "a_flag_of_tomorrow": 1}
    earlier = {k: v for k, v in written.items() if k != "strategy"}
    assert RunSettings.read(later) == RunSettings.read(earlier) == found
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.seed = 4
