"""Labels as rows of probabilities."""

from tfmixup.metrics.arrays import cast
from tfmixup.metrics.arrays import namespace
from tfmixup.metrics.inputs import class_of

__all__ = ["targets_of"]


def targets_of(inputs):
    """One-hot rows of classes, or the one-hot or soft labels as they are.

    Args:
        inputs: `Inputs`.

    Returns:
        targets: float64 `[n, num_classes]`.
        fault: int `[n]`, 0 where the label is right; or the int 0.
    """
    classes, fault = class_of(inputs)
    if len(inputs.labels.shape) == 2:
        return cast(inputs.labels, "float64"), fault
    xp = namespace(classes)
    number = xp.shape(inputs.predictions)[1]
    indices = xp.arange(number, dtype="int32")
    return cast(classes[:, None] == indices, "float64"), fault
