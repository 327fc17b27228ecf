"""Tests of experiments.studies.machinery.estimates."""

import pytest

from experiments.studies.catalog import STUDIES
from experiments.studies.machinery.estimates import estimate
from experiments.studies.machinery.lines import Line
from experiments.studies.machinery.lines import plan
from experiments.studies.machinery.scales import flagfile
from experiments.studies.machinery.scales import SCALES


def planned(name, *arguments, scale=()):
    line = Line("Data", "method", (flagfile(name), *arguments))
    return plan([line], [0], scale, "runs", {})[0]


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_every_run_of_every_study_at_every_scale_has_an_estimate(name):
    study = STUDIES[name]
    for scale, arguments in study.scales.items():
        for run in plan(study.lines(scale), [0], arguments, "runs", {}):
            found = estimate(run)
            assert 20 < found.seconds < 1e7, (scale, run.line.name)
            if scale == "smoke":
                assert found.machine == "two CPU cores"
                assert found.seconds < 3600


@pytest.mark.parametrize(
    ("name", "seconds", "machine"),
    [
        ("stl10/vgg16_mixup_0.4", 0.5 * 3600, "one A100"),
        # Its own line, not that of the flagfile that it reads.
        ("cifar10/resnet18_mixup_1000_epochs", 4.6 * 3600, "one A100"),
        ("imagenet2012/resnet50_mixup", 2.5 * 3600, "32 A100s"),
        ("mr/sentence_cnn_mixup", 10 * 60, "two CPU cores"),
    ],
)
def test_a_whole_run_takes_what_its_flagfile_says(name, seconds, machine):
    found = estimate(planned(name))
    assert found == (pytest.approx(seconds, rel=0.05), machine)


def test_a_smaller_run_takes_what_the_arithmetic_of_its_flagfile_gives():
    run = planned("fashion_mnist/resnet18_mixup", scale=SCALES["cpu"])
    # 0.456 G multiply-adds at 64 channels, here 16; 2,000 images, 60 epochs.
    expected = 6 * 0.456e9 / 16 * 2000 * 60 / 0.05e12
    assert estimate(run).seconds == pytest.approx(20 + expected)
    run = planned("trec/sentence_cnn_baseline", scale=("--epochs=12",))
    # 37 words, all 5,452 texts.
    expected = 6 * 0.36e6 * 37 * 5452 * 12 / 0.05e12
    assert estimate(run).seconds == pytest.approx(20 + expected)
    small = ("--image_size=56", "--train_examples=100", "--epochs=1")
    run = planned("imagenet2012/resnet50_baseline", scale=small)
    expected = 6 * 4.09e9 / 16 * 100 / 0.05e12
    assert estimate(run).seconds == pytest.approx(20 + expected)


def test_a_run_without_such_a_flagfile_has_none():
    line = Line("Digits", "baseline", ("--dataset=digits",))
    (run,) = plan([line], [0], (), "runs", {})
    assert estimate(run) is None
