"""The example of the README runs as it stands."""

import pathlib
import re

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

README = pathlib.Path(__file__).parents[1] / "README.md"


def test_the_example_trains_and_logs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert "epochs=200" in code
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, [300, 8, 8, 1], np.uint8)
    labels = generator.integers(0, 10, 300)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    exec(  # noqa: S102
        code.replace("epochs=200", "epochs=2").replace("0.1,", "1e-6,"),
        {"train": data, "validation": data, "model": model},
    )
    history = pd.read_csv(tmp_path / "logs" / "history.csv")
    for name in ("ece", "oe", "nll", "brier", "accuracy", "gap"):
        assert np.isfinite(history[f"val_{name}"]).all() and len(history) == 2
