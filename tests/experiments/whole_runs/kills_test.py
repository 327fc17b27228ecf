"""Runs that are killed at random moments, and end as if they were not."""

import os
import random
import signal
import time

import pytest

from tests.experiments import run_test

# What has a state: batch norm, dropout, momentum, augmentation, a coefficient
# for each example. A backup after every step, to be killed in.
RUN = [
    "--dataset=digits",
    "--train_examples=64",
    "--validation_examples=60",
    "--test_examples=60",
    "--batch_size=16",
    "--width=2",
    "--model=vgg16",
    "--dropout=0.3",
    "--method=mixup",
    "--alpha=0.5",
    "--per_example",
    "--adaptive_alpha",
    "--backup_every=1",
]


def backups(path):
    """Names of what is in the folder of backups; none if it is not there."""
    try:
        return sorted(os.listdir(path / "backup"))
    except FileNotFoundError:
        return []


def kill_once(path, arguments, chance):
    """Starts the run and kills it; says where, or None if it ended first."""
    process = run_test.start(*arguments, f"--run_dir={path}")

    def wait_until(condition):
        deadline = time.monotonic() + 500
        while process.poll() is None and not condition():
            assert time.monotonic() < deadline
            time.sleep(0.0005)

    def newest():
        return max(
            (name for name in backups(path) if name[0] == "e"), default=""
        )

    # Imports are not what is tested: a step further than the last time.
    old = newest()
    wait_until(lambda: newest() > old)
    in_backup = chance.random() < 0.5
    if in_backup:
        wait_until(
            lambda: any(name.startswith(".new-") for name in backups(path))
        )
    else:
        time.sleep(chance.uniform(0.0, 1.0))
    process.send_signal(signal.SIGKILL)
    _, errors = process.communicate()
    if process.returncode == 0:
        return None
    assert process.returncode == -signal.SIGKILL, errors
    half = [name for name in backups(path) if name.startswith(".new-")]
    where = "while it wrote a backup" if half else "between backups"
    return f"after {newest()}, {where}"


def killed_again_and_again(path, arguments, kills):
    """Kills a run so many times, then lets it end."""
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    print(f"Seed {seed}.")
    for number in range(1, kills + 1):
        where = kill_once(path, arguments, chance)
        assert where, f"the run ended before kill {number} of {kills}"
        print(f"Kill {number}: {where}.", flush=True)
    assert run_test.run_here(*arguments, f"--run_dir={path}") == 0


@pytest.mark.parametrize(
    ("kills", "epochs"),
    [(3, 8), pytest.param(20, 60, marks=pytest.mark.slow)],
)
def test_a_run_killed_at_random_ends_as_an_unbroken_one(
    tmp_path, kills, epochs
):
    killed, unbroken = tmp_path / "killed", tmp_path / "unbroken"
    arguments = [*RUN, f"--epochs={epochs}"]
    killed_again_and_again(killed, arguments, kills)
    assert run_test.run_here(*arguments, f"--run_dir={unbroken}") == 0
    run_test.assert_same_run(killed, unbroken)
