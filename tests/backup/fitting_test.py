"""Tests of tfmixup.backup.fitting: going on in the middle of an epoch."""

import keras
import pytest

from tests.backup import runs


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    return runs.run(tmp_path_factory.mktemp("unbroken"))


# Before the first backup; between two; right after one; at the last step of
# an epoch, and at its first; in the last epoch.
@pytest.mark.parametrize("stop_after", [1, 5, 6, 8, 9, 23])
def test_a_stopped_run_ends_as_an_unbroken_one_bit_for_bit(
    tmp_path, unbroken, stop_after
):
    _, before = runs.run(tmp_path, stop_after)
    # Other weights, to be sure that all of them are restored.
    seed = 99 if list(tmp_path.iterdir()) else 0
    model, after = runs.run(tmp_path, model=runs.compiled_model(seed))
    runs.assert_same(model, unbroken[0])
    assert {**before, **after} == unbroken[1]


def test_batches_that_were_trained_on_are_not_made_again(tmp_path, monkeypatch):
    runs.run(tmp_path, 7)
    asked = []
    make_stream = runs.make_stream
    monkeypatch.setattr(
        runs,
        "make_stream",
        lambda step: asked.append(step) or make_stream(step),
    )
    model, _ = runs.run(tmp_path)
    # The backup after 6 steps, then the other epochs.
    assert asked == [6, 8]
    assert int(model.optimizer.iterations) == runs.EPOCHS * runs.STEPS


def test_callbacks_see_one_training(tmp_path):
    seen = []
    watcher = keras.callbacks.LambdaCallback(
        on_train_begin=lambda _: seen.append("begin"),
        on_epoch_end=lambda epoch, _: seen.append(epoch),
        on_train_end=lambda _: seen.append("end"),
    )
    runs.run(tmp_path, 7)
    runs.run(tmp_path, callbacks=[watcher])
    assert seen == ["begin", 0, 1, 2, "end"]


def test_a_finished_run_trains_no_more(tmp_path):
    first, _ = runs.run(tmp_path)
    again, logs = runs.run(tmp_path)
    assert logs == {}
    runs.assert_same(again, first)


def test_a_run_that_was_stopped_early_stays_stopped(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    first, logs = runs.run(tmp_path, callbacks=[Stop()])
    assert list(logs) == [0]
    again, logs = runs.run(tmp_path, callbacks=[Stop()])
    assert logs == {}
    runs.assert_same(again, first)
