"""Tests of tfmixup.distribution.exchange."""

import numpy as np
import pytest

from tests.replicas import two_replicas
from tfmixup import distribution


def test_all_workers_get_the_rows_of_all_in_order(workers):
    for worker in workers:
        # Worker 1 had none of these.
        assert worker.values["rows"] == [[0, 1], [2, 3], [4, 5]]
        assert worker.values["names"] == [10, 20, 21]


def test_disagreement_is_an_error_on_all_workers_that_names_it(workers):
    for index, worker in enumerate(workers):
        message = worker.values["disagree"]
        assert "worker 1: another 'step' than the chief" in message
        assert f'On worker {index}: {{"step": [3, {index}]}}' in message
        assert "data" not in message.split("On worker")[1].split("}")[0]


def test_workers_that_would_go_on_from_other_backups_stop_first(workers):
    for index, worker in enumerate(workers):
        exist, message = worker.values["backups"]
        assert exist == (index == 0), "the chief alone writes"
        assert "worker 1: another 'backup' than the chief" in message
        assert "shared run directory" in message


def test_nobody_goes_on_before_the_last_one_is_there(workers):
    assert all(worker.values["waited"] for worker in workers)


@pytest.mark.parametrize("strategy", [None, two_replicas])
def test_one_worker_is_alone(strategy):
    strategy = strategy and strategy()
    rows = np.arange(3)
    assert distribution.gather(strategy, rows) is rows
    distribution.check_agreement(strategy, {"step": 3})
    distribution.wait_for_all(strategy)
