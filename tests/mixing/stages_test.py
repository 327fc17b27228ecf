"""Tests of tfmixup.mixing.stages: the laws of mixing in a pipeline."""

import json
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from tests.replicas import two_replicas
from tfmixup.mixing import FeatureMixup
from tfmixup.mixing import Mixup

both_draws = pytest.mark.parametrize("per_example", [False, True])


def probe(size, batch, drop_remainder=True, repeat=1):
    """A dataset whose features tell which examples they were made of.

    The feature of example i of each batch is the i-th unit vector: a mixed
    row shows its coefficient in column i and its partner by the other column.
    """
    rows = tf.data.Dataset.range(size).batch(batch, drop_remainder)
    return rows.repeat(repeat).map(
        lambda i: (tf.one_hot(i % batch, batch), tf.cast(i % 3, tf.int32))
    )


def draws(mixed_rows):
    """(coefficients, partners) of the rows of one probe batch."""
    rows = np.asarray(mixed_rows)[:, : len(mixed_rows)]
    own = np.diag(rows).copy()
    others = rows - np.diag(own)
    partners = np.where(own == 1, np.arange(len(rows)), others.argmax(1))
    return own, partners


def batches(dataset):
    return [(x.numpy(), y.numpy()) for x, y in dataset]


def features(dataset):
    return np.concatenate([x for x, _ in batches(dataset)])


@both_draws
def test_features_and_labels_share_one_pairing_and_one_coefficient(per_example):
    generator = np.random.default_rng(0)
    labels = generator.dirichlet(np.ones(4), size=40)
    images = generator.integers(0, 256, [40, 12, 12, 3], np.uint8)
    vectors = generator.normal(size=[40, 5])
    structure = {"image": images, "pair": (vectors, labels.astype(np.float32))}
    dataset = tf.data.Dataset.from_tensor_slices((structure, labels)).batch(20)
    stage = Mixup(0.8, per_example=per_example, seed=3)
    for number, (x, y) in enumerate(dataset.apply(stage)):
        part = slice(20 * number, 20 * number + 20)
        # The label is a feature too: the two must come out the same.
        np.testing.assert_allclose(x["pair"][1], y, atol=1e-6)
        # One least-squares fit per row finds coefficient and partner from
        # the vectors alone; they must explain the images as well.
        for row in range(20):
            own = vectors[part][row]
            fits = []
            for other in range(20):
                direction = vectors[part][other] - own
                weight = np.dot(direction, x["pair"][0][row] - own)
                weight /= max(np.dot(direction, direction), 1e-12)
                error = own + weight * direction - x["pair"][0][row]
                fits.append((np.abs(error).max(), other, weight))
            _, other, weight = min(fits)
            expected = (1 - weight) * images[part][row].astype(float)
            expected += weight * images[part][other]
            # Coefficients carry float32 rounding, 6e-8, times 255, times
            # the conditioning of the fit.
            np.testing.assert_allclose(x["image"][row], expected, atol=1e-2)
            label = (1 - weight) * labels[part][row]
            label += weight * labels[part][other]
            np.testing.assert_allclose(y[row], label, atol=1e-4)


def test_alpha_zero_is_bitwise_plain_training():
    pixels = np.random.default_rng(0).integers(0, 256, [6, 4, 4, 1], np.uint8)
    dataset = tf.data.Dataset.from_tensor_slices((pixels, [0, 1, 2, 2, 1, 0]))
    plain = dataset.batch(4).map(
        lambda x, y: (tf.cast(x, tf.float32), tf.one_hot(y, 3))
    )
    for stage in (Mixup(0, 3, seed=1), FeatureMixup(0.0, 3, seed=1)):
        mixed = batches(dataset.batch(4).apply(stage))
        for (x, y), (a, b) in zip(mixed, batches(plain), strict=True):
            np.testing.assert_array_equal(x, a)
            np.testing.assert_array_equal(y, b)


@both_draws
def test_label_rows_sum_to_one(per_example):
    dataset = probe(256, 32)
    for _, y in batches(dataset.apply(Mixup(1, 3, per_example=per_example))):
        assert y.min() >= 0
        # Two products and a sum, each rounded once.
        np.testing.assert_allclose(y.sum(1), 1, atol=4 * 2**-24)


def test_one_coefficient_serves_a_batch_unless_asked_for_one_an_example():
    (x, _), *_ = batches(probe(64, 64).apply(Mixup(1, 3, seed=1)))
    own, partners = draws(x)
    assert len(set(own[partners != np.arange(64)])) == 1
    stage = Mixup(1, 3, seed=1, per_example=True)
    own, partners = draws(batches(probe(64, 64).apply(stage))[0][0])
    moved = own[partners != np.arange(64)]
    assert len(set(moved)) == len(moved)


