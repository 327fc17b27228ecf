import numpy as np
import pytest
from tensorboard.context import RequestContext

from tests.tensorboard.fake_provider import FakeProvider
from tests.tensorboard.fake_provider import table
from tfmixup.tensorboard import metadata
from tfmixup.tensorboard.reader.series import Source


def source(*arguments, limit=100, **named):
    provider = FakeProvider(*arguments, **named)
    return Source(provider, RequestContext(), "", limit)


def test_the_list_tells_kinds_apart():
    tensors = {("b", "v"): [(0, table())], ("a", "x"): [(0, table())]}
    stored = metadata.content("winning_scores", "out")
    found, skipped = source(tensors, content={("a", "x"): stored}).list()
    assert [(one["run"], one["kind"]) for one in found] == [
        ("a", "winning_scores"),
        ("b", "calibration"),
    ]
    assert found[0]["population"] == "out"
    assert skipped == []


def test_foreign_and_newer_series_are_left_out_with_the_reason():
    tensors = {("a", "x"): [(0, table())], ("a", "y"): [(0, table())]}
    content = {("a", "x"): b"pr_curves", ("a", "y"): b'{"version": 9}'}
    found, skipped = source(tensors, content=content).list()
    assert found == []
    assert "not written by tfmixup" in skipped[0].reason
    assert "format version 9" in skipped[1].reason
    assert skipped[0].step is None


def test_points_come_by_step_and_the_later_of_two_counts():
    first, second, third = table(1), table(2), table(3)
    points = [(5, first), (3, second), (5, third)]
    [found], skipped = source({("a", "v"): points}).read(["a"], "v")
    assert found.steps == [3, 5]
    assert found.tables[0] is second
    assert found.tables[1] is third
    assert found.wall_times == [103.0, 105.0]
    assert skipped == []


def test_a_bad_point_is_left_out_and_the_others_stay():
    points = [(0, table()), (1, np.zeros([3, 15])), (2, table())]
    [found], [skipped] = source({("a", "v"): points}).read(["a"], "v")
    assert found.steps == [0, 2]
    assert (skipped.run, skipped.tag, skipped.step) == ("a", "v", 1)


@pytest.mark.parametrize("time", [np.nan, np.inf, -np.inf])
def test_a_wall_time_that_is_none_costs_one_point(time):
    points = [(0, table()), (1, table(), time), (2, table())]
    runs = {("a", "v"): points, ("b", "v"): [(0, table())]}
    found, [skipped] = source(runs).read(["a", "b"], "v")
    assert [one.steps for one in found] == [[0, 2], [0]]
    assert skipped.step == 1 and "wall time" in skipped.reason
    assert np.isfinite(found[0].wall_times).all()


def test_a_run_that_cannot_be_decoded_does_not_hide_the_others():
    tensors = {(run, "v"): [(0, table())] for run in "abc"}
    found, [skipped] = source(tensors, broken=["b"]).read(list("abc"), "v")
    assert [one.run for one in found] == ["a", "c"]
    assert skipped.run == "b"
    assert "cannot reshape" in skipped.reason


def test_the_own_likelihood_comes_before_that_of_the_callback():
    tensors = {(run, "v"): [(0, table())] for run in "abc"}
    scalars = {
        ("a", "v/nll"): [(0, 0.5)],
        ("a", "val_nll"): [(0, 0.9)],
        ("b", "val_nll"): [(1, np.nan), (2, 0.25)],
    }
    found, _ = source(tensors, scalars=scalars).read(list("abc"), "v")
    assert [one.nll for one in found] == [[(0, 0.5)], [(2, 0.25)], []]


def test_no_more_points_are_read_than_the_limit():
    one = source({("a", "v"): [(0, table())]}, limit=7)
    one.read(["a"], "v")
    assert one._provider.downsample == 7
