"""Whole TensorBoards, started as a user starts them."""

import json
import time
import urllib.parse

import numpy as np
import pytest

from tests.tensorboard import logs
from tests.tensorboard import server
from tfmixup.tensorboard.reader import payload

WITHOUT_TENSORFLOW = "import sys; sys.modules['tensorflow'] = None"


def eventually(read, is_complete, seconds=30):
    """What is read when it is complete: TensorBoard takes its time."""
    end = time.monotonic() + seconds
    while not is_complete(answer := read()):
        if time.monotonic() > end:
            raise RuntimeError(f"Only this was found: {str(answer)[:2000]}")
        time.sleep(0.3)
    return answer


def bins_of(address, *runs, tag="validation"):
    query = urllib.parse.urlencode(
        [("tag", tag), *[("run", run) for run in runs]]
    )
    status, body = server.get(f"{address}bins?{query}")
    assert status == 200, body
    return payload.unpack(body)


def assert_equal(tables, written):
    for table, bins in zip(tables, written.values(), strict=True):
        np.testing.assert_array_equal(table[2:], np.stack(bins))


@pytest.mark.parametrize("fast", ["true", "false"])
@pytest.mark.parametrize(
    "preamble",
    # TensorFlow takes TensorBoard ten seconds to import.
    [pytest.param("", marks=pytest.mark.slow), WITHOUT_TENSORFLOW],
    ids=["tensorflow", "no tensorflow"],
)
def test_a_run_is_read_to_the_last_digit(tmp_path, fast, preamble):
    written = logs.write_run(tmp_path / "logs" / "run", 0, 1.0, range(300))
    running = server.tensorboard(
        tmp_path / "logs",
        tmp_path / "site",
        f"--load_fast={fast}",
        prefix="/x/y",
        preamble=preamble,
        wait='"run"',
    )
    with running as address:
        assert address.endswith("/x/y/data/plugin/calibration/")
        # TensorBoard's own defaults would be 10 and 100 points.
        [series] = eventually(
            lambda: bins_of(address, "run")["series"],
            lambda found: len(found[0]["nll"]) == 300,
        )
        assert series["steps"] == list(range(300))
        assert_equal(series["tables"], written)
        assert len(series["nll"]) == 300
        assert server.get(f"{address}static/../plugin.py")[0] == 404
        assert server.get(f"{address}bins?tag=validation")[0] == 400


@pytest.mark.slow
@pytest.mark.parametrize("fast", ["true", "false"])
def test_hostile_logs_are_read_as_far_as_they_are_sound(tmp_path, fast):
    written = logs.write_hostile_logs(tmp_path / "logs")
    running = server.tensorboard(
        tmp_path / "logs",
        tmp_path / "site",
        f"--load_fast={fast}",
        wait='"sound"',
    )
    with running as address:
        index = eventually(
            lambda: json.loads(server.get(f"{address}index")[1]),
            lambda found: len(found["series"]) + len(found["skipped"]) == 9,
        )
        reasons = {one["run"]: one["reason"] for one in index["skipped"]}
        assert set(reasons) == {"foreign", "newer"}
        assert "version 99" in reasons["newer"]
        runs = [
            one["run"] for one in index["series"] if one["tag"] == "validation"
        ]
        header = eventually(
            lambda: bins_of(address, *runs),
            lambda found: (
                found["num_skipped"] >= 5
                and all(
                    4999 in one["steps"] or len(one["steps"]) < 9
                    for one in found["series"]
                )
            ),
        )
        found = {one["run"]: one for one in header["series"]}
        assert_equal(found["sound"]["tables"], written)
        assert found["bad points"]["steps"] == [0, 1]
        assert 1 <= len(found["truncated"]["steps"]) < 4
        long = found["ünïcødé 日本"]["steps"]
        assert len(long) == 1000
        assert long[-1] == 4999
        left_out = {(one["run"], one["step"]) for one in header["skipped"]}
        assert left_out >= {("bad points", step) for step in (2, 3, 4, 5)}
        assert "undecodable" not in found or not found["undecodable"]["steps"]
        assert server.get(f"{address}index")[0] == 200
