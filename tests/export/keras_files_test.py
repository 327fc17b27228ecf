"""Tests of tfmixup.export.keras_files: whole and harmless, or refused."""

import json
import pathlib
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

from tests import catalogue
from tests.export import made
from tfmixup import layers
from tfmixup import mixing
from tfmixup.export import load_keras_file
from tfmixup.losses import EntropyRegularizedCrossentropy

# `mixing_model`, with every loss and metric and a schedule, as version 0.1.0
# wrote it.
OLD_FILE = pathlib.Path(__file__).parent / "data" / "version_0_1_0.keras"
# The vector of its word 1.
OLD_VECTOR = [-0.0393398181, -0.0105069876, -0.0313286930]


def saved(tmp_path, model=None):
    path = tmp_path / "model.keras"
    (model or made.small()).save(path)
    return path


def tampered(path, change):
    """The file with another config.json."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    parts["config.json"] = json.dumps(change(config)).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_every_registered_loss_and_metric_goes_round(tmp_path):
    model = catalogue.model()
    for loss in catalogue.LOSSES:
        metrics = [
            case.build(name=f"m{i}") for i, case in enumerate(catalogue.METRICS)
        ]
        model.compile("sgd", loss.build(), metrics=metrics)
        x, y = catalogue.features(), catalogue.one_hot()
        before = model.evaluate(x, y, verbose=0, return_dict=True)
        back = load_keras_file(saved(tmp_path, model))
        assert back.evaluate(x, y, verbose=0, return_dict=True) == before
        np.testing.assert_array_equal(
            back.predict(x, verbose=0), model.predict(x, verbose=0)
        )


def mixing_model():
    """Every layer, in a model that mixes what has a mask."""
    inputs = keras.Input((5,), dtype="int32")
    x = layers.WordVectors(7, 3, mask_zero=True)(inputs)
    for case in catalogue.LAYERS:
        x = case.build()(x)
    x = layers.MonteCarloDropout(0.5, seed=0)(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return layers.MixingModel(inputs, keras.layers.Dense(4)(x))


@pytest.mark.parametrize(
    "schedule", catalogue.SCHEDULES, ids=lambda case: case.cls.__name__
)
def test_every_registered_layer_and_schedule_goes_round(tmp_path, schedule):
    model = mixing_model()
    optimizer = keras.optimizers.SGD(schedule.build())
    model.compile(optimizer, "categorical_crossentropy")
    back = load_keras_file(saved(tmp_path, model))
    assert type(back) is type(model)
    for old, new in zip(model.layers, back.layers, strict=True):
        assert type(new) is type(old) and new.get_config() == old.get_config()
    for old, new in zip(model.get_weights(), back.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    # The attribute `learning_rate` is the rate of the present step.
    found = back.optimizer.get_config()["learning_rate"]
    assert found == optimizer.get_config()["learning_rate"]
    assert found["class_name"] == schedule.cls.__name__


def test_no_registered_class_is_left_out():
    kinds = (
        catalogue.LAYERS,
        catalogue.LOSSES,
        catalogue.METRICS,
        catalogue.SCHEDULES,
    )
    tried = {case.cls for kind in kinds for case in kind}
    tried |= {layers.MixingModel}
    # What is in the configs of stages, which are no part of a model.
    tried |= {mixing.CosineAlpha, mixing.LinearAlpha, mixing.OffAfter}
    tried |= {type(layer) for layer in mixing_model().layers}
    registered = {
        cls
        for name, cls in keras.saving.get_custom_objects().items()
        if name.startswith("tfmixup>")
    }
    assert registered == {c for c in tried if c.__module__[:5] != "keras"}


def test_a_file_of_version_0_1_0_is_loaded():
    model = load_keras_file(OLD_FILE)
    made = mixing_model()
    assert type(model) is type(made)
    assert [type(layer) for layer in model.layers] == [
        type(layer) for layer in made.layers
    ]
    assert type(model.loss) is catalogue.LOSSES[0].cls
    found = model.optimizer.get_config()["learning_rate"]
    assert found["class_name"] == catalogue.SCHEDULES[0].cls.__name__
    inputs = np.arange(40, dtype="int32").reshape(8, 5) % 7
    logs = model.evaluate(
        inputs, catalogue.one_hot(8), verbose=0, return_dict=True
    )
    assert {f"m{i}" for i in range(18)} < set(logs)
    vectors, kernel, bias = model.get_weights()
    np.testing.assert_allclose(vectors[1], OLD_VECTOR, rtol=1e-6)
    assert kernel.shape == (3, 4) and not bias.any()


def test_a_lambda_is_refused(tmp_path):
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Lambda(lambda x: x + 1)]
    )
    with pytest.raises(ValueError, match="was not loaded.*[Ll]ambda"):
        load_keras_file(saved(tmp_path, model))


@pytest.mark.parametrize(
    "module, name", [("os", "system"), ("subprocess", "Popen")]
)
def test_a_config_that_names_another_function_is_refused(
    tmp_path, module, name
):
    target = tmp_path / "made_by_the_config"

    def change(config):
        config["module"], config["class_name"] = module, name
        config["config"] = {"command": f"touch {target}"}
        config["registered_name"] = None
        return config

    path = tampered(saved(tmp_path), change)
    with pytest.raises(ValueError, match="was not loaded"):
        load_keras_file(path)
    assert not target.exists()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_called_so(tmp_path, share):
    path = saved(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="is truncated"):
        load_keras_file(path)


def test_a_flipped_bit_is_found(tmp_path):
    path = saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged: .* is not whole"):
        load_keras_file(path)


def test_a_part_that_is_absent_is_named(tmp_path):
    path = saved(tmp_path)
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
    with pytest.raises(ValueError, match="model.weights.h5 is not whole"):
        load_keras_file(path)


def test_no_file_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        load_keras_file(tmp_path / "model.keras")


def test_a_fresh_process_loads_every_class_with_the_one_line(tmp_path):
    model = mixing_model()
    metrics = [case.build() for case in catalogue.METRICS]
    loss = EntropyRegularizedCrossentropy(0.1, from_logits=True)
    model.compile("sgd", loss, metrics=metrics[:3])
    path = saved(tmp_path, model)
    code = (
        "from tfmixup.export import load_keras_file\n"
        f"print(type(load_keras_file({str(path)!r})).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout.strip().endswith(type(model).__name__), done.stderr
