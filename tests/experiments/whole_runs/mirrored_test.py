"""Whole runs on two replicas in this process."""

import json

import numpy as np
import pytest

from tests.experiments import run_test
from tests.replicas import two_replicas
from tfmixup import distribution

RUN = [
    *run_test.SMALL,
    "--model=resnet18",
    "--method=mixup",
    "--alpha=0.5",
    "--per_example",
    "--augment",
    "--synchronized_batch_norm",
    "--precision=float64",
]


@pytest.fixture
def mirrored(monkeypatch):
    """`get_strategy` gives the strategy that all tests share."""

    def get_strategy(name, **_):
        assert name in ("none", "mirrored")
        return two_replicas() if name == "mirrored" else original(name)

    original = distribution.get_strategy
    monkeypatch.setattr(distribution, "get_strategy", get_strategy)
    return "--strategy=mirrored"


def test_two_replicas_run_as_one_device(tmp_path, mirrored):
    two, one = tmp_path / "two", tmp_path / "one"
    assert run_test.run_here(*RUN, mirrored, f"--run_dir={two}") == 0
    groups = "--mixing_groups=2"
    assert run_test.run_here(*RUN, groups, f"--run_dir={one}") == 0
    expected = run_test.weights(one)
    for name, value in run_test.weights(two).items():
        np.testing.assert_allclose(
            value, expected[name], 0, 1e-12, err_msg=name
        )
    records = [
        json.loads((path / "record.json").read_text()) for path in (two, one)
    ]
    for split in ("validation", "test"):
        found, wanted = (record["metrics"][split] for record in records)
        assert found == pytest.approx(wanted, abs=1e-9)
        bins = [record["bins"][split]["count"] for record in records]
        assert bins[0] == bins[1]
    assert records[0]["settings"]["mixing_groups"] == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("--mixing_groups=4", "does not go with 2 replicas"),
        (
            "--batch_size=15",
            "cannot be shared by 2 replicas. Choose",
        ),
    ],
)
def test_what_two_replicas_cannot_do_is_refused(
    tmp_path, mirrored, wrong, said, capsys
):
    where = f"--run_dir={tmp_path / 'run'}"
    assert run_test.run_here(*RUN, mirrored, wrong, where) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
