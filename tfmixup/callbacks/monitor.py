"""The logged value that a callback watches, and which way is better."""

import re

from tfmixup.callbacks.epoch_table import as_cell

__all__ = ["Monitor"]

# Words in the names of values; a value with words of both kinds, or of none,
# has no direction that a name tells.
_DOWN = re.compile(
    "loss|error|entropy|crossentropy|divergence|nll|ece|oe|brier|mae|mse|rmse"
    "|mape|msle|perplexity|hinge|poisson|risk"
)
_UP = re.compile(
    "acc|accuracy|top[0-9]*|auc|auroc|aupr|precision|recall|f1|fbeta|iou|r2"
    "|sensitivity|specificity|similarity"
)


class Monitor:
    """A logged value by name, and whether higher or lower is better.

    Args:
        name: str, of the logged value.
        mode: "max" if higher is better, "min" if lower is, or "auto" to tell
            it from the words of the name: losses and errors (loss, nll, ece,
            oe, brier, error ...) go down, accuracies (accuracy, top5, auc,
            precision ...) go up. `val_gap`, of which neither is true, is
            refused, and so is any other name.

    Raises:
        ValueError: for another mode, or "auto" where the name does not say.

    Example:

    >>> Monitor("val_ece").mode
    'min'
    >>> Monitor("val_ece").is_better(0.1, than=0.2)
    True
    """

    def __init__(self, name, mode="auto"):
        if mode not in ("auto", "max", "min"):
            raise ValueError(
                '`mode` must be "auto", "max" or "min". '
                f"Received: mode={mode!r}."
            )
        self.name = name
        self.mode = _mode_of(name) if mode == "auto" else mode

    def read(self, logs):
        """The value in the logs of an epoch.

        Args:
            logs: dict, or None.

        Returns:
            Python float.

        Raises:
            KeyError: if it is not among them.
            ValueError: if it is not one number.
        """
        logs = logs or {}
        if self.name not in logs:
            raise KeyError(
                f"`monitor` must be a logged value. Received: "
                f"monitor={self.name!r}, logged: {sorted(logs)}. Put the "
                "callback that logs it before this one."
            )
        value = as_cell(logs[self.name])
        if value is None or isinstance(value, str):
            raise ValueError(
                "`monitor` must name a single number. "
                f"Received: monitor={self.name!r}, which is "
                f"{logs[self.name]!r}."
            )
        return float(value)

    def is_better(self, value, than):
        """Whether a value is better than another one; equal is not.

        Args:
            value: float.
            than: float; None is worse than any number.

        Returns:
            Python bool.
        """
        if than is None:
            return True
        return value > than if self.mode == "max" else value < than


def _mode_of(name):
    words = name.lower().split("_")
    down = any(_DOWN.fullmatch(word) for word in words)
    up = any(_UP.fullmatch(word) for word in words)
    if down == up:
        raise ValueError(
            '`mode` must be "max" or "min" for a value whose name does not '
            f"say which is better. Received: monitor={name!r}, mode='auto'. "
            "Where the best value is 0 neither is right, as for a gap of "
            "either sign: monitor an error, such as val_ece."
        )
    return "max" if up else "min"
