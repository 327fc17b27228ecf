"""Tests of tfmixup.export.saved_model: what comes back is what went out."""

import json
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tests.export import made
from tests.reference import softmax
from tfmixup.export import export_saved_model
from tfmixup.export import open_saved_model
from tfmixup.layers import HiddenMixup
from tfmixup.layers import MixingModel

TEMPERATURE = 1.7

# Plain TensorFlow: an import of Keras or of this package fails.
READER = """
import json, pathlib, sys
for name in ("keras", "tf_keras", "tfmixup"):
    sys.modules[name] = None
import numpy as np
import tensorflow as tf
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    served = tf.saved_model.load(str(folder / "model"))
    serve = served.signatures["serving_default"]
    stored = np.load(folder / "inputs.npy")
    found = {}
    for size in (1, 3, len(stored)):
        outputs = serve(tf.constant(stored[:size]))
        again = serve(tf.constant(stored[:size]))
        for name, value in outputs.items():
            found[f"{name}_{size}"] = value.numpy()
            assert np.array_equal(value, again[name]), (folder, name)
    found["temperature"] = served.signatures["calibration"]()["temperature"]
    np.savez(folder / "outputs.npz", **found)
print("loaded", "keras" in [n for n, m in sys.modules.items() if m])
"""


def cases():
    """{name: (model, name of the layer of the logits, inputs)}."""
    tokens = np.random.default_rng(0).integers(0, 50, [64, 12])
    tokens = tokens.astype(np.int32)
    mixing = made.token_model(embedding_mixup=True)
    return {
        **{
            name: (model, "logits", made.pixels())
            for name, model in made.image_models().items()
        },
        "application": (
            made.application(),
            "conv_preds",
            made.pixels() / 127.5 - 1,
        ),
        "sentence_cnn": (made.token_model(), "logits", tokens),
        "sentence_cnn_that_mixes": (mixing, "logits", tokens),
    }


def test_a_process_without_keras_gets_the_same_of_every_model(tmp_path):
    expected = {}
    for name, (model, layer, inputs) in cases().items():
        from_logits = name != "application"
        expected[name] = made.spread(model, layer, inputs, from_logits)
        folder = tmp_path / name
        export_saved_model(
            model, folder / "model", TEMPERATURE, from_logits=from_logits
        )
        np.save(folder / "inputs.npy", inputs)
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-2:] == ["loaded", "False"]
    for name, logits in expected.items():
        found = np.load(tmp_path / name / "outputs.npz")
        assert found["temperature"] == np.float32(TEMPERATURE)
        confidence = softmax(logits / TEMPERATURE).max(axis=1)
        assert np.ptp(confidence) > 0.2, "nothing to tell apart"
        for size in (1, 3, 64):
            scores = softmax(logits[:size] / TEMPERATURE)
            outputs = {
                key.removesuffix(f"_{size}"): found[key]
                for key in found
                if key.endswith(f"_{size}")
            }
            assert outputs["probabilities"].dtype == np.float32
            # The deep one adds up in another order on some CPUs: its logits
            # are good to 5e-5, and a probability moves by half of that.
            close = 2.5e-5 if name == "application" else 1e-6
            for key, value, error in (
                ("probabilities", scores, close),
                ("confidence", scores.max(axis=1), close),
                ("entropy", special.entr(scores).sum(axis=1), 10 * close),
            ):
                np.testing.assert_allclose(
                    outputs[key], value, atol=error, err_msg=f"{name} {key}"
                )
            moved = outputs["logits"] - logits[:size]
            if name == "application":
                # Logarithms of probabilities: up to one number a row.
                moved -= moved.mean(axis=1, keepdims=True)
            # Another batch size may add up in another order.
            np.testing.assert_allclose(
                moved,
                0,
                atol=5e-5 if name == "application" else 2e-5,
                err_msg=f"{name} logits",
            )


