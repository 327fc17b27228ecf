import argparse
import configparser
import pathlib
import subprocess
import sys

import pytest
from tensorboard.plugins import base_plugin

from tests.tensorboard.fake_provider import FakeProvider
from tfmixup.tensorboard.loader import CalibrationLoader
from tfmixup.tensorboard.metadata import STEPS_KEPT
from tfmixup.tensorboard.plugin import CalibrationPlugin

SETUP = pathlib.Path(__file__).parents[2] / "setup.cfg"


def test_it_loads_where_there_is_a_data_provider():
    context = base_plugin.TBContext(data_provider=FakeProvider({}))
    assert isinstance(CalibrationLoader().load(context), CalibrationPlugin)
    assert CalibrationLoader().load(base_plugin.TBContext()) is None


@pytest.mark.parametrize(
    "asked, kept", [({}, STEPS_KEPT), ({"calibration": 5}, 5)]
)
def test_the_number_of_points_is_what_the_user_asked_for(asked, kept):
    flags = argparse.Namespace(samples_per_plugin=asked)
    CalibrationLoader().fix_flags(flags)
    assert flags.samples_per_plugin == {"calibration": kept}


@pytest.mark.parametrize(
    "module", ["loader", "plugin", "metadata", "reader.series"]
)
def test_reading_needs_no_tensorflow(module):
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'scipy', 'pandas'):\n"
        "    sys.modules[name] = None\n"
        f"import tfmixup.tensorboard.{module}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_entry_point_is_in_the_package():
    setup = configparser.ConfigParser()
    setup.read(SETUP)
    declared = setup.get("options.entry_points", "tensorboard_plugins")
    name, _, target = declared.strip().partition(" = ")
    assert (name, target) == (
        "calibration",
        f"{CalibrationLoader.__module__}:{CalibrationLoader.__name__}",
    )
    data = setup.get("options.package_data", "tfmixup.tensorboard")
    assert "static/*.js" in data
    assert "static/*.css" in data