@both_draws
def test_the_coefficients_of_a_stage_follow_beta(per_example):
    stage = Mixup(0.4, 3, seed=5, per_example=per_example)
    steps = 50 if per_example else 3000
    seen = []
    for x, _ in batches(probe(8, 8, repeat=steps).apply(stage)):
        own, partners = draws(x)
        moved = own[partners != np.arange(8)]
        seen.extend(moved if per_example else moved[:1])
    # Conditioned on a partner other than oneself the law is the same. KS
    # p-values are uniform: below 1e-4 once in ten thousand seeds.
    assert (
        scipy.stats.kstest(seen, scipy.stats.beta(0.4, 0.4).cdf).pvalue > 1e-4
    )


def test_partners_are_uniform_over_the_batch():
    counts = np.zeros([8, 8])
    for x, _ in batches(probe(8, 8, repeat=1000).apply(Mixup(8, 3, seed=2))):
        _, partners = draws(x)
        counts[np.arange(8), partners] += 1
        assert sorted(partners) == list(range(8))  # A permutation.
    # 1000 draws in 8 cells of each row: the largest of 64 cells is within
    # 5 standard deviations of 125 but for one seed in 30,000.
    assert np.abs(counts - 125).max() < 5 * np.sqrt(1000 / 8 * 7 / 8)


@both_draws
def test_each_epoch_and_each_step_has_draws_of_its_own(per_example):
    dataset = probe(96, 32).apply(Mixup(1, 3, per_example=per_example, seed=4))
    epochs = [features(dataset) for _ in range(3)]
    blocks = [block for epoch in epochs for block in np.split(epoch, 3)]
    for i, block in enumerate(blocks):
        for other in blocks[:i]:
            assert np.any(draws(block)[1] != draws(other)[1])
            assert np.any(draws(block)[0] != draws(other)[0])


@both_draws
def test_the_same_seed_repeats_every_epoch_and_another_does_not(per_example):
    def three_epochs(seed):
        stage = Mixup(1, 3, per_example=per_example, seed=seed)
        dataset = probe(64, 16).apply(stage)
        return np.stack([features(dataset) for _ in range(3)])

    np.testing.assert_array_equal(three_epochs(9), three_epochs(9))
    assert np.any(three_epochs(9) != three_epochs(10))


def test_global_seeds_do_not_reach_a_stage_with_a_seed():
    def two_epochs(global_seed):
        keras.utils.set_random_seed(global_seed)
        dataset = probe(64, 16).apply(Mixup(1, 3, seed=9))
        return np.stack([features(dataset), features(dataset)])

    np.testing.assert_array_equal(two_epochs(1), two_epochs(2))


RERUN = """
import json
from tests.mixing import stages_test as t
dataset = t.probe(48, 16).apply(t.Mixup(1, 3, seed=9, per_example=True))
print(json.dumps([t.features(dataset).tolist() for _ in range(2)]))
"""


def test_another_process_draws_the_same():
    dataset = probe(48, 16).apply(Mixup(1, 3, seed=9, per_example=True))
    here = [features(dataset).tolist() for _ in range(2)]
    root = pathlib.Path(__file__).parents[2]
    printed = subprocess.run(
        [sys.executable, "-c", RERUN], capture_output=True, check=True, cwd=root
    ).stdout
    assert json.loads(printed) == here


def test_any_parallelism_gives_the_same_batches():
    def run(parallel_calls, threads):
        dataset = probe(640, 16).map(
            lambda x, y: (x, y), num_parallel_calls=parallel_calls
        )
        dataset = dataset.apply(Mixup(1, 3, per_example=True, seed=1))
        options = tf.data.Options()
        options.threading.private_threadpool_size = threads
        options.autotune.enabled = threads > 1
        return features(dataset.with_options(options))

    np.testing.assert_array_equal(run(None, 1), run(8, 8))


@both_draws
@pytest.mark.parametrize("first", [1, 31, 32, 1023, 1024, 1500])
def test_a_stream_resumes_at_any_step(per_example, first):
    endless = probe(4, 4, repeat=None)
    stage = Mixup(1, 3, per_example=per_example, seed=6)
    unbroken = stage.stream(endless).skip(first).take(3)
    resumed = stage.stream(endless.skip(first), first_step=first).take(3)
    np.testing.assert_array_equal(features(unbroken), features(resumed))


