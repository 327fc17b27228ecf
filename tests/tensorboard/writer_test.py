import resource
import signal
import warnings

import pytest
import tensorflow as tf

from tfmixup.tensorboard.writer import EventWriter


@pytest.fixture
def full_disk():
    """No file of this process grows past 1 kB while the test runs."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


def write(writer, step):
    with writer.at(step):
        for i in range(20):
            tf.summary.scalar(f"scalar_{i}", 1.0)


def test_events_are_there_after_each_step(tmp_path):
    writer = EventWriter(tmp_path)
    write(writer, 0)
    [path] = tmp_path.iterdir()
    size = path.stat().st_size
    write(writer, 1)
    assert path.stat().st_size > size
    writer.close()
    writer.close()


def test_a_full_disk_is_one_warning(tmp_path, full_disk):
    writer = EventWriter(tmp_path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(5):
            write(writer, step)
        writer.close()
    [warning] = [one for one in caught if one.category is RuntimeWarning]
    assert "Training goes on without them" in str(warning.message)
    assert warning.filename == __file__
    assert writer.failed


def test_a_full_disk_raises_if_so_asked(tmp_path, full_disk):
    writer = EventWriter(tmp_path, on_error="raise")
    with pytest.raises(tf.errors.OpError, match="File too large"):
        for step in range(5):
            write(writer, step)


@pytest.mark.parametrize("on_error", ["warn", "raise"])
def test_a_directory_that_cannot_be_made(tmp_path, on_error):
    (tmp_path / "file").write_text("")
    writer = EventWriter(tmp_path / "file" / "run", on_error)
    expected = (
        pytest.warns(RuntimeWarning, match="another directory")
        if on_error == "warn"
        else pytest.raises(OSError)
    )
    with expected:
        write(writer, 0)


def test_after_a_failure_nothing_reaches_another_writer(tmp_path):
    (tmp_path / "file").write_text("")
    writer = EventWriter(tmp_path / "file" / "run")
    other = tf.summary.create_file_writer(str(tmp_path / "other"))
    with other.as_default(step=0):
        with pytest.warns(RuntimeWarning), writer.at(0):
            assert not tf.summary.scalar("lost", 1.0)


def test_an_error_of_the_body_is_no_failure_of_the_disk(tmp_path):
    writer = EventWriter(tmp_path)
    with pytest.raises(ValueError, match="mine"), writer.at(0):
        raise ValueError("mine")
    with pytest.raises(tf.errors.InvalidArgumentError), writer.at(0):
        tf.debugging.assert_equal(1, 2)
    assert not writer.failed


def test_another_word_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Received: on_error='ignore'"):
        EventWriter(tmp_path, on_error="ignore")
