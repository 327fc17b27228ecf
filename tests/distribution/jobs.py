"""What two real workers do for the tests of this folder, in one job.

  tools/launch_workers --workers=2 -- python -m tests.distribution.jobs DIR

Each writes what it found to DIR; the tests compare. Starting two processes
takes longer than all that they do.
"""

import contextlib
import json
import os
import pathlib
import sys
import time

import keras
import numpy as np
import tensorflow as tf

from tfmixup import backup
from tfmixup import datasets
from tfmixup import distribution
from tfmixup.distribution import MultiWorkerStrategy
from tfmixup.mixing import Mixup
from tfmixup.predictions import predict_with_labels

CLASSES = 3
BATCH = 8
STEPS = 5
EPOCHS = 2


def examples(count=BATCH * STEPS + 3, seed=0):
    """Small random images with labels that can be learned from them."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, [count, 4, 4, 1], np.uint8)
    labels = images.reshape(count, -1)[:, :CLASSES].argmax(-1)
    return datasets.Examples.from_arrays(images, labels, "abc")


def mixed_stream(index, count, groups=2):
    """A part of the mixed batches, or all of them as `groups` parts."""
    stream = datasets.training_stream(
        examples(), BATCH, seed=1, shard=(index, count)
    )
    stage = Mixup(0.5, CLASSES, per_example=True, seed=2, num_groups=groups)
    return stage.stream(stream, group=index if count > 1 else None)


def compiled_model(synchronized=True):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input([4, 4, 1]),
            keras.layers.Rescaling(1 / 128, -1.0),
            keras.layers.Flatten(),
            keras.layers.Dense(8, "relu"),
            keras.layers.BatchNormalization(synchronized=synchronized),
            keras.layers.Dense(CLASSES),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def use_float64():
    """As `tests.models.checks.dtype_policy`, for all of a process."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")


def trained(strategy, **options):
    """A model that `fit` trained on the mixed batches, and its history."""
    with strategy.scope():
        model = compiled_model(**options)
    stream = distribution.distribute_stream(strategy, mixed_stream)
    history = model.fit(
        stream, epochs=EPOCHS, steps_per_epoch=STEPS, shuffle=False, verbose=0
    )
    return model, history.history


def judged(model, strategy):
    """Predictions of the held-out examples, and their labels."""
    worker = distribution.worker_of(strategy)
    held_out = datasets.evaluation_batches(examples(21, seed=9), 8, worker)
    return predict_with_labels(model, held_out)[:2]


def main(folder):
    use_float64()
    strategy = distribution.get_strategy("multi_worker", start_deadline=200)
    worker = distribution.worker_of(strategy)
    found = {"worker": worker}
    found.update(exchange(strategy, worker, folder))
    arrays = streamed(strategy)
    model, found["history"] = trained(strategy)
    for number, weight in enumerate(model.weights):
        arrays[f"weights/{number}"] = weight.numpy()
    arrays["logits"], arrays["labels"] = judged(model, strategy)
    arrays.update(replicas(strategy))
    found["backups"] = backups(strategy, folder / f"backup-{worker.index}")
    found["upstream"] = upstream(strategy)
    np.savez(folder / f"worker-{worker.index}.npz", **arrays)
    path = folder / f"worker-{worker.index}.json"
    path.write_text(json.dumps(found))
    with contextlib.suppress(tf.errors.OpError):
        # The other may be gone before this one learns that both are done.
        distribution.wait_for_all(strategy)
    # An orderly exit waits for the other worker, sometimes for minutes.
    os._exit(0)


def exchange(strategy, worker, folder):
    # Worker 1 has no rows of the first kind.
    rows = np.arange(6.0).reshape(3, 2)[: 3 - 3 * worker.index]
    names = np.array([10, 11])[: 1 + worker.index] + 10 * worker.index
    found = {
        "rows": distribution.gather(strategy, rows).tolist(),
        "names": distribution.gather(strategy, names).tolist(),
    }
    facts = {"step": [3, 0], "data": "the same"}
    distribution.check_agreement(strategy, facts)
    facts["step"] = [3, worker.index]
    try:
        distribution.check_agreement(strategy, facts)
    except distribution.WorkersDisagree as error:
        found["disagree"] = str(error)
    if not worker.is_chief:
        time.sleep(1.0)
        (folder / "late").touch()
    distribution.wait_for_all(strategy)
    found["waited"] = (folder / "late").exists()
    return found


def streamed(strategy):
    """The first batches that this worker gets."""
    stream = iter(distribution.distribute_stream(strategy, mixed_stream))
    local = strategy.experimental_local_results
    batches = [
        [local(part)[0].numpy() for part in next(stream)] for _ in range(3)
    ]
    features, labels = map(np.stack, zip(*batches, strict=True))
    return {"features": features, "soft_labels": labels}


def replicas(strategy):
    """Values that differ between the replicas, and what is done to them."""
    found = {}
    model, _ = trained(strategy, synchronized=False)
    values = distribution.ReplicaValues(
        strategy, distribution.moving_statistics(model)
    )
    found["own_statistics"] = np.stack(values.read())
    distribution.average_moving_statistics(model)
    found["average_statistics"] = np.stack(values.read())
    written = np.arange(2 * 8.0).reshape(2, 8)
    values.write([written, -written])
    found["written_statistics"] = np.stack(values.read())
    with strategy.scope():
        dropout = keras.Sequential(
            [keras.Input([2]), keras.layers.Dropout(0.5)]
        )
    seeds = backup.EpochSeeds(7)
    seeds.set_model(dropout)
    seeds.on_epoch_begin(3)
    states = [v for v in dropout.variables if "seed" in v.path]
    (found["seeds"],) = distribution.ReplicaValues(strategy, states).read()
    return found


def backups(strategy, folder):
    """What workers say that have a directory each: only the chief writes."""
    with strategy.scope():
        model = compiled_model()
    saved = backup.Backup(folder)
    saved.save(model, backup.Position(1, 0))
    exist = saved.exist()
    try:
        saved.restore(model)
    except distribution.WorkersDisagree as error:
        return [exist, str(error)]
    return [exist, None]


def upstream(strategy):
    """What `fit` does without each half of `MultiWorkerStrategy.reduce`."""
    ours, theirs = MultiWorkerStrategy.reduce, strategy.__class__.__mro__[1]
    found = {}

    def structures_only(self, reduce_op, value, axis=None):
        return tf.nest.map_structure(
            lambda leaf: theirs.reduce(self, reduce_op, leaf, axis), value
        )

    def scalars_only(self, reduce_op, value, axis=None):
        scalar = axis is not None and (
            self.experimental_local_results(value)[0].shape.rank == 0
        )
        return theirs.reduce(self, reduce_op, value, None if scalar else axis)

    for name, reduce in (
        ("structures", scalars_only),
        ("scalars", structures_only),
    ):
        MultiWorkerStrategy.reduce = reduce
        try:
            trained(strategy)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"[:300]
        finally:
            MultiWorkerStrategy.reduce = ours
    return found


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
