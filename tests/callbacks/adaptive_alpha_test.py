"""Tests of tfmixup.callbacks.adaptive_alpha."""

import math

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tfmixup.backup import Backup
from tfmixup.backup import EpochSeeds
from tfmixup.backup import fit
from tfmixup.callbacks import AdaptiveAlpha
from tfmixup.callbacks import CalibrationLogger
from tfmixup.mixing import LinearAlpha
from tfmixup.mixing import Mixup
from tfmixup.report.headline import gap_with_error

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=[64, 4]).astype(np.float32)
LABELS = (FEATURES[:, 0] + 0.5 * RNG.normal(size=64) > 0).astype(np.int64)
VALIDATION = FEATURES[::2] + np.float32(0.1), LABELS[::2]


def model():
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input([4]),
            keras.layers.Dense(8, "relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(2),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.5),
        keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    return model


def stage(alpha=0.3):
    return Mixup(alpha, num_classes=2, seed=7)


def train():
    return tf.data.Dataset.from_tensor_slices((FEATURES, LABELS)).batch(16)


def test_alpha_follows_the_gap_in_the_logs(tmp_path):
    mixing = stage()
    logger = CalibrationLogger(
        VALIDATION, tmp_path, from_logits=True, diagram_every=0
    )
    adaptive = AdaptiveAlpha(mixing, gain=3.0)
    # It may stand before the logger, so that its alpha is in the table.
    history = (
        model()
        .fit(
            train().apply(mixing),
            epochs=6,
            callbacks=[adaptive, logger],
            verbose=0,
        )
        .history
    )
    assert history["alpha"][0] == 0.3
    following = [*history["alpha"][1:], mixing.alpha]
    for alpha, gap, error, after in zip(
        history["alpha"],
        history["val_gap"],
        history["val_gap_se"],
        following,
        strict=True,
    ):
        moved = (
            math.exp(min(max(3 * gap, -0.5), 0.5)) if abs(gap) > error else 1
        )
        assert after == pytest.approx(min(max(alpha * moved, 0.01), 2.0))
    assert len(set(following)) > 1
    table = pd.read_csv(logger.history_path)
    assert table["alpha"].tolist() == pytest.approx(history["alpha"])


def test_alpha_follows_the_gap_on_data_of_its_own():
    mixing, seen = stage(), []
    adaptive = AdaptiveAlpha(mixing, VALIDATION, from_logits=True)
    network = model()

    def measure(*_):
        logits = network.predict(VALIDATION[0], verbose=0)
        seen.append(gap_with_error(VALIDATION[1], logits, True))

    watch = keras.callbacks.LambdaCallback(on_epoch_end=measure)
    history = network.fit(
        train().apply(mixing), epochs=4, callbacks=[adaptive, watch], verbose=0
    ).history
    alpha = 0.3
    for logged, (gap, error) in zip(history["alpha"], seen, strict=True):
        assert logged == pytest.approx(alpha, rel=1e-6)
        alpha = adaptive.next_alpha(alpha, gap, error)
    assert mixing.alpha == pytest.approx(alpha, rel=1e-6)


def test_every_step_of_an_epoch_has_the_alpha_of_its_log():
    """The batches are those of a fixed stage with the alpha of the epoch."""
    mixing, steps = stage(), []

    def note(*batch):
        steps.append([np.array(part) for part in batch])
        return np.int32(0)

    def noted(features, labels):
        done = tf.numpy_function(note, [features, labels], tf.int32)
        with tf.control_dependencies([done]):
            return tf.identity(features), tf.identity(labels)

    dataset = train().apply(mixing)
    # Reads ahead as far as it can.
    dataset = dataset.map(noted).prefetch(100)
    adaptive = AdaptiveAlpha(
        mixing, VALIDATION, from_logits=True, gain=50.0, max_change=2.0
    )
    history = (
        model().fit(dataset, epochs=5, callbacks=[adaptive], verbose=0).history
    )
    assert len(set(history["alpha"])) > 2
    # Keras reads a batch before the first epoch, to build the model.
    passes = [steps[first : first + 4] for first in range(0, len(steps), 4)]
    assert len(passes) in (5, 6) and len(steps) % 4 == 0
    alphas = history["alpha"]
    if len(passes) == 6:
        alphas = [alphas[0], *alphas]
    fixed = {alpha: train().apply(stage(alpha)) for alpha in sorted({*alphas})}
    for alpha, found in zip(alphas, passes, strict=True):
        expected = {each: list(data) for each, data in fixed.items()}[alpha]
        for batch, other in zip(found, expected, strict=True):
            for part, wanted in zip(batch, other, strict=True):
                np.testing.assert_array_equal(part, wanted)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda dataset, mixing: dataset.apply(mixing).repeat(),
        lambda dataset, mixing: dataset.apply(mixing).repeat().prefetch(9),
        lambda dataset, mixing: dataset.apply(mixing).cache(),
        lambda dataset, mixing: dataset.map(mixing.mix),
        lambda dataset, mixing: dataset.repeat().apply(mixing),
    ],
    ids=["repeat", "read ahead", "cache", "map", "repeat before"],
)
def test_a_pass_that_is_no_epoch_ends_the_training(spoil):
    mixing = stage()
    adaptive = AdaptiveAlpha(mixing, VALIDATION, from_logits=True)
    with pytest.raises(ValueError, match="The new alpha reached no batch"):
        model().fit(
            spoil(train(), mixing),
            epochs=4,
            # Not a divisor of the four batches, so that no pass ends with
            # an epoch.
            steps_per_epoch=3,
            callbacks=[adaptive],
            verbose=0,
        )


