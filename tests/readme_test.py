"""The examples of the README run as they stand."""

import pathlib
import re

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

README = pathlib.Path(__file__).parents[1] / "README.md"


def test_the_examples_train_log_and_export(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plain, inside, export = re.findall(
        r"```python\n(.*?)```", README.read_text(), re.DOTALL
    )
    assert "epochs=200" in plain and "epochs=200" in inside
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, [300, 8, 8, 1], np.uint8)
    labels = generator.integers(0, 10, 300)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    names = {"train": data, "validation": data, "model": model}
    short = plain.replace("epochs=200", "epochs=2").replace("0.1,", "1e-6,")
    exec(short, names)  # noqa: S102
    history = pd.read_csv(tmp_path / "logs" / "history.csv")
    for name in ("ece", "oe", "nll", "brier", "accuracy", "gap"):
        assert np.isfinite(history[f"val_{name}"]).all() and len(history) == 2
    names["train"] = data  # As it was before it was mixed.
    exec(inside.replace("epochs=200", "epochs=2"), names)  # noqa: S102
    exec(export, names)  # noqa: S102
    served = tf.saved_model.load("classifier").signatures["serving_default"]
    (argument,) = served.structured_input_signature[1]
    signature = served.structured_input_signature[1][argument]
    pixels = tf.cast(images[:5], signature.dtype)
    confidence = served(**{argument: pixels})["confidence"]
    assert np.isfinite(confidence).all() and confidence.shape == [5]
