"""What Keras' default dtype changes: nothing that is counted in float64.

`backends_test.py` runs this in a process of its own for each dtype, which is
its argument. It prints what is wrong, a line for each.
"""

import pathlib
import sys
import tempfile

import keras
import numpy as np
import tensorflow as tf

from tests import catalogue
from tfmixup import layers

LABELS, ROWS = catalogue.labels(), catalogue.logits()


def metrics():
    """Scores are those of float32: they are summed in float64."""
    for case in catalogue.METRICS:
        metric = case.build()
        metric.update_state(LABELS, ROWS)
        found = float(metric.result())
        metric.reset_state()
        metric.update_state(LABELS[:5], ROWS[:5])
        metric.update_state(LABELS[5:], ROWS[5:])
        # The same examples in two parts, in float64.
        if not np.isclose(float(metric.result()), found, rtol=1e-6):
            yield f"{case.cls.__name__}: {found}, {float(metric.result())}"


def losses():
    """A loss is finite, and so is its gradient."""
    for case in catalogue.LOSSES:
        logits = tf.Variable(tf.cast(ROWS, keras.config.floatx()))
        with tf.GradientTape() as tape:
            loss = case.build()(catalogue.one_hot(), logits)
        gradient = tf.cast(tape.gradient(loss, logits), tf.float32)
        if not np.isfinite(float(loss)) or not np.isfinite(gradient).all():
            yield f"{case.cls.__name__}: {float(loss)}"


def schedules():
    """The step is counted whole: float16 ends at 65,504."""
    for case in catalogue.SCHEDULES:
        schedule = case.build()
        rates = [float(schedule(step)) for step in (0, 99, 100_000)]
        if not (np.isfinite(rates).all() and rates[2] < rates[0]):
            yield f"{case.cls.__name__}: {rates}"


def trainings():
    """Keras trains with every stage and every callback."""
    data = tf.data.Dataset.from_tensor_slices(
        (catalogue.features(), catalogue.labels())
    ).batch(8)
    for case in catalogue.STAGES:
        model = catalogue.model()
        if "Plan" in case.cls.__name__:
            inputs = keras.Input([3])
            hidden = inputs
            for depth in case.arguments.get("depths", [0]):
                hidden = layers.HiddenMixup(depth)(hidden)
            outputs = keras.layers.Dense(catalogue.NUM_CLASSES)(hidden)
            model = layers.MixingModel(inputs, outputs)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss)
        history = model.fit(data.apply(case.build()), verbose=0).history
        if not np.isfinite([float(each) for each in history["loss"]]).all():
            yield f"{case.cls.__name__}: {history}"
    for case in catalogue.CALLBACKS:
        model = catalogue.model()
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss, metrics=["accuracy"])
        directory = pathlib.Path(tempfile.mkdtemp())
        history = model.fit(
            data, epochs=2, callbacks=[case.build(directory)], verbose=0
        ).history
        values = [float(each) for row in history.values() for each in row]
        if not np.isfinite(values).all():
            yield f"{case.cls.__name__}: {history}"


if __name__ == "__main__":
    keras.config.set_floatx(sys.argv[1])
    keras.config.set_dtype_policy(sys.argv[1])
    for check in (metrics, losses, schedules, trainings):
        for fault in check():
            print(fault)
    print("done")