class Killed(keras.callbacks.Callback):
    """Ends the process' training at a step of all."""

    def __init__(self, step):
        super().__init__()
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def trained(folder, kills=()):
    """Weights and history of a training that is killed and goes on."""
    for kill in [*kills, None]:
        mixing, network = stage(), model()
        logger = CalibrationLogger(
            VALIDATION, folder, from_logits=True, diagram_every=0
        )
        callbacks = [
            EpochSeeds(3),
            AdaptiveAlpha(mixing, gain=30.0),
            logger,
            *([] if kill is None else [Killed(kill)]),
        ]

        def make_stream(first_step, mixing=mixing):
            endless = train().repeat().skip(first_step)
            return mixing.stream(endless, first_step).prefetch(20)

        try:
            fit(
                network,
                make_stream,
                Backup(folder / "backup", every=3),
                epochs=5,
                steps_per_epoch=4,
                callbacks=callbacks,
                pass_per_epoch=True,
                verbose=0,
            )
        except KeyboardInterrupt:
            continue
    return network.get_weights(), logger.history_path.read_bytes()


def test_a_killed_training_goes_on_bit_for_bit(tmp_path):
    weights, history = trained(tmp_path / "whole")
    assert pd.read_csv(tmp_path / "whole/history.csv")["alpha"].nunique() > 2
    for number, kills in enumerate([(4,), (5, 2), (9, 6), (13, 1, 1)]):
        others, other = trained(tmp_path / str(number), kills)
        assert other == history
        for one, two in zip(weights, others, strict=True):
            np.testing.assert_array_equal(one, two)


def test_a_stream_that_does_not_begin_anew_ends_the_training(tmp_path):
    mixing = stage()
    with pytest.raises(ValueError, match="pass_per_epoch=True"):
        fit(
            model(),
            lambda first: mixing.stream(train().repeat().skip(first), first),
            Backup(tmp_path),
            epochs=3,
            steps_per_epoch=4,
            callbacks=[AdaptiveAlpha(mixing, VALIDATION, from_logits=True)],
            verbose=0,
        )


