"""What is written is read back through TensorBoard's own provider."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tensorboard.backend.event_processing import data_provider
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.context import RequestContext

from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import bins_of
from tfmixup.metrics.bins import edges
from tfmixup.tensorboard import summary
from tfmixup.tensorboard.reader.points import fault_of
from tfmixup.tensorboard.reader.series import Source


def source(logdir):
    tf.summary.flush()
    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(logdir))
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(logdir))
    return Source(provider, RequestContext(), "", 1000)


def some_bins(seed=0, num_bins=15):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=[200, 4])
    return bins_of(rng.integers(0, 4, 200), logits, num_bins, from_logits=True)


@pytest.fixture
def writer(tmp_path):
    with tf.summary.create_file_writer(str(tmp_path / "run")).as_default():
        yield tmp_path


def test_bins_are_read_back_to_the_last_digit(writer):
    bins = some_bins()
    assert summary.calibration("v", bins, step=3, nll=0.5, description="why")
    [about], skipped = source(writer).list()
    assert skipped == []
    assert about == {
        "run": "run",
        "tag": "v",
        "kind": "calibration",
        "population": "in",
        "description": "why",
        "max_step": 3,
    }
    [series], _ = source(writer).read(["run"], "v")
    lower, upper, count, confidence, correct = series.tables[0]
    np.testing.assert_array_equal(lower, edges(15)[:-1])
    np.testing.assert_array_equal(upper, edges(15)[1:])
    np.testing.assert_array_equal(count, bins.count)
    np.testing.assert_array_equal(confidence, bins.confidence)
    np.testing.assert_array_equal(correct, bins.correct)
    assert series.steps == [3]
    assert series.nll == [(3, 0.5)]


def test_python_numbers_keep_their_digits(writer):
    summary.calibration(
        "v", Bins([3], [0.1 + 0.2], [1]), step=0, edges=[0, 0.7]
    )
    [series], _ = source(writer).read(["run"], "v")
    assert series.tables[0].tolist() == [[0.0], [0.7], [3], [0.1 + 0.2], [1]]


def test_winning_scores_have_a_population_and_no_labels(writer):
    bins = some_bins()
    summary.winning_scores("svhn", bins, step=0, out_of_distribution=True)
    summary.winning_scores("test", bins, step=0, out_of_distribution=False)
    found, _ = source(writer).list()
    assert [one["population"] for one in found] == ["out", "in"]
    [series], _ = source(writer).read(["run"], "svhn")
    assert not series.tables[0][4].any()
    np.testing.assert_array_equal(series.tables[0][2], bins.count)


def test_a_graph_writes_the_same(writer):
    bins = some_bins()

    @tf.function
    def write(count, confidence, correct, step):
        summary.calibration("v", Bins(count, confidence, correct), step)

    write(*map(tf.constant, bins), tf.constant(5, tf.int64))
    [series], _ = source(writer).read(["run"], "v")
    assert series.steps == [5]
    np.testing.assert_array_equal(series.tables[0][3], bins.confidence)


@settings(deadline=None, max_examples=60)
@given(
    hnp.arrays("float64", [3, 4], elements=st.floats(0, 1e6)),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_all_that_is_written_is_shown(sums, share):
    count = sums[0]
    bins = Bins(count, count * share, np.minimum(count, sums[2]))
    assert fault_of(summary._table(bins, None).numpy()) is None


@pytest.mark.parametrize(
    "bins, reason",
    [
        (Bins([1.0], [np.nan], [1.0]), "NaN"),
        (Bins([-1.0], [0.0], [0.0]), "negative"),
        (Bins([1.0], [0.5], [2.0]), "more correct"),
        (Bins([1.0, 1.0], [0.5], [1.0]), "must have one shape"),
        (Bins([[1.0]], [[0.5]], [[1.0]]), "must have one shape"),
    ],
)
def test_what_is_no_bins_is_refused(writer, bins, reason):
    with pytest.raises(ValueError, match=reason):
        summary.calibration("v", bins, step=0)


def test_edges_of_another_length_are_refused(writer):
    with pytest.raises(ValueError, match="one more entry than there are bins"):
        summary.calibration("v", some_bins(), step=0, edges=[0, 1])


def test_without_a_writer_nothing_is_written():
    assert not summary.calibration("v", some_bins(), step=0)


def test_without_tensorboard_the_error_names_the_pip_command():
    code = (
        "import sys; sys.modules['tensorboard'] = None\n"
        "import tfmixup.tensorboard.summary"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "pip install 'tensorboard>=2.21" in ran.stderr.splitlines()[-1]
