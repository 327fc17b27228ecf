"""Tests of tfmixup.calibrators.temperature."""

import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from scipy import optimize
from scipy import special

from tests.calibrators.made import examples
from tests.calibrators.made import log_loss
from tests.reference import softmax
from tfmixup.calibrators.temperature import mean_log_loss
from tfmixup.calibrators.temperature import TemperatureScaling


def loss_of(logits, labels, temperature=1.0):
    return mean_log_loss(logits, labels, np.ones(len(labels)), temperature)


@pytest.mark.parametrize("temperature", [0.02, 0.25, 1.0, 2.5, 20.0, 80.0])
def test_a_known_temperature_is_recovered(temperature):
    logits, labels = examples(200_000, temperature=temperature)
    found = TemperatureScaling().fit(logits, labels).temperature
    # The standard error of log T is 1 / sqrt(n * variance of the score):
    # about 0.002 here, so that 1 % is five of them.
    assert abs(found / temperature - 1) < 0.01


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_it_agrees_with_an_independent_search(seed, dtype):
    logits, labels = examples(2000, temperature=3.0, seed=seed)
    logits = logits.astype(dtype)

    def slope(scale):
        # Of the convex loss in 1 / T: mean logit expected - mean logit seen.
        rows = logits.astype(np.float64)
        expected = (special.softmax(scale * rows, axis=1) * rows).sum(axis=1)
        return np.mean(expected - rows[np.arange(len(rows)), labels])

    best = 1 / optimize.brentq(slope, 0.01, 100, xtol=1e-14)
    found = TemperatureScaling().fit(logits, labels).temperature
    assert abs(found / best - 1) < 1e-4


def test_it_agrees_with_lbfgs_on_log_t():
    logits, labels = examples(3000, temperature=0.4)
    one_hot = np.eye(5)[labels]

    def loss(log_t):
        scores = special.log_softmax(logits / np.exp(log_t[0]), axis=1)
        return -(one_hot * scores).sum(axis=1).mean()

    found = optimize.minimize(
        loss, [0.0], method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10}
    )
    ours = TemperatureScaling().fit(logits, labels).temperature
    assert abs(ours / np.exp(found.x[0]) - 1) < 1e-4


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    number=st.integers(1, 30),
    spread=st.floats(0, 1e4),
    temperature=st.floats(0.05, 20),
)
def test_the_validation_loss_never_rises(seed, number, spread, temperature):
    logits, labels = examples(number, 3, temperature, seed, spread)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        scaling = TemperatureScaling().fit(logits + 2, labels)
    assert 0.01 <= scaling.temperature <= 100
    after = loss_of(scaling.transform(logits), labels)
    # Division before and after the maximum is taken rounds differently.
    assert after <= loss_of(logits, labels) * (1 + 1e-12) + 1e-12


def test_the_loss_is_the_mean_negative_log_likelihood():
    logits, labels = examples(500, num_classes=7)
    expected = log_loss(softmax(logits / 1.7), labels)
    np.testing.assert_allclose(
        loss_of(logits, labels, 1.7), expected, rtol=1e-12
    )
    # Parts of rows add up: more than one part here.
    wide = np.tile(logits, [1, 200])
    np.testing.assert_allclose(
        loss_of(wide, labels),
        log_loss(softmax(wide), labels),
        rtol=1e-12,
    )


def test_temperature_one_is_kept_where_nothing_is_better():
    constant = np.full([10, 3], 2.0)
    scaling = TemperatureScaling().fit(constant, [0, 1, 2, 0, 1] * 2)
    assert scaling.temperature == 1.0 and not scaling.at_bound
    # The loss underflows to 0 at T = 1: nothing is less.
    scaling = TemperatureScaling().fit(np.eye(3) * 1e5, [0, 1, 2])
    assert scaling.temperature == 1.0 and not scaling.at_bound


@pytest.mark.parametrize(
    "case, logits, labels, bound",
    [
        ("separable", np.eye(4) * 3, [0, 1, 2, 3], 0.01),
        ("one example", [[2.0, 1.0, -1.0]], [0], 0.01),
        ("all wrong", np.eye(4) * 3, [1, 2, 3, 0], 100.0),
        ("huge and wrong", np.eye(3) * 1e30, [1, 2, 0], 100.0),
    ],
)
def test_a_bound_is_taken_with_a_warning(case, logits, labels, bound):
    with pytest.warns(UserWarning, match="at its bound"):
        scaling = TemperatureScaling().fit(np.array(logits), labels)
    assert scaling.temperature == bound and scaling.at_bound
    assert "at the bound of the search" in repr(scaling)
    assert np.isfinite(scaling.probabilities(np.array(logits))).all()