def test_the_law_of_the_loop():
    adaptive = AdaptiveAlpha(
        stage(), gain=4.0, max_change=0.3, bounds=(0.1, 1.0)
    )
    assert adaptive.next_alpha(0.4, 0.05) == pytest.approx(0.4 * math.exp(0.2))
    assert adaptive.next_alpha(0.4, -0.05) == pytest.approx(
        0.4 * math.exp(-0.2)
    )
    # Within its standard error a gap is noise.
    assert adaptive.next_alpha(0.4, 0.05, 0.05) == 0.4
    assert adaptive.next_alpha(0.4, -0.05, 0.06) == 0.4
    assert adaptive.next_alpha(0.4, 0.05, 0.04) > 0.4
    # A large gap does not throw the loop off.
    assert adaptive.next_alpha(0.4, 0.9) == pytest.approx(0.4 * math.exp(0.3))
    # At a bound nothing winds up: one step of the other sign leaves it.
    alpha = 0.9
    for _ in range(50):
        alpha = adaptive.next_alpha(alpha, 0.9)
    assert alpha == 1.0
    assert adaptive.next_alpha(alpha, -0.05) < 0.85
    for gap, error in ((math.nan, 0.0), (0.1, math.inf), (math.inf, 0.0)):
        with pytest.raises(ValueError, match="must be finite"):
            adaptive.next_alpha(0.4, gap, error)


@pytest.mark.parametrize("gain", [2.0, 6.0, 12.0])
@pytest.mark.parametrize("lag", [1, 3, 8])
def test_the_loop_comes_to_rest_where_the_gap_is_0(gain, lag):
    """On a simulated plant, with the slope that the studies have.

    The gap falls by about 0.06 for each unit of log(alpha), and comes to its
    value with a first-order lag of some epochs. The characteristic polynomial
    z^2 - (2 - 1/lag) z + 1 - 1/lag + 0.06 gain / lag has both roots within
    the unit circle if 0.06 * gain < 1, for every lag.
    """
    adaptive = AdaptiveAlpha(stage(), gain=gain)
    alpha, gap = 0.3, 0.0
    for _ in range(400):
        wanted = 0.06 * (math.log(0.05) - math.log(alpha))
        gap += (wanted - gap) / lag
        alpha = adaptive.next_alpha(alpha, gap)
    assert alpha == pytest.approx(0.05, rel=1e-3)


def test_what_cannot_be_adapted_is_refused():
    with pytest.raises(TypeError, match="must be a mixing stage"):
        AdaptiveAlpha(keras.layers.Dense(1))
    for alpha in (0, 5.0, LinearAlpha(1, 0, epochs=2)):
        with pytest.raises(ValueError, match="a number within the bounds"):
            AdaptiveAlpha(stage(alpha))
    for name in ("gain", "max_change"):
        with pytest.raises(ValueError, match=f"`{name}` must be a number"):
            AdaptiveAlpha(stage(), **{name: 0})
    for bounds in ((0, 1), (1, 0.5), (0.5, math.inf)):
        with pytest.raises(ValueError, match="`bounds` must be"):
            AdaptiveAlpha(stage(), bounds=bounds)
    with pytest.raises(KeyError, match="val_gap"):
        mixing = stage()
        model().fit(
            train().apply(mixing),
            epochs=2,
            callbacks=[AdaptiveAlpha(mixing)],
            verbose=0,
        )


def test_the_standard_error_is_that_of_a_mean():
    rng = np.random.default_rng(3)
    predictions = rng.dirichlet(np.ones(3), 200)
    labels = rng.integers(0, 3, 200)
    excess = predictions.max(1) - (predictions.argmax(1) == labels)
    gap, error = gap_with_error(labels, predictions)
    assert gap == pytest.approx(excess.mean())
    assert error == pytest.approx(excess.std(ddof=1) / math.sqrt(200))
    # Weights of 0 and 1 are a selection.
    chosen = rng.random(200) < 0.5
    found = gap_with_error(labels, predictions, sample_weight=chosen * 1.0)
    expected = gap_with_error(labels[chosen], predictions[chosen])
    assert found == pytest.approx(expected)
    assert gap_with_error([0], [[0.6, 0.4]])[1] == math.inf
