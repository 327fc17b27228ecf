"""How to build and call every public class of tfmixup.

The tests in `tests/conformance/` loop over this: whoever adds a public loss,
metric, stage, schedule or callback adds a line here, and has the contract of
its kind tested. `conformance/coverage_test.py` fails if the line is missing.

Arguments differ from their defaults wherever there is a default, so that a
config that forgets one is found out.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from tfmixup import backup
from tfmixup import calibrators
from tfmixup import callbacks
from tfmixup import layers
from tfmixup import losses
from tfmixup import metrics
from tfmixup import mixing
from tfmixup import schedules

NUM_CLASSES = 4


class Case(NamedTuple):
    """A class and the arguments to build it with."""

    cls: type
    arguments: dict

    def build(self, **changes):
        return self.cls(**{**self.arguments, **changes})


class CallbackCase(NamedTuple):
    """A callback class, and arguments for a run in a directory."""

    cls: type
    arguments: Callable

    def build(self, directory):
        return self.cls(**self.arguments(directory))


def labels(number=16, seed=0):
    """Class indices, int32 `[number]`."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, NUM_CLASSES, number).astype("int32")


def one_hot(number=16, seed=0):
    """Labels, float32 `[number, NUM_CLASSES]`."""
    return np.eye(NUM_CLASSES, dtype="float32")[labels(number, seed)]


def logits(number=16, seed=1):
    """Predictions, float32 `[number, NUM_CLASSES]`, of moderate confidence."""
    rng = np.random.default_rng(seed)
    return 2 * rng.normal(size=(number, NUM_CLASSES)).astype("float32")


def features(number=16, seed=2):
    """What a stage mixes and a model reads, float32 `[number, 3]`."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(number, 3)).astype("float32")


def model():
    """A classifier of `features` that gives logits; not compiled."""
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense(NUM_CLASSES, name="logits")
    return keras.Sequential([keras.Input((3,), name="features"), dense])


LOSSES = [
    Case(
        losses.EntropyRegularizedCrossentropy,
        dict(
            kappa=0.3,
            from_logits=True,
            label_smoothing=0.1,
            reduction="sum",
            name="erl",
        ),
    ),
]

METRICS = [
    *(
        Case(cls, dict(from_logits=True, name="other"))
        for cls in (
            metrics.AreaUnderRiskCoverage,
            metrics.BrierScore,
            metrics.ConfidenceGap,
            metrics.KolmogorovSmirnovCalibrationError,
            metrics.MeanConfidence,
            metrics.MonotonicSweepCalibrationError,
            metrics.NegativeLogLikelihood,
            metrics.SmoothCalibrationError,
        )
    ),
    *(
        Case(cls, dict(num_bins=7, from_logits=True, name="other"))
        for cls in (
            metrics.AdaptiveCalibrationError,
            metrics.DebiasedCalibrationError,
            metrics.ExpectedCalibrationError,
            metrics.MaximumCalibrationError,
            metrics.OverconfidenceError,
            metrics.RootMeanSquareCalibrationError,
        )
    ),
    *(
        Case(
            cls,
            dict(
                num_classes=NUM_CLASSES,
                num_bins=7,
                from_logits=True,
                name="other",
            ),
        )
        for cls in (
            metrics.BrierReliability,
            metrics.BrierResolution,
            metrics.BrierUncertainty,
            metrics.ClasswiseCalibrationError,
        )
    ),
]

_MIXING = dict(
    alpha=0.7, num_classes=NUM_CLASSES, per_example=True, seed=5, num_groups=2
)
STAGES = [
    Case(mixing.EmbeddingMixupPlan, _MIXING),
    Case(mixing.FeatureMixup, dict(_MIXING, jit_compile=False)),
    Case(mixing.ManifoldMixupPlan, dict(_MIXING, depths=[1, 4])),
    Case(mixing.Mixup, dict(_MIXING, jit_compile=False)),
]

# Layers that mix by plan, with the depth that each is at.
LAYERS = [
    Case(layers.EmbeddingMixup, {}),
    Case(layers.HiddenMixup, dict(depth=2)),
]

SCHEDULES = [
    Case(
        schedules.LargeBatchSchedule,
        dict(
            batch_size=512,
            steps_per_epoch=10,
            epochs=18,
            base_learning_rate=0.2,
            base_batch_size=128,
            factor=0.5,
        ),
    ),
    Case(
        schedules.StepSchedule,
        dict(learning_rate=0.3, steps_per_epoch=10, epochs=10, factor=0.2),
    ),
]

CALLBACKS = [
    CallbackCase(
        backup.Backup,
        lambda directory: dict(
            directory=directory / "backup", every=2, settings={"alpha": 0.3}
        ),
    ),
    CallbackCase(backup.EpochSeeds, lambda _: dict(seed=3)),
    CallbackCase(
        callbacks.BestWeights,
        lambda directory: dict(directory=directory, monitor="loss", mode="min"),
    ),
    CallbackCase(
        callbacks.CalibrationLogger,
        lambda directory: dict(
            validation_data=(features(), labels()),
            log_dir=directory,
            num_bins=7,
            from_logits=True,
            diagram_every=2,
            top_k=2,
        ),
    ),
    CallbackCase(
        callbacks.StopAtValue,
        lambda _: dict(monitor="loss", value=-1.0, mode="min"),
    ),
    CallbackCase(callbacks.StopOnDivergence, lambda _: {}),
]

CALIBRATORS = [
    Case(calibrators.HistogramBinning, dict(num_bins=7)),
    Case(calibrators.Isotonic, {}),
    Case(calibrators.TemperatureScaling, dict(bounds=(0.02, 50.0))),
    Case(calibrators.VectorScaling, dict(bounds=(0.02, 50.0))),
]
