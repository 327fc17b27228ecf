import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.tensorboard.fake_provider import table
from tfmixup.tensorboard.reader import payload
from tfmixup.tensorboard.reader.series import Series
from tfmixup.tensorboard.reader.series import Skipped

NAMES = st.text(max_size=5)


@settings(deadline=None, max_examples=50)
@given(NAMES, st.lists(st.lists(st.integers(1, 20), max_size=4), max_size=4))
def test_every_digit_of_every_bin_comes_back(name, sizes):
    series = [
        Series(
            name,
            "tag",
            list(range(len(one))),
            [0.1] * len(one),
            [table(i, num_bins) for i, num_bins in enumerate(one)],
            [(0, 0.1)],
        )
        for one in sizes
    ]
    found = payload.unpack(payload.pack(series, []))
    assert len(found["series"]) == len(series)
    for one, other in zip(found["series"], series, strict=True):
        assert one["run"] == name
        assert one["nll"] == [[0, 0.1]]
        for mine, its in zip(one["tables"], other.tables, strict=True):
            np.testing.assert_array_equal(mine, its)


def test_numbers_start_at_a_multiple_of_eight():
    # A Float64Array in the browser refuses any other offset.
    for length in range(8):
        packed = payload.pack([], [Skipped("x" * length, "t", 1, "why")])
        assert len(packed) % 8 == 0


def test_many_reasons_are_counted_and_some_are_shown():
    skipped = [Skipped("a", "t", step, "why") for step in range(1000)]
    header = payload.unpack(payload.pack([], skipped))
    assert header["num_skipped"] == 1000
    assert len(header["skipped"]) == payload.REASONS_SHOWN
    assert header["skipped"][1] == {
        "run": "a",
        "tag": "t",
        "step": 1,
        "reason": "why",
    }
