"""Tests of tfmixup.layers.mixing_model: features and labels mix alike."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.probes import identity_model
from tests.layers.probes import one_hot_batches
from tests.layers.probes import probe_loss
from tests.replicas import two_replicas
from tfmixup.layers import HiddenMixup
from tfmixup.layers import MixingModel
from tfmixup.mixing import ManifoldMixupPlan
from tfmixup.predictions import predict_with_labels

# Models without a plan are what some of these tests are about.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*nothing without a plan", "ignore:.*mixes nothing"
)

each_draws = pytest.mark.parametrize("per_example", [False, True])
LOSS = keras.losses.CategoricalCrossentropy(from_logits=True)


def stage(**changes):
    return ManifoldMixupPlan(1.0, **{"depths": (0, 1), "seed": 3, **changes})


def changed(dataset, change):
    """The dataset with its plans changed."""
    return dataset.map(
        lambda planned, labels: (
            planned._replace(plan=change(planned.plan)),
            labels,
        )
    )


def dense_model(jit_compile=False, hidden=(0, 1), cls=MixingModel):
    keras.utils.set_random_seed(1)
    inputs = keras.Input([4])
    x = inputs
    for depth in hidden:
        x = keras.layers.Dense(8, "relu", name=f"d{depth}")(
            HiddenMixup(depth)(x)
        )
    model = cls(inputs, keras.layers.Dense(4, name="logits")(x), name="m")
    model.compile(
        keras.optimizers.SGD(0.5, momentum=0.9),
        LOSS,
        metrics=["accuracy"],
        jit_compile=jit_compile,
    )
    return model


@each_draws
@pytest.mark.parametrize("run", ["graph", "eager", "compiled"])
def test_the_linear_probe_loses_nothing_on_one_device(per_example, run):
    model = identity_model(
        run_eagerly=run == "eager", jit_compile=run == "compiled"
    )
    dataset = one_hot_batches().apply(stage(per_example=per_example))
    # Squares of float32 roundings of numbers below 1.
    assert probe_loss(model, dataset) <= 1e-12


@each_draws
def test_the_linear_probe_loses_nothing_on_two_replicas(per_example):
    with two_replicas().scope():
        model = identity_model()
    dataset = one_hot_batches().apply(
        stage(per_example=per_example, num_groups=2)
    )
    assert probe_loss(model, dataset) <= 1e-12


def test_four_groups_on_two_replicas_lose_nothing():
    # A partner is named by its distance, so that groups need not be replicas.
    with two_replicas().scope():
        model = identity_model()
    assert probe_loss(model, one_hot_batches().apply(stage(num_groups=4))) == (
        pytest.approx(0, abs=1e-12)
    )


def test_the_probe_finds_permuted_partners():
    def permuted(plan):
        partners = tf.range(16) + plan.distances
        partners = tf.roll(partners, 1, 0)
        return plan._replace(distances=partners - tf.range(16))

    dataset = changed(one_hot_batches().apply(stage()), permuted)
    assert probe_loss(identity_model(), dataset) > 0.01


def test_the_probe_finds_permuted_coefficients():
    def permuted(plan):
        rolled = {d: tf.roll(c, 1, 0) for d, c in plan.coefficients.items()}
        return plan._replace(coefficients=rolled)

    plans = one_hot_batches().apply(stage(per_example=True))
    assert probe_loss(identity_model(), changed(plans, permuted)) > 0.01


def test_the_probe_finds_plain_features():
    def without(plan):
        ones = {d: tf.ones_like(c) for d, c in plan.coefficients.items()}
        return plan._replace(coefficients=ones)

    dataset = changed(one_hot_batches().apply(stage()), without)
    assert probe_loss(identity_model(), dataset) > 0.01


def test_pairs_across_replicas_stop_the_training():
    with two_replicas().scope():
        model = identity_model()
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_groups"):
        probe_loss(model, one_hot_batches().apply(stage()))


def test_pairs_across_parts_are_nan_where_errors_are_compiled_away():
    model = identity_model(jit_compile=True)
    halves = (
        one_hot_batches().apply(stage()).unbatch().batch(8, drop_remainder=True)
    )
    assert np.isnan(probe_loss(model, halves))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_fit_learns_from_plans_and_validates_on_plain_features(jit_compile):
    model = dense_model(jit_compile)
    history = model.fit(
        one_hot_batches().apply(stage()),
        validation_data=one_hot_batches(),
        epochs=12,
        shuffle=False,
        verbose=0,
    )
    assert history.history["val_accuracy"][-1] == 1
    assert history.history["val_loss"][-1] < history.history["val_loss"][0]


def test_alpha_zero_is_bitwise_plain_training():
    plain = dense_model(cls=keras.Model)
    planned = dense_model()
    plain.fit(one_hot_batches(), epochs=2, shuffle=False, verbose=0)
    planned.fit(
        one_hot_batches().apply(
            ManifoldMixupPlan(0, depths=(0, 1), seed=1, num_classes=4)
        ),
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    for a, b in zip(plain.weights, planned.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_everything_else_is_that_of_a_functional_model(tmp_path):
    model = dense_model()
    model.fit(one_hot_batches().apply(stage()), shuffle=False, verbose=0)
    x = np.random.default_rng(0).normal(size=[5, 4]).astype(np.float32)
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(model(x), expected)
    np.testing.assert_array_equal(
        predict_with_labels(
            model, tf.data.Dataset.from_tensors((x, np.arange(5)))
        )[0],
        expected,
    )
    hidden = keras.Model(model.inputs, model.get_layer("d1").output)
    assert hidden.predict(x, verbose=0).shape == (5, 8)
    assert model.count_params() == dense_model(cls=keras.Model).count_params()

    # Its weights, optimizer and all, are those of the plain model.
    model.save_weights(tmp_path / "m.weights.h5")
    for cls in (MixingModel, keras.Model):
        other = dense_model(cls=cls)
        other.optimizer.build(other.trainable_variables)
        other.load_weights(tmp_path / "m.weights.h5")
        np.testing.assert_array_equal(other.predict(x, verbose=0), expected)
        assert int(other.optimizer.iterations) == 3

    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert type(loaded) is MixingModel
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)
    loaded.fit(one_hot_batches().apply(stage()), shuffle=False, verbose=0)

    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    np.testing.assert_allclose(served.serve(x), expected, atol=1e-6)


def test_a_model_that_exists_becomes_one_and_shares_its_layers():
    sequential = keras.Sequential(
        [keras.Input([4]), HiddenMixup(0), keras.layers.Dense(4)]
    )
    model = MixingModel(sequential.inputs, sequential.outputs)
    model.compile("sgd", LOSS)
    before = sequential.get_weights()[0].copy()
    model.fit(one_hot_batches().apply(stage(depths=(0,))), verbose=0)
    assert np.any(before != sequential.get_weights()[0])


def test_layers_of_nested_models_mix_too():
    inner = keras.Sequential([keras.Input([4]), HiddenMixup(1)])
    inputs = keras.Input([4])
    model = MixingModel(inputs, inner(HiddenMixup(0)(inputs)))
    model.compile("sgd", "mse")
    assert probe_loss(model, one_hot_batches().apply(stage())) <= 1e-12


@pytest.mark.parametrize("hidden", [(), (0,), (1, 2)])
def test_a_depth_that_no_layer_has_is_refused(hidden):
    model = dense_model(hidden=hidden)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"Every depth.*no layer mixed at"):
        model.fit(one_hot_batches().apply(stage()), verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    # What was refused leaves nothing behind.
    x = np.eye(4, dtype=np.float32)
    np.testing.assert_array_equal(
        model(x, training=True), model(x, training=False)
    )


def test_two_layers_at_one_depth_are_refused():
    inputs = keras.Input([4])
    x = HiddenMixup(0)(keras.layers.Dense(4)(HiddenMixup(0)(inputs)))
    model = MixingModel(inputs, x)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="Only one layer may mix at depth 0"):
        model.fit(one_hot_batches().apply(stage(depths=(0,))), verbose=0)


def test_a_plan_in_evaluation_or_prediction_is_refused():
    model = dense_model()
    planned = one_hot_batches().apply(stage())
    with pytest.raises(ValueError, match="on plain features"):
        model.evaluate(planned, verbose=0)
    with pytest.raises(ValueError, match="on plain features"):
        model.predict(planned, verbose=0)
    with pytest.raises(ValueError, match="on plain features"):
        model.fit(planned, validation_data=planned, verbose=0)


@pytest.mark.parametrize("inputs", [1, 4])
def test_a_plain_model_refuses_a_plan(inputs):
    # As many inputs as a plan has tensors: the structure must be looked at.
    given = [keras.Input([4]) for _ in range(inputs)]
    joined = keras.layers.Concatenate()(given) if inputs > 1 else given[0]
    model = keras.Model(given, keras.layers.Dense(4)(joined))
    model.compile("sgd", LOSS)
    with pytest.raises((ValueError, TypeError)):
        model.fit(one_hot_batches().apply(stage()), verbose=0)


def test_the_plan_is_followed_in_training_alone():
    model = identity_model()
    (planned, labels), *_ = one_hot_batches().apply(stage())
    np.testing.assert_array_equal(model(planned), planned.features)
    np.testing.assert_array_equal(
        model(planned, training=False), planned.features
    )
    np.testing.assert_allclose(model(planned, training=True), labels, atol=1e-6)


@pytest.mark.filterwarnings("default")
def test_a_model_that_gets_no_plan_says_so_once():
    model = build()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            model.fit(
                np.zeros([8, 4], "float32"), np.eye(3)[[0] * 8], verbose=0
            )
    said = [
        str(w.message) for w in caught if "without a plan" in str(w.message)
    ]
    assert len(said) == 1 and "Apply a plan stage" in said[0]


@pytest.mark.filterwarnings("default")
def test_a_plain_model_with_a_mixing_layer_says_so():
    inputs = keras.Input([4])
    outputs = keras.layers.Dense(3)(HiddenMixup(0)(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="mixes nothing.*MixingModel"):
        model.fit(np.zeros([8, 4], "float32"), np.zeros([8, 3]), verbose=0)


def test_no_plain_model_trains_on_features_with_a_plan():
    data = tf.data.Dataset.from_tensor_slices((tf.eye(4), [0, 1, 2, 0]))
    planned = data.batch(4).apply(
        ManifoldMixupPlan(2.0, 3, depths=(0,), seed=1)
    )
    inputs = keras.Input([4])
    for model in (
        keras.Model(inputs, keras.layers.Dense(3)(inputs)),
        keras.Sequential([keras.Input([4]), keras.layers.Dense(3)]),
        keras.Sequential([keras.layers.Dense(3)]),
    ):
        model.compile("sgd", keras.losses.CategoricalCrossentropy())
        with pytest.raises(ValueError):
            model.fit(planned, verbose=0)


def test_class_weights_of_mixed_labels_are_warned_of():
    model = build()
    data = tf.data.Dataset.from_tensor_slices((tf.eye(4), [0, 1, 2, 0]))
    planned = data.batch(4).apply(
        ManifoldMixupPlan(2.0, 3, depths=(0,), seed=1)
    )
    with pytest.warns(UserWarning, match="`class_weight`.*before the stage"):
        model.fit(planned, class_weight={0: 1.0, 1: 2.0, 2: 1.0}, verbose=0)


def build():
    inputs = keras.Input([4])
    model = MixingModel(inputs, keras.layers.Dense(3)(HiddenMixup(0)(inputs)))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    return model
