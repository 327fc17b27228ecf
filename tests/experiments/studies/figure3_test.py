"""Tests of experiments.studies.figure3."""

from experiments import run_settings
from experiments.studies.figure3 import STUDY
from experiments.studies.machinery.scales import SCALES
from tests.diagrams.checks import check_picture
from tests.experiments.studies.fake_runs import results_of


def test_four_methods_on_two_networks(tmp_path):
    lines = STUDY.lines("full")
    assert len(lines) == 8 and STUDY.scales.keys() == SCALES.keys()
    figures = STUDY.draw(results_of(tmp_path, lines))
    assert figures.keys() == {"scatter", "bars"}
    for figure in figures.values():
        check_picture(figure, tmp_path)


def test_the_settings_are_those_that_a_cluster_of_32_writes_down():
    # `experiments.run` notes the number of replicas as that of the groups; a
    # study that did not would refuse the directory of the run.
    for line in STUDY.lines("full"):
        settings = run_settings.parse([*line.arguments])
        assert settings.strategy == "multi_worker"
        assert settings.mixing_groups == 32
        assert settings.batch_size == 32 * 32


def test_other_scales_run_on_one_process():
    for scale, more in STUDY.scales.items():
        if scale != "full":
            for line in STUDY.lines(scale):
                settings = run_settings.parse([*line.arguments, *more])
                assert settings.strategy == "none"
                assert settings.mixing_groups is None
                assert settings.image_size == 64