def with_augmentation():
    """A model with layers that Keras leaves on in its own export."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 3), name="image"),
            keras.layers.RandomFlip(),
            keras.layers.RandomRotation(0.3),
            keras.layers.RandomTranslation(0.3, 0.3),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


def test_augmentation_layers_are_off(tmp_path):
    model = with_augmentation()
    export_saved_model(model, tmp_path / "ours", from_logits=True)
    served = open_saved_model(tmp_path / "ours")
    images = made.pixels(16, size=8)
    found = [
        served.signatures["serving_default"](tf.constant(images))["logits"]
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*found)
    expected = model.predict(images, verbose=0)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-4)


def test_keras_own_export_leaves_them_on(tmp_path):
    # Why this package does not use it. If this fails, Keras has changed.
    model = with_augmentation()
    model.export(str(tmp_path / "theirs"), verbose=False)
    served = tf.saved_model.load(str(tmp_path / "theirs"))
    images = tf.constant(made.pixels(16, size=8))
    assert np.any(served.serve(images) != served.serve(images))


def test_a_model_that_mixes_in_training_is_exported_plain(tmp_path):
    inputs = keras.Input((4,), name="x")
    hidden = keras.layers.Dense(8)(HiddenMixup(0)(inputs))
    outputs = keras.layers.Dense(3)(HiddenMixup(1)(hidden))
    model = MixingModel(inputs, outputs)
    export_saved_model(model, tmp_path / "m", from_logits=True)
    served = open_saved_model(tmp_path / "m")
    rows = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    found = served.signatures["serving_default"](tf.constant(rows))["logits"]
    np.testing.assert_allclose(
        found, model.predict(rows, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_uint8_pixels_are_converted_inside(tmp_path):
    model = made.small()
    export_saved_model(
        model, tmp_path / "m", input_dtype="uint8", from_logits=True
    )
    served = open_saved_model(tmp_path / "m")
    images = made.pixels(5, size=8)
    outputs = served.signatures["serving_default"](
        tf.constant(images.astype(np.uint8))
    )
    np.testing.assert_allclose(
        outputs["logits"], model.predict(images, verbose=0), atol=1e-6
    )


def test_one_without_a_temperature_says_so(tmp_path):
    manifest = export_saved_model(
        made.small(), tmp_path / "m", from_logits=True
    )
    served = open_saved_model(tmp_path / "m")
    assert manifest["temperature"] == 1.0
    assert served.signatures["calibration"]()["temperature"] == 1.0
    assert "mc_dropout" not in served.signatures
    assert manifest["mc_dropout"] is None


def test_half_precision_models_serve_float32(tmp_path):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = made.small()
    finally:
        keras.config.set_dtype_policy(policy)
    export_saved_model(model, tmp_path / "m", from_logits=True)
    served = open_saved_model(tmp_path / "m")
    outputs = served.signatures["serving_default"](
        tf.constant(made.pixels(3, size=8))
    )
    assert all(value.dtype == tf.float32 for value in outputs.values())
    np.testing.assert_allclose(
        tf.reduce_sum(outputs["probabilities"], axis=1), 1, atol=1e-6
    )


def two_outputs():
    inputs = keras.Input((4,))
    return keras.Model(
        inputs, [keras.layers.Dense(2)(inputs), keras.layers.Dense(2)(inputs)]
    )


def two_inputs():
    a, b = keras.Input((4,)), keras.Input((4,))
    return keras.Model([a, b], keras.layers.Dense(2)(a + b))


@pytest.mark.parametrize(
    "model, arguments, message",
    [
        (two_outputs, {}, "one output.*2 outputs"),
        (two_inputs, {}, "2 inputs.*inner plain model"),
        (lambda: keras.Sequential([keras.layers.Dense(2)]), {}, "0 inputs"),
        (made.application, {}, "gives probabilities.*from_logits=False"),
        (made.small, {"temperature": 0}, "`temperature` must be a positive"),
        (made.small, {"temperature": np.nan}, "`temperature` must be"),
        (made.small, {"temperature": np.inf}, "`temperature` must be"),
        (made.small, {"class_names": ["a", "b"]}, "name the 4 outputs"),
        (made.small, {"input_dtype": "bool"}, "`input_dtype` must be"),
        (
            lambda: made.small(dropout=0.0),
            {"mc_dropout": True},
            "needs dropout layers",
        ),
        (
            made.small,
            {"mc_dropout": True, "dropout_rate": 1.5},
            r"`rate` must be in \(0, 1\)",
        ),
    ],
)
def test_what_cannot_be_exported_is_refused(
    tmp_path, model, arguments, message
):
    with pytest.raises(ValueError, match=message):
        export_saved_model(
            model(), tmp_path / "m", **arguments, from_logits=True
        )
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path):
    export_saved_model(made.small(), tmp_path / "m", from_logits=True)
    with pytest.raises(FileExistsError):
        export_saved_model(made.small(), tmp_path / "m", from_logits=True)


def test_a_failing_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tfmixup.export.saved_model.write_manifest", fail)
    with pytest.raises(OSError, match="No space"):
        export_saved_model(made.small(), tmp_path / "m", from_logits=True)
    assert list(tmp_path.iterdir()) == []


def test_the_model_is_as_it_was(tmp_path):
    model = made.small()
    before = [weight.copy() for weight in model.get_weights()]
    images = made.pixels(4, size=8)
    predicted = model.predict(images, verbose=0)
    export_saved_model(
        model, tmp_path / "m", 2.0, mc_dropout=True, from_logits=True
    )
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(model.predict(images, verbose=0), predicted)


def test_the_manifest_is_complete(tmp_path):
    from tfmixup.metrics import bins_of

    rng = np.random.default_rng(0)
    bins = bins_of(rng.integers(0, 4, 50), rng.dirichlet(np.ones(4), 50), 5)
    returned = export_saved_model(
        made.small(),
        tmp_path / "m",
        2.5,
        class_names=["cat", "dog", "elk", "fox"],
        mc_dropout=True,
        dropout_rate=0.3,
        bins=bins,
        from_logits=True,
    )
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text())
    assert manifest == returned
    assert manifest["classes"] == ["cat", "dog", "elk", "fox"]
    assert manifest["temperature"] == 2.5
    assert manifest["bins"]["count"] == np.asarray(bins.count).tolist()
    assert set(manifest["bins"]) == {"count", "confidence", "correct"}
    assert manifest["mc_dropout"] == {"rate": 0.3}
    assert manifest["input"] == {
        "name": "image",
        "dtype": "float32",
        "shape": [None, 8, 8, 3],
    }
    assert manifest["versions"]["tensorflow"] == tf.__version__
    assert {"keras", "numpy", "python", "tfmixup"} <= set(manifest["versions"])
    root = pathlib.Path(__file__).parents[2]
    if (root / ".git").exists():
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=root,
            capture_output=True,
            text=True,
        )
        # Somebody may have committed since.
        assert len(manifest["commit"]) == len(head.stdout.strip())


def test_a_model_that_diverged_is_refused(tmp_path):
    model = keras.Sequential([keras.Input([3]), keras.layers.Dense(2)])
    kernel, bias = model.get_weights()
    kernel[0, 1] = np.nan
    model.set_weights([kernel, bias])
    with pytest.raises(ValueError, match="NaN in .*kernel"):
        export_saved_model(model, tmp_path / "model", from_logits=True)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("names", [{"x", "y"}, ["x", "x"], "xy"])
def test_names_of_classes_need_an_order(tmp_path, names):
    model = keras.Sequential([keras.Input([3]), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="`class_names` must"):
        export_saved_model(
            model, tmp_path / "model", class_names=names, from_logits=True
        )


def test_bins_of_another_kind_are_refused(tmp_path):
    model = keras.Sequential([keras.Input([3]), keras.layers.Dense(2)])
    with pytest.raises(TypeError, match="`bins` must be what"):
        export_saved_model(model, tmp_path / "m", bins=5, from_logits=True)
