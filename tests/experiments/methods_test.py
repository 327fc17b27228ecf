"""Tests of experiments.methods."""

import functools
import json
import subprocess
import sys

import pytest

from experiments import run_settings
from experiments.methods import Method
from experiments.methods import METHODS
from tests.experiments.run_test import run_here
from tfmixup.mixing import Mixup

LIGHT = """
import sys
import experiments.methods
assert "tensorflow" not in sys.modules and "keras" not in sys.modules
"""


def test_the_table_imports_nothing_heavy():
    subprocess.run([sys.executable, "-c", LIGHT], check=True)


@pytest.mark.parametrize("name", list(METHODS))
def test_every_stage_takes_what_a_run_gives_it(name):
    for stage in (METHODS[name].images, METHODS[name].texts):
        if stage is None:
            continue
        made = stage()(0.4, 3, per_example=True, seed=1, num_groups=2)
        assert made.alpha == 0.4 and METHODS[name].strength == "alpha"
        hidden = getattr(made, "depths", (0,)) != (0,)
        assert hidden == METHODS[name].hidden


class HalfBlack(Mixup):
    """A stage of one's own: what is left of each mixed image is its half."""

    seen = 0

    def combine(self, features, labels, draw):
        type(self).seen += 1
        features, labels = super().combine(features, labels, draw)
        return features / 2, labels


def test_a_row_in_the_table_makes_a_stage_a_method(tmp_path, monkeypatch):
    row = Method("alpha", lambda: functools.partial(HalfBlack))
    monkeypatch.setitem(METHODS, "half_black", row)
    arguments = ["--method=half_black", "--alpha=0.4", "--width=1"]
    settings = run_settings.parse(arguments)
    assert "half_black_0.4" in run_settings.run_name(settings)
    with pytest.raises(Exception, match="needs --alpha"):
        run_settings.parse(arguments[:1])
    # The program's own flags were defined before the row was there.
    flag = run_here.__globals__["flags"].FLAGS["method"]
    monkeypatch.setattr(flag.parser, "enum_values", list(METHODS))
    small = ["--train_examples=40", "--epochs=1", "--batch_size=20"]
    status = run_here(*arguments, *small, f"--run_dir={tmp_path / 'run'}")
    assert status == 0 and HalfBlack.seen
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert record["settings"]["method"] == "half_black"
