"""Temperature scaling: one number by which all logits are divided."""

import math
import numbers
import warnings

import numpy as np
from scipy import optimize

from tfmixup.calibrators.calibrator import Calibrator
from tfmixup.calibrators.held_out import row_parts

__all__ = ["TemperatureScaling", "checked_bounds"]


class TemperatureScaling(Calibrator):
    """Divides the logits by the temperature that fits held-out labels best.

    The temperature minimises the negative log-likelihood. In log T that has a
    single minimum, which a bounded search finds without a learning rate, a
    number of steps or a start to choose; it runs in float64. T = 1 is kept
    where no temperature raises the likelihood. Accuracy does not change, nor
    does the order of the scores within one example. A calibration error is
    another measure than the likelihood, and may rise where it is small.

    Where every held-out example is classified rightly (or nothing is), the
    best temperature is 0 (or infinite). The bound is taken then, with a
    warning: more or harder validation examples are needed. A temperature at a
    bound is marked by `at_bound`, and has no place in a mean over models.

    Args:
        bounds: (lowest, highest) temperature, positive, with 1 between them.

    Attributes:
        temperature: float, 1.0 before `fit`.
        at_bound: bool, whether the temperature is one of the bounds.

    Raises:
        ValueError: if `bounds` are not as above.

    Example:

    >>> logits = np.array([[3.0, 0.0], [3.0, 0.0], [3.0, 0.0], [0.0, 3.0]])
    >>> labels = [0, 0, 1, 1]  # right with probability 3/4
    >>> scaling = TemperatureScaling().fit(logits, labels)
    >>> scaling.probabilities(logits)[0].round(4).tolist()
    [0.75, 0.25]
    >>> round(scaling.temperature, 3) == round(3 / math.log(3), 3)
    True

    Reference:
        Guo et al., 2017, section 4.2, https://arxiv.org/abs/1706.04599
    """

    def __init__(self, bounds=(0.01, 100.0)):
        super().__init__()
        self.bounds = checked_bounds(bounds)
        self.temperature = 1.0
        self.at_bound = False

    def __repr__(self):
        note = ", at the bound of the search" if self.at_bound else ""
        value = f"{self.temperature:.6g}" if self.fitted else "not fitted"
        return f"<TemperatureScaling: {value}{note}>"

    def _fit(self, held_out):
        def loss(log_temperature):
            return mean_log_loss(*held_out, math.exp(log_temperature))

        low, high = map(math.log, self.bounds)
        # Narrower than 1e-7 the differences of the loss are rounding.
        found = optimize.minimize_scalar(
            loss,
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-7, "maxiter": 200},
        ).x
        # In this order, so that a tie keeps 1, then takes a bound: where the
        # loss underflows to 0, the search ends anywhere.
        candidates = [0.0, low, high, float(found)]
        losses = [loss(candidate) for candidate in candidates]
        best = int(np.argmin(losses))
        self.temperature = [1.0, *self.bounds, math.exp(found)][best]
        self.at_bound = best in (1, 2)
        if self.at_bound:
            what = "right" if best == 1 else "wrong"
            warnings.warn(
                f"The temperature {self.temperature:g} is at its bound "
                f"{self.bounds}: the held-out examples are (almost) all "
                f"{what}, and tell no more. Fit on more or harder ones.",
                stacklevel=3,
            )

    def _apply(self, logits):
        # The lead over the winner is what counts, and what may be huge.
        with np.errstate(over="ignore"):
            return logits / self.temperature

    def _arguments(self):
        return {"bounds": list(self.bounds)}

    def _state(self):
        return {"temperature": self.temperature, "at_bound": self.at_bound}

    def _set_state(self, temperature, at_bound):
        self.temperature = float(temperature)
        self.at_bound = bool(at_bound)


def mean_log_loss(logits, classes, weight, temperature=1.0):
    """Mean negative log-likelihood of logits divided by a temperature.

    Args:
        logits: float `[n, num_classes]`.
        classes: int `[n]`.
        weight: float64 `[n]`.
        temperature: float > 0.

    Returns:
        Python float, in nats.

    Example:

    >>> round(mean_log_loss(np.zeros([3, 2]), np.zeros(3, int), np.ones(3)), 6)
    0.693147
    """
    total = 0.0
    for part in row_parts(logits):
        rows = np.asarray(logits[part], np.float64)
        own = rows[np.arange(len(rows)), classes[part]]
        highest = rows.max(axis=1)
        # The difference first: it loses nothing to the size of the logits. A
        # lead may be too large for a float.
        with np.errstate(over="ignore"):
            exponents = rows - highest[:, None]
            exponents /= temperature
            np.exp(exponents, out=exponents)
            losses = (highest - own) / temperature
        losses += np.log(exponents.sum(axis=1))
        total += float(weight[part] @ losses)
    return total / float(weight.sum())


def checked_bounds(bounds):
    """(lowest, highest) as floats, or a ValueError."""
    values = tuple(bounds)
    if (
        len(values) != 2
        or not all(isinstance(each, numbers.Real) for each in values)
        or not 0 < values[0] < 1 < values[1] < math.inf
    ):
        raise ValueError(
            "`bounds` must be (lowest, highest), positive and finite, with 1 "
            f"between them. Received: bounds={bounds!r}."
        )
    return float(values[0]), float(values[1])
