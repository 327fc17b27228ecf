"""Vector scaling: a scale and a bias for each class."""

import warnings

import numpy as np
from scipy import optimize

from tfmixup.calibrators.calibrator import Calibrator
from tfmixup.calibrators.held_out import row_parts
from tfmixup.calibrators.temperature import checked_bounds
from tfmixup.calibrators.temperature import TemperatureScaling

__all__ = ["VectorScaling"]

# A class that never occurs among the held-out labels would get a bias of
# -infinity: this is a probability of e**-20, 2e-9.
_LARGEST_BIAS = 20.0


class VectorScaling(Calibrator):
    """Multiplies the logit of each class by a scale and adds a bias.

    Scales and biases minimise the negative log-likelihood (a convex problem,
    solved in float64 by L-BFGS-B from the best single temperature). With
    2 * num_classes numbers it can overfit a small validation split, where
    temperature scaling cannot; it can change the winning class. The identity
    is kept where nothing found has a lower loss.

    Args:
        bounds: (lowest, highest) scale, positive, with 1 between them. Biases
            stay within +-20.

    Attributes:
        scales: float64 `[num_classes]`; None before `fit`.
        biases: float64 `[num_classes]`; None before `fit`.
        at_bound: bool, whether a scale or a bias is at its bound.

    Raises:
        ValueError: if `bounds` are not as above.

    Example:

    >>> logits = np.log([[0.5, 0.5]] * 4)
    >>> scaling = VectorScaling().fit(logits, [0, 0, 0, 1])
    >>> scaling.probabilities(logits)[0].round(4).tolist()
    [0.75, 0.25]

    Reference:
        Guo et al., 2017, section 4.2, https://arxiv.org/abs/1706.04599
    """

    def __init__(self, bounds=(0.01, 100.0)):
        super().__init__()
        self.bounds = checked_bounds(bounds)
        self.scales = None
        self.biases = None
        self.at_bound = False

    def _fit(self, held_out):
        size = held_out.logits.shape[1]
        scaling = TemperatureScaling((1 / self.bounds[1], 1 / self.bounds[0]))
        with warnings.catch_warnings():
            # A bound is reported below, of the scales and not of this start.
            warnings.simplefilter("ignore", UserWarning)
            scaling._fit(held_out)
        start = np.repeat([1 / scaling.temperature, 0.0], size)
        limits = np.repeat(
            [self.bounds, (-_LARGEST_BIAS, _LARGEST_BIAS)], size, axis=0
        )
        found = optimize.minimize(
            loss_and_gradient,
            start,
            args=held_out,
            jac=True,
            method="L-BFGS-B",
            bounds=limits,
            options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-7},
        )
        identity = np.repeat([1.0, 0.0], size)
        best, values = found.fun, found.x
        if not best < loss_and_gradient(identity, *held_out)[0]:
            values = identity
        self.scales, self.biases = values[:size], values[size:]
        held = np.any(values[:, None] == limits, axis=1)
        self.at_bound = bool(held.any())
        if self.at_bound:
            warnings.warn(
                f"{held.sum()} of {2 * size} scales and biases are at their "
                "bounds. Fit on more examples, or use TemperatureScaling.",
                stacklevel=3,
            )

    def _apply(self, logits):
        with np.errstate(over="ignore"):
            return logits * self.scales + self.biases

    def _arguments(self):
        return {"bounds": list(self.bounds)}

    def _state(self):
        return {
            "scales": self.scales.tolist(),
            "biases": self.biases.tolist(),
            "at_bound": self.at_bound,
        }

    def _set_state(self, scales, biases, at_bound):
        self.scales = np.array(scales, np.float64)
        self.biases = np.array(biases, np.float64)
        self.at_bound = bool(at_bound)


def loss_and_gradient(values, logits, classes, weight):
    """Mean negative log-likelihood, and its gradient.

    Args:
        values: float64 `[2 * num_classes]`, scales, then biases.
        logits: float `[n, num_classes]`.
        classes: int `[n]`.
        weight: float64 `[n]`.

    Returns:
        (float, float64 `[2 * num_classes]`).
    """
    size = logits.shape[1]
    scales, biases = values[:size], values[size:]
    loss, gradient = 0.0, np.zeros(2 * size)
    for part in row_parts(logits):
        rows = np.asarray(logits[part], np.float64)
        masked = np.isneginf(rows)
        scaled = rows * scales + biases
        scaled -= scaled.max(axis=1, keepdims=True)
        exponentials = np.exp(scaled)
        total = exponentials.sum(axis=1, keepdims=True)
        place = np.arange(len(rows)), classes[part]
        loss += float(weight[part] @ (np.log(total[:, 0]) - scaled[place]))
        # The gradient by a scaled logit: probability minus one-hot label.
        errors = exponentials / total
        errors[place] -= 1
        errors *= weight[part, None]
        # A masked class has probability 0 whatever its scale.
        rows = np.where(masked, 0, rows)
        gradient[:size] += np.einsum("nk,nk->k", errors, rows)
        gradient[size:] += errors.sum(axis=0)
    return loss / weight.sum(), gradient / weight.sum()
