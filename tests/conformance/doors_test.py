"""The doors: what `import tfmixup` opens, and what it costs."""

import importlib
import subprocess
import sys

import pytest

import tfmixup


def printed(code):
    """What a Python of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_front_door_is_light_and_leads_everywhere():
    # In one process of its own: here everything has been imported already.
    code = (
        "import sys, tfmixup\n"
        "heavy = {'keras', 'numpy', 'pandas', 'scipy', 'tensorflow'}\n"
        "assert not heavy & set(sys.modules)\n"
        "print(*dir(tfmixup))\n"
        "assert not heavy & set(sys.modules)\n"
        "print(tfmixup.mixing.Mixup.__name__)\n"
        "print(tfmixup.tensorboard.summary.calibration.__name__)\n"
        "for name in tfmixup.__all__:\n"
        "    package = getattr(tfmixup, name)\n"
        "    print(*[getattr(package, n) and n for n in package.__all__][-1:])"
    )
    expected = [*dir(tfmixup), "Mixup", "calibration"]
    for name in tfmixup.__all__:
        expected.append(getattr(tfmixup, name).__all__[-1])
    assert printed(code) == expected


@pytest.mark.parametrize("name", ["", *(f".{n}" for n in tfmixup.__all__)])
def test_completion_offers_what_is_public(name):
    module = importlib.import_module(f"tfmixup{name}")
    assert dir(module) == sorted(module.__all__)


def test_what_reads_arrays_is_had_and_used_without_tensorflow():
    code = """
import sys
import numpy as np
import tfmixup
rng = np.random.default_rng(0)
logits = rng.normal(size=(200, 3))
labels = rng.integers(0, 3, 200)
tfmixup.calibrators.TemperatureScaling().fit(logits, labels)
print(tfmixup.metrics.expected_calibration_error(
    labels, logits, from_logits=True) < 1)
print(len(tfmixup.report.calibration_report(
    labels, logits, from_logits=True).table) > 0)
tfmixup.uncertainty.entropy_score(logits, from_logits=True)
tfmixup.uncertainty.detection_metrics([0.0, 0.1], [0.2, 0.3])
tfmixup.uncertainty.selective_prediction(labels, logits, from_logits=True)
print(*{"jax", "keras", "tensorflow", "torch"} & set(sys.modules))
"""
    assert printed(code) == ["True", "True"]
