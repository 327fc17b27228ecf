"""What works beside Keras on JAX, and what says that it does not.

`backends_test.py` runs this in a process of its own, with KERAS_BACKEND=jax.
It prints what is wrong, a line for each.
"""

import inspect
import pathlib
import re
import tempfile

import keras
import numpy as np
import tensorflow as tf

from tests import catalogue
from tests.offered import offered_by
from tfmixup import distribution
from tfmixup import export
from tfmixup import layers
from tfmixup import metrics
from tfmixup import mixing
from tfmixup import report
from tfmixup import uncertainty

DIRECTORY = pathlib.Path(tempfile.mkdtemp())


def active_dropout():
    with uncertainty.active_dropout(catalogue.model(), tf.constant([1, 2])):
        pass


def mixing_model():
    model = catalogue.model()
    return layers.MixingModel(model.inputs, model.outputs)


# What needs TensorFlow and is not in a list of the catalogue.
OTHERS = {
    "MixingModel": mixing_model,
    "WordVectors": lambda: layers.WordVectors(5, 2),
    "active_dropout": active_dropout,
    "export_saved_model": lambda: export.export_saved_model(
        catalogue.model(), DIRECTORY / "exported"
    ),
    "get_strategy": lambda: distribution.get_strategy("none"),
    "load_keras_file": lambda: export.load_keras_file(DIRECTORY / "a.keras"),
    "monte_carlo_dropout": lambda: uncertainty.monte_carlo_dropout(
        catalogue.model(), catalogue.features()
    ),
}


def refusals():
    """What needs TensorFlow says so in a sentence that begins with its name."""
    makers = dict(OTHERS)
    for case in [
        *catalogue.LAYERS,
        *catalogue.LOSSES,
        *catalogue.METRICS,
        *catalogue.SCHEDULES,
    ]:
        makers[case.cls.__name__] = case.build
    for case in catalogue.CALLBACKS:
        makers[case.cls.__name__] = lambda case=case: case.build(DIRECTORY)
    for name, make in makers.items():
        try:
            make()
            message = "nothing was said"
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
        sentence = (
            f"RuntimeError: {name} needs Keras on TensorFlow. .*'jax'.*"
            "KERAS_BACKEND=tensorflow"
        )
        if not re.match(sentence, message):
            yield f"{name}: {message.splitlines()[0]}"


def scores():
    """Scores of NumPy's and of JAX' arrays are the same."""
    rows = np.asarray(keras.ops.softmax(catalogue.logits()))
    labels = catalogue.labels()
    count = 0
    for name in offered_by(metrics):
        score = getattr(metrics, name)
        if not inspect.isfunction(score):
            continue
        if [*inspect.signature(score).parameters][:2] != [
            "labels",
            "predictions",
        ]:
            continue
        count += 1
        found = score(keras.ops.array(labels), keras.ops.array(rows))
        for one, other in zip(
            np.atleast_1d(np.asarray(found, object)),
            np.atleast_1d(np.asarray(score(labels, rows), object)),
            strict=True,
        ):
            if not np.array_equal(one, other):
                yield f"{name}: {found}"
    if count < 20:
        yield f"only {count} scores"


def evaluations():
    """Reports, comparisons, calibrators and detectors of JAX' arrays."""
    number = 200
    labels, arrays = catalogue.labels(number), catalogue.logits(number)
    logits = keras.ops.array(arrays)
    for case in catalogue.CALIBRATORS:
        calibrator = case.build().fit(logits, labels)
        same = case.build().fit(arrays, labels).probabilities(arrays)
        if not np.array_equal(calibrator.probabilities(logits), same):
            yield case.cls.__name__
    options = dict(from_logits=True, resamples=100)
    table = report.calibration_report(labels, logits, **options).table
    if not table.equals(
        report.calibration_report(labels, arrays, **options).table
    ):
        yield f"calibration_report: {table}"
    table = report.paired_comparison(labels, logits, -logits, **options).table
    if not len(table):
        yield "paired_comparison"
    curve = uncertainty.selective_prediction(labels, logits, from_logits=True)
    if not 0 <= curve.aurc <= 1:
        yield f"selective_prediction: {curve.aurc}"
    entropy = uncertainty.entropy_score(logits, from_logits=True)
    if not 0 <= uncertainty.detection_metrics(entropy, -entropy).auroc <= 1:
        yield "detection_metrics"


def training():
    """Keras on JAX trains on what a stage mixes."""
    data = tf.data.Dataset.from_tensor_slices(
        (catalogue.features(), catalogue.labels())
    ).batch(8)
    model = catalogue.model()
    model.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
    for case in catalogue.STAGES:
        for features, labels in data.apply(case.build()):
            if not np.allclose(np.sum(labels, axis=1), 1):
                yield f"{case.cls.__name__}: {features} {labels}"
    stage = mixing.Mixup(0.7, num_classes=catalogue.NUM_CLASSES, seed=5)
    [loss] = model.fit(data.apply(stage), verbose=0).history["loss"]
    if not np.isfinite(loss):
        yield f"loss {loss}"
    dropout = layers.MonteCarloDropout(0.5)
    if not np.any(np.asarray(dropout(np.ones([1000], "float32"))) == 0):
        yield "MonteCarloDropout"


if __name__ == "__main__":
    if keras.config.backend() != "jax":
        print(keras.config.backend())
    for check in (refusals, scores, evaluations, training):
        for fault in check():
            print(fault)
    print("done")
