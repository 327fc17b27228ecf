"""The Keras backend that a part of this library needs."""

import keras

__all__ = ["require_tensorflow"]


def require_tensorflow(what):
    """Refuses to go on where Keras runs on another backend.

    Keras metrics, callbacks, layers, losses, exports and strategies of this
    library compute with TensorFlow. Functions of arrays, reports, calibrators
    and `tf.data` stages work beside any backend and do not call this.

    Args:
        what: str, the name of what is being made, such as a class.

    Raises:
        RuntimeError: if Keras' backend is not TensorFlow.

    Example:

    >>> require_tensorflow("ExpectedCalibrationError")
    """
    backend = keras.config.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            f"{what} needs Keras on TensorFlow. "
            f"Received: the Keras backend {backend!r}. Set the environment "
            "variable KERAS_BACKEND=tensorflow before Keras is imported, or "
            "use the functions of arrays (tfmixup.metrics, tfmixup.report, "
            "tfmixup.calibrators), which work beside any backend."
        )
