"""Tests of tfmixup.layers.monte_carlo_dropout."""

import keras
import numpy as np

from tfmixup.export import load_keras_file
from tfmixup.layers import MonteCarloDropout
from tfmixup.uncertainty import monte_carlo_dropout

ONES = np.ones([4, 1000], np.float32)


def model(**arguments):
    layer = MonteCarloDropout(**arguments)
    return keras.Sequential([keras.Input((1000,)), layer])


def test_it_drops_in_every_mode_and_anew_each_time():
    dropping = model(rate=0.3, seed=1)
    passes = [
        dropping.predict(ONES, verbose=0),
        dropping.predict(ONES, verbose=0),
        dropping(ONES, training=False).numpy(),
        dropping(ONES, training=True).numpy(),
    ]
    for outputs in passes:
        kept = outputs > 0
        # 4,000 draws: five standard deviations of the share are 0.036.
        assert abs(kept.mean() - 0.7) < 0.036
        np.testing.assert_allclose(outputs[kept], 1 / 0.7, rtol=1e-6)
    for i, one in enumerate(passes):
        for other in passes[:i]:
            assert np.mean((one > 0) == (other > 0)) < 0.7


def test_a_rate_of_zero_drops_nothing():
    np.testing.assert_array_equal(model(rate=0.0)(ONES), ONES)


def test_one_seed_draws_the_same_passes():
    one, two = (model(rate=0.5, seed=3).predict(ONES, verbose=0) for _ in "ab")
    np.testing.assert_array_equal(one, two)


def test_a_saved_model_still_drops(tmp_path):
    dropping = model(rate=0.5, noise_shape=(None, 1), seed=2)
    dropping.save(tmp_path / "m.keras")
    back = load_keras_file(tmp_path / "m.keras")
    configs = [each.layers[-1].get_config() for each in (back, dropping)]
    for config in configs:
        # A file makes a list of it, and Keras 3.12 leaves it at that.
        config["noise_shape"] = tuple(config["noise_shape"])
    assert configs[0] == configs[1]
    many = back.predict(np.ones([200, 1000]), verbose=0)
    # One draw for each row.
    assert set(many.std(axis=1)) == {0.0}
    assert 60 < np.sum(many[:, 0] > 0) < 140


def test_passes_of_it_are_averaged_like_those_of_plain_dropout():
    dense = keras.layers.Dense(2)
    rows = np.ones([3, 5], np.float32)
    layers = [MonteCarloDropout(0.5, seed=0), keras.layers.Dropout(0.5)]
    found = [
        monte_carlo_dropout(
            keras.Sequential([keras.Input((5,)), layer, dense]),
            rows,
            seed=4,
            from_logits=True,
        )
        for layer in layers
    ]
    np.testing.assert_array_equal(*found)
