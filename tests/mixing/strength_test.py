"""Tests of tfmixup.mixing.strength: which pass and step has which alpha."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.mixing import EmbeddingMixupPlan
from tfmixup.mixing import FeatureMixup
from tfmixup.mixing import LinearAlpha
from tfmixup.mixing import ManifoldMixupPlan
from tfmixup.mixing import Mixup
from tfmixup.mixing import OffAfter
from tfmixup.mixing.strength import Strength

STAGES = [Mixup, FeatureMixup, ManifoldMixupPlan, EmbeddingMixupPlan]
STEPS = 5


def batches(size=12, batch_size=3):
    """Batches of one example of each class, whose features are its label."""
    features = np.eye(size, dtype=np.float32)
    examples = tf.data.Dataset.from_tensor_slices((features, np.arange(size)))
    return examples.batch(batch_size)


def leaves(dataset):
    return [
        np.asarray(leaf) for batch in dataset for leaf in tf.nest.flatten(batch)
    ]


def same(found, expected):
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("per_example", [False, True])
@pytest.mark.parametrize("cls", STAGES)
def test_each_pass_has_the_draws_of_its_alpha(cls, per_example):
    alphas = [0.7, 0.0, 1.5]
    arguments = {"num_classes": 12, "seed": 7, "per_example": per_example}
    scheduled = batches().apply(cls(alphas.__getitem__, **arguments))
    for number, alpha in enumerate(alphas):
        # A dataset draws for the number of the pass.
        fixed = batches().apply(cls(alpha, **arguments))
        passes = [leaves(fixed) for _ in range(number + 1)]
        same(leaves(scheduled), passes[number])


def test_a_pass_that_is_read_ahead_has_its_own_alpha():
    def halved(epoch):
        return 2.0**-epoch

    arguments = {"num_classes": 12, "seed": 7}
    plain = batches().apply(Mixup(halved, **arguments))
    ahead = batches().apply(Mixup(halved, **arguments)).repeat(3).prefetch(50)
    expected = leaves(plain) + leaves(plain) + leaves(plain)
    same(leaves(ahead), expected)


@pytest.mark.parametrize("cls", STAGES)
def test_alpha_0_of_a_schedule_is_bitwise_identity(cls):
    stage = cls(OffAfter(1.0, epochs=1), num_classes=12, seed=7)
    dataset = batches().apply(stage)
    mixed, plain = leaves(dataset), leaves(dataset)
    exact = leaves(batches().apply(cls(0, num_classes=12, seed=7)))
    places = [n for n, leaf in enumerate(exact) if leaf.dtype == np.float32]
    same([plain[n] for n in places], [exact[n] for n in places])
    assert any((mixed[n] != exact[n]).any() for n in places)


@pytest.mark.parametrize("first_step", [0, STEPS - 1, 2 * STEPS + 3])
@pytest.mark.parametrize("per_example", [False, True])
def test_each_step_of_a_stream_has_the_alpha_of_its_epoch(
    per_example, first_step
):
    schedule = LinearAlpha(1.0, 0.1, epochs=4)
    arguments = {"num_classes": 12, "seed": 7, "per_example": per_example}
    endless = batches().repeat()

    def stream(alpha, first, **more):
        stage = Mixup(alpha, **arguments)
        return stage.stream(endless.skip(first), first, **more)

    scheduled = stream(schedule, first_step, steps_per_epoch=STEPS)
    # To the end of the epoch, and the whole next one.
    epoch, step = divmod(first_step, STEPS)
    found = leaves(scheduled.take(2 * STEPS - step))
    first = stream(schedule(epoch), first_step).take(STEPS - step)
    second = stream(schedule(epoch + 1), (epoch + 1) * STEPS).take(STEPS)
    same(found, leaves(first) + leaves(second))


def test_a_schedule_needs_to_know_the_epoch():
    stage = Mixup(LinearAlpha(1, 0, epochs=4), num_classes=12)
    with pytest.raises(ValueError, match="steps_per_epoch=None"):
        stage.stream(batches().repeat())
    with pytest.raises(ValueError, match="`mix` knows no epoch"):
        stage.mix(np.eye(3, dtype=np.float32), np.arange(3))


def test_a_schedule_of_nonsense_is_refused():
    with pytest.raises(ValueError, match="`alpha` must be 0, or a number"):
        Mixup(lambda epoch: -1.0, num_classes=12)
    # What only a later epoch shows ends the pipeline there, by name.
    dataset = batches().apply(Mixup(lambda epoch: 1.0 - 2 * epoch, 12))
    leaves(dataset)
    with pytest.raises(tf.errors.OpError, match="alpha=-1.0"):
        leaves(dataset)


def test_a_strength_that_is_set_holds_from_the_next_pass_on():
    arguments = {"num_classes": 12, "seed": 7}
    stage = Mixup(0.5, **arguments)
    adapted = batches().apply(stage)
    halves = batches().apply(Mixup(0.5, **arguments))
    twos = batches().apply(Mixup(2.0, **arguments))
    assert stage.strength.passes == 0
    iterator = iter(adapted)
    first = [next(iterator)]
    stage.strength.set(2.0)
    assert stage.alpha == 2.0 and stage.strength.passes == 1
    # A pass that has begun ends with the alpha that it began with.
    same(leaves([*first, *iterator]), leaves(halves))
    leaves(twos)
    same(leaves(adapted), leaves(twos))
    assert stage.strength.passes == 2


def test_what_cannot_be_adapted_is_refused():
    for alpha in (0, LinearAlpha(1, 0, epochs=4)):
        with pytest.raises(ValueError, match="can be adapted"):
            Strength(alpha).set(0.5)
    for alpha in (0, -1, float("nan"), "high"):
        with pytest.raises(ValueError, match="alpha"):
            Strength(0.5).set(alpha)


def test_a_config_holds_the_schedule():
    stage = Mixup(LinearAlpha(1.0, 0.5, epochs=3), num_classes=12, seed=7)
    again = Mixup.from_config(stage.get_config())
    assert [again.alpha(n) for n in range(3)] == [1.0, 0.75, 0.5]
    same(leaves(batches().apply(again)), leaves(batches().apply(stage)))
