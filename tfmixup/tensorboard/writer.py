"""A writer of event files that a full disk does not stop, nor silences."""

import contextlib
import pathlib
import re
import warnings

import tensorflow as tf

__all__ = ["EventWriter"]

# What TensorFlow makes of a full, read-only or vanished disk. A wrong
# argument of what is written is none of these.
_ERRORS = (
    OSError,
    tf.errors.FailedPreconditionError,
    tf.errors.NotFoundError,
    tf.errors.OutOfRangeError,
    tf.errors.PermissionDeniedError,
    tf.errors.ResourceExhaustedError,
    tf.errors.UnavailableError,
    tf.errors.UnknownError,
)


class EventWriter:
    """Writes TensorBoard events; a failure is one warning, or an exception.

    A disk that is full or read-only should not end a training of days for the
    sake of a diagram. Nor should anyone wait for a diagram that never comes.

    Args:
        directory: str or path, of the events; made when first written to.
            Give each writer its own: TensorBoard may lose points where two
            are open in one directory.
        on_error: "warn": the first failure is a `RuntimeWarning`, and nothing
            more is written; "raise": it is raised.

    Raises:
        ValueError: for another `on_error`.

    Example:

    >>> import tempfile
    >>> writer = EventWriter(tempfile.mkdtemp())
    >>> with writer.at(step=3):
    ...     written = tf.summary.scalar("val_nll", 0.5)
    >>> writer.close()
    """

    def __init__(self, directory, on_error="warn"):
        if on_error not in ("warn", "raise"):
            raise ValueError(
                '`on_error` must be "warn" or "raise". '
                f"Received: on_error={on_error!r}."
            )
        self.directory = str(pathlib.Path(directory).expanduser())
        self.on_error = on_error
        self.failed = False
        self._writer = None

    @contextlib.contextmanager
    def at(self, step):
        """Context in which `tf.summary` functions write at this step.

        They are flushed at the end. After a failure they do nothing. An error
        that is not one of writing, such as bins of NaN, is always raised.

        Args:
            step: int.
        """
        writer = self._open()
        if writer is None:
            with tf.summary.record_if(False):
                yield
            return
        try:
            with writer.as_default(step=step):
                yield
            writer.flush()
        except _ERRORS as error:
            self._fail(error, stacklevel=4)

    def close(self):
        """Closes the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.close()
            except _ERRORS as error:
                self._fail(error, stacklevel=3)

    def _open(self):
        """The writer of TensorFlow, or None after a failure."""
        if self._writer is None and not self.failed:
            try:
                # TensorFlow makes the folder later, and in the background.
                pathlib.Path(self.directory).mkdir(parents=True, exist_ok=True)
                self._writer = tf.summary.create_file_writer(self.directory)
                self._writer.init()
            except _ERRORS as error:
                self._fail(error, stacklevel=5)
        return None if self.failed else self._writer

    def _fail(self, error, stacklevel):
        if self.on_error == "raise":
            raise error
        if not self.failed:
            self.failed = True
            warnings.warn(
                f"TensorBoard events cannot be written to {self.directory} "
                f"({_reason(error)}). Training goes on without them. Free "
                "some space, or pass another directory.",
                RuntimeWarning,
                stacklevel=stacklevel,
            )


def _reason(error):
    """What went wrong, without the names of TensorFlow's operations."""
    text = getattr(error, "strerror", None) or str(error)
    return re.sub(r"\{\{.*?\}\}|\[Op:.*?\]", "", text).strip()
