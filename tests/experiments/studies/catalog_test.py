"""Tests of experiments.studies.catalog."""

import pytest

from experiments.studies.catalog import STUDIES
from experiments.studies.machinery.lines import plan
from experiments.studies.machinery.scales import SCALES


def test_every_figure_and_table_of_the_paper_is_there():
    figures = {f"figure{number}" for number in range(1, 11)}
    assert STUDIES.keys() == figures | {"table1", "table2", "table3"}


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("scale", SCALES)
def test_every_run_of_every_study_has_flags_that_parse(name, scale):
    study = STUDIES[name]
    lines = study.lines(scale)
    runs = plan(lines, [0, 1], study.scales[scale], "runs", {})
    assert len(runs) == 2 * len(lines)
    for run in runs:
        assert run.settings.seed == run.seed
    if scale == "smoke":
        assert all(run.settings.epochs == 2 for run in runs)


@pytest.mark.parametrize("name", STUDIES)
def test_claims_name_methods_of_the_study(name):
    study = STUDIES[name]
    methods = {line.method for scale in SCALES for line in study.lines(scale)}
    for claim in study.claims:
        assert {claim.lower, claim.higher} <= methods, claim