@both_draws
@pytest.mark.parametrize("batch", [1, 5, 128, 129, 300])
def test_odd_batches_and_a_ragged_last_one_mix_alike(per_example, batch):
    # The ragged pipeline does not know its batch size when it is built, the
    # other one does: the draws must not depend on that.
    stage = Mixup(1, 3, per_example=per_example, seed=8)
    size = 2 * batch + (batch + 1) // 2
    ragged = batches(probe(size, batch, drop_remainder=False).apply(stage))
    even = batches(probe(size, batch).apply(stage))
    assert [len(y) for _, y in ragged] == [batch, batch, (batch + 1) // 2]
    for (x, y), (a, b) in zip(ragged, even, strict=False):
        np.testing.assert_array_equal(x, a)
        np.testing.assert_array_equal(y, b)
    _, partners = draws(ragged[-1][0])
    assert sorted(partners) == list(range(len(ragged[-1][1])))


def test_a_batch_of_one_is_left_as_it_is():
    x = np.array([[0.1, -0.0, 7.3]], np.float32)
    mixed, label = Mixup(1, 3, seed=1).mix(x, np.array([2]))
    np.testing.assert_array_equal(
        mixed.numpy().view(np.int32), x.view(np.int32)
    )
    np.testing.assert_array_equal(label, [[0, 0, 1]])


def test_feature_mixup_gives_the_hard_label_of_the_nearer_example():
    stage = FeatureMixup(1, 16, per_example=True, seed=1)
    rows = tf.data.Dataset.range(16).batch(16, drop_remainder=True)
    dataset = rows.map(lambda i: (tf.one_hot(i, 16), i)).repeat(20)
    for x, y in batches(dataset.apply(stage)):
        own, partners = draws(x)
        nearer = np.where(own >= 0.5, np.arange(16), partners)
        np.testing.assert_array_equal(y, np.eye(16)[nearer])
        assert 0 < np.sum(nearer != np.arange(16)) < 16


def test_feature_mixup_draws_what_mixup_draws():
    mixed = features(probe(64, 32).apply(Mixup(1, 3, seed=2)))
    feature_mixed = features(probe(64, 32).apply(FeatureMixup(1, 3, seed=2)))
    np.testing.assert_array_equal(mixed, feature_mixed)


@both_draws
def test_compiled_and_plain_mixing_agree_to_rounding(per_example):
    def run(jit_compile):
        stage = Mixup(
            1, 3, per_example=per_example, seed=1, jit_compile=jit_compile
        )
        return features(probe(48, 16, drop_remainder=False).apply(stage))

    # A fused multiply-add rounds once less: values are at most 1.
    np.testing.assert_allclose(run(True), run(False), atol=2**-23)


@both_draws
def test_map_mixes_differently_at_each_batch_and_repeats_in_a_rerun(
    per_example,
):
    def run():
        stage = Mixup(1, 3, per_example=per_example, seed=1)
        dataset = probe(32, 16).map(stage.mix)
        return np.stack([features(dataset), features(dataset)])

    first = run()
    np.testing.assert_array_equal(first, run())
    assert np.any(first[0] != first[1])
    assert np.any(first[0, :16] != first[0, 16:])


def test_map_works_when_the_stage_was_made_under_a_strategy():
    with two_replicas().scope():
        stage = Mixup(1, 3, seed=1)
        dataset = probe(32, 16).map(stage.mix)
    np.testing.assert_array_equal(
        features(dataset), features(probe(32, 16).map(Mixup(1, 3, seed=1).mix))
    )


def test_fit_takes_a_mixed_dataset_and_knows_its_length():
    dataset = probe(48, 16).apply(Mixup(0.4, 3, seed=1))
    assert dataset.cardinality() == 3
    model = keras.Sequential([keras.layers.Dense(3)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    history = model.fit(dataset, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_the_global_seed_of_keras_fixes_a_stage_without_a_seed():
    keras.utils.set_random_seed(3)
    first = Mixup(1).seed
    keras.utils.set_random_seed(3)
    assert Mixup(1).seed == first
    assert Mixup(1).seed != first


@pytest.mark.parametrize("cls", [Mixup, FeatureMixup])
def test_a_config_rebuilds_the_stage(cls):
    stage = cls(0.3, 3, per_example=True, seed=2, jit_compile=False)
    again = cls.from_config(json.loads(json.dumps(stage.get_config())))
    np.testing.assert_array_equal(
        features(probe(32, 16).apply(stage)),
        features(probe(32, 16).apply(again)),
    )


@pytest.mark.parametrize("alpha", [-0.1, float("nan"), float("inf"), "high"])
def test_a_bad_alpha_is_refused_by_the_constructor(alpha):
    with pytest.raises(ValueError, match="`alpha` must be.*Received"):
        Mixup(alpha)


def test_an_unbatched_dataset_is_refused_before_it_is_read():
    dataset = probe(8, 4).unbatch()
    with pytest.raises(ValueError, match=r"Call `dataset.batch\(...\)`"):
        dataset.apply(Mixup(1, 3))
    with pytest.raises(ValueError, match=r"Call `dataset.batch\(...\)`"):
        dataset.map(Mixup(1, 3).mix)


def test_a_label_out_of_range_stops_the_pipeline():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0, 2\)"):
        features(probe(8, 4).apply(Mixup(1, 2)))