def test_a_warning_free_fit_is_not_at_a_bound():
    logits, labels = examples(500)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not TemperatureScaling().fit(logits, labels).at_bound


def test_bounds_bind():
    logits, labels = examples(2000, temperature=8.0)
    with pytest.warns(UserWarning, match="at its bound"):
        scaling = TemperatureScaling(bounds=(0.5, 2.0)).fit(logits, labels)
    assert scaling.temperature == 2.0


def test_large_offsets_do_not_matter():
    logits, labels = examples(1000)
    moved = logits + 1e6 * np.random.default_rng(1).normal(size=(1000, 1))
    found = [TemperatureScaling().fit(x, labels) for x in (logits, moved)]
    # Logits of 1e6 keep ten digits after the point.
    assert abs(found[0].temperature - found[1].temperature) < 1e-6


def test_the_winning_class_and_the_dtype_stay():
    logits, labels = examples(500)
    logits = logits.astype(np.float32)
    scaling = TemperatureScaling().fit(logits, labels)
    scaled = scaling.transform(logits)
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(scaled.argmax(1), logits.argmax(1))
    # Divided in float64 and rounded once.
    np.testing.assert_array_equal(
        scaled,
        (logits.astype(float) / scaling.temperature).astype(np.float32),
    )


def test_one_hot_labels_are_classes():
    logits, labels = examples(300)
    found = [
        TemperatureScaling().fit(logits, given).temperature
        for given in (labels, labels[:, None], np.eye(5)[labels])
    ]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    "bounds", [(0, 2), (2, 3), (0.5, 0.9), (0.5, np.inf), (0.1, 1, 2), "ab"]
)
def test_bounds_that_cannot_be_meant_are_refused(bounds):
    with pytest.raises(ValueError, match="`bounds` must be.*Received"):
        TemperatureScaling(bounds=bounds)


LARGE = """
import resource, sys
import numpy as np
from tfmixup.calibrators import TemperatureScaling
path, rows, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
logits = np.lib.format.open_memmap(path, "w+", np.float32, (rows, classes))
labels = np.empty(rows, np.int64)
for start in range(0, rows, 10_000):
    rng = np.random.default_rng(start)
    part = 2 * rng.normal(size=(min(10_000, rows - start), classes))
    # Gumbel's rule: the highest of logits plus noise follows the softmax.
    noise = rng.gumbel(size=part.shape)
    labels[start : start + len(part)] = (part + noise).argmax(1)
    logits[start : start + len(part)] = 1.5 * part
logits.flush()
del logits
def own():
    # What the process allocated itself: pages of the file can be dropped.
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
before = own()
mapped = np.load(path, mmap_mode="r")
import threading
peak, done = [0.0], threading.Event()
def watch():
    while not done.wait(0.02):
        peak[0] = max(peak[0], own())
watcher = threading.Thread(target=watch)
watcher.start()
found = TemperatureScaling().fit(mapped, labels).temperature
done.set()
watcher.join()
print(found, peak[0] - before)
"""


def _fit_mapped(tmp_path, rows, classes):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            LARGE,
            str(tmp_path / "logits.npy"),
            str(rows),
            str(classes),
        ],
        capture_output=True,
        text=True,
        cwd=pathlib.Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "logits.npy").unlink()
    found, grown = map(float, done.stdout.split()[-2:])
    print(f"{rows} x {classes}: T {found:.4f}, {grown:.0f} MB more")
    return found, grown


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_logits(tmp_path):
    # 80 MB of float32, 160 of float64; a part of rows is 2 MB of float64.
    found, grown = _fit_mapped(tmp_path, 20_000, 1000)
    assert abs(found / 1.5 - 1) < 0.02
    assert grown < 40


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_million_examples_of_a_thousand_classes(tmp_path):
    # 4 GB of float32 in a file; 8 MB of labels and their copies in memory.
    found, grown = _fit_mapped(tmp_path, 1_000_000, 1000)
    assert abs(found / 1.5 - 1) < 0.01
    assert grown < 200
