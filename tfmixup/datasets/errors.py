"""The one error of a data set that is not on this machine."""

__all__ = ["DatasetNotAvailable"]


class DatasetNotAvailable(ValueError):
    """A data set is nowhere that was looked; the message says what to do.

    Its text names the data set, every place that was looked at and the
    command that makes the data set available.

    Args:
        name: the data set's name as the caller gave it.
        looked_at: strings, the places in the order they were tried.
        remedy: string, what to do, a command where there is one.

    Example:

    >>> raise DatasetNotAvailable("stl10", ["/data"], "Unpack it in /data.")
    Traceback (most recent call last):
    tfmixup.datasets.errors.DatasetNotAvailable: Data set 'stl10' is not on
    this machine. Looked at: /data. Unpack it in /data.
    """

    def __init__(self, name, looked_at, remedy):
        super().__init__(
            f"Data set {name!r} is not on this machine. "
            f"Looked at: {'; '.join(looked_at)}. {remedy}"
        )
