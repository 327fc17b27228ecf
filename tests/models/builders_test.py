"""The contract that every builder of image classifiers keeps."""

import doctest
import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import checks
from tfmixup import models

SMALL = {
    name: dict(width=16 if name == "resnext101_32x4d" else 4)
    for name in models.BUILDERS
}
SHALLOW = sorted(set(models.BUILDERS) - {"resnet50", "resnext101_32x4d"})
# One of each file, for what the depth cannot change.
SHALLOWEST = ["preact_resnet18", "resnet18", "vgg16"]


def build(name, num_classes=10, input_shape=(8, 8, 1), **arguments):
    return models.BUILDERS[name](
        num_classes, input_shape, **{**SMALL[name], **arguments}
    )


def kernels(model):
    return [
        layer.kernel
        for layer in model.layers
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
    ]


def test_builders_are_the_public_functions():
    public = {
        name: getattr(models, name)
        for name in models.__all__
        if inspect.isfunction(getattr(models, name))
    }
    # Those of images; sentences have one network, and other arguments.
    assert public.pop("sentence_cnn") is models.sentence_cnn
    assert public == models.BUILDERS


@pytest.mark.parametrize("name", sorted(models.BUILDERS))
def test_signature_is_the_same_everywhere(name):
    signature = inspect.signature(models.BUILDERS[name])
    parameters = {k: v.default for k, v in signature.parameters.items()}
    if name == "vgg16":
        assert parameters.pop("dropout") == 0.0
    if name.startswith("preact"):
        assert parameters.pop("hidden_mixup") is False
    assert parameters == dict(
        num_classes=inspect.Parameter.empty,
        input_shape=inspect.Parameter.empty,
        width=64,
        weight_decay=0.0005,
        mean=None,
        std=None,
        synchronized_batch_norm=False,
        name=name,
    )


@pytest.mark.parametrize("name", sorted(models.BUILDERS))
def test_the_docstring_names_every_argument_and_its_example_runs(name):
    builder = models.BUILDERS[name]
    assert "{" not in builder.__doc__.replace("stage{i}_out", "")
    for argument in inspect.signature(builder).parameters:
        assert f"\n    {argument}: " in builder.__doc__
    for part in ("Args", "Returns", "Raises", "Example"):
        assert builder.__doc__.count(f"\n{part}:\n") == 1
    # Functions that a decorator made are not found by doctest alone.
    [example] = doctest.DocTestFinder().find(
        builder, name, module=False, globs={name: builder}
    )
    assert doctest.DocTestRunner().run(example) == (0, len(example.examples))
    assert example.examples


def test_an_argument_that_a_network_lacks_is_refused():
    with pytest.raises(TypeError, match=r"resnet18\(\).*'dropout'"):
        models.resnet18(10, (8, 8, 1), dropout=0.5)


@pytest.mark.parametrize("name", SHALLOWEST)
@pytest.mark.parametrize(
    "input_shape", [(28, 28, 1), (32, 32, 3), (96, 96, 3), (8, 8, 1)]
)
def test_images_of_every_size_give_logits(name, input_shape):
    model = build(name, 7, input_shape)
    assert model.output_shape == (None, 7)
    assert model.name == name
    last = model.get_layer("stage4_out").output.shape
    # Three halvings, rounded up, or four pools in VGG.
    factor = 16 if name == "vgg16" else 8
    assert last[1] == -(-input_shape[0] // factor)


def test_size_may_be_left_open():
    model = build("resnet18", input_shape=(None, None, 1))
    for size in (5, 8):
        assert model(np.zeros([2, size, size + 1, 1])).shape == (2, 10)


@pytest.mark.parametrize("name", SHALLOWEST + ["resnet50"])
def test_width_scales_every_channel(name):
    narrow, wide = (build(name, width=width) for width in (2, 6))
    channels = [
        [k.shape[-1] for k in kernels(model)][:-1] for model in (narrow, wide)
    ]
    np.testing.assert_array_equal(3 * np.array(channels[0]), channels[1])


@pytest.mark.parametrize("name", sorted(models.BUILDERS))
def test_every_kernel_and_nothing_else_is_decayed(name):
    model = build(name, weight_decay=0.03)
    with tf.GradientTape() as tape:
        penalty = tf.add_n(model.losses)
    variables = model.trainable_variables
    gradients = tape.gradient(penalty, [v.value for v in variables])
    assert len(model.losses) == len(kernels(model))
    for variable, gradient in zip(variables, gradients, strict=True):
        if variable.name == "kernel":
            # Exactly: halving and doubling a float lose nothing.
            expected = np.float32(0.03) * variable.numpy()
            np.testing.assert_array_equal(gradient, expected, variable.path)
        else:
            assert variable.name in ("bias", "gamma", "beta")
            assert gradient is None, variable.path


@pytest.mark.parametrize("name", SHALLOWEST)
def test_no_weight_decay_adds_no_penalty(name):
    assert build(name, weight_decay=0).losses == []


@pytest.mark.parametrize("name", SHALLOW)
def test_output_is_logits_not_probabilities(name):
    model = build(name)
    output = model.layers[-1]
    assert output.name == "logits"
    assert output.activation is keras.activations.linear
    features = np.full([1, output.kernel.shape[0]], 1e3, "float32")
    logits = output(features).numpy()
    assert logits.min() < -1 and logits.max() > 1


@pytest.mark.parametrize("name", SHALLOWEST)
def test_training_steps_reduce_the_loss(name):
    keras.utils.set_random_seed(0)
    model = build(name)
    model.compile(
        keras.optimizers.SGD(0.01),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, 8, 8, 1)).astype("float32")
    y = np.eye(10, dtype="float32")[rng.integers(0, 10, 16)]
    losses = [
        model.train_on_batch(x, y, return_dict=True)["loss"] for _ in range(4)
    ]
    assert losses[-1] < losses[0] - 0.01


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_gives_float32_logits(policy):
    with checks.dtype_policy(policy):
        model = build("resnet18", mean=100.0, std=50.0)
    assert model.get_layer("stem_conv").compute_dtype == policy[6:]
    assert model.get_layer("normalization").compute_dtype == "float32"
    assert {v.dtype for v in model.weights} == {"float32"}
    logits = model(np.full([2, 8, 8, 1], 255, "uint8"))
    assert logits.dtype == tf.float32
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("name", SHALLOWEST)
def test_saved_model_computes_the_same(name, tmp_path):
    model = build(name, input_shape=(8, 8, 3), mean=[1, 2, 3], std=(2, 2, 9))
    checks.randomise(model, seed=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).uniform(0, 255, (2, 8, 8, 3)).astype("f4")
    np.testing.assert_array_equal(loaded(x), model(x))
    assert len(loaded.losses) == len(model.losses)
    np.testing.assert_array_equal(loaded.losses[0], model.losses[0])


@pytest.mark.parametrize("bad", [1, 0, 2.0, True, None])
def test_num_classes_below_2_is_refused(bad):
    with pytest.raises(ValueError, match="`num_classes` must be.*Received"):
        build("resnet18", bad)


@pytest.mark.parametrize("name", sorted(models.BUILDERS))
@pytest.mark.parametrize("bad", [0, -16, 16.0, True])
def test_width_below_1_is_refused(name, bad):
    with pytest.raises(ValueError, match="`width` must be.*Received: width="):
        models.BUILDERS[name](10, (8, 8, 1), width=bad)
