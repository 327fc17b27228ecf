"""Deep ensembles: the average of several trainings, and its calibration."""

import typing
import warnings

import numpy as np
from scipy import special

from tfmixup.metrics.frames import without_frames
from tfmixup.metrics.probabilities import checked_predictions
from tfmixup.metrics.winners import winners_of

__all__ = ["EnsembleGaps", "deep_ensemble", "ensemble_gaps"]


class EnsembleGaps(typing.NamedTuple):
    """Mean confidence minus accuracy; above 0 is overconfident.

    Attributes:
        members: float64 `[num_members]`, the gap of each member.
        ensemble: float, the gap of the average of their probabilities.
        standard_error: float, that of the ensemble's gap.
    """

    members: np.ndarray
    ensemble: float
    standard_error: float


def deep_ensemble(members, from_logits=False):
    """The average of the members' probabilities.

    Probabilities are averaged, not logits: it is the mixture of the members'
    distributions.

    Args:
        members: sequence of float `[n, num_classes]` (or `[n]` or `[n, 1]`, of
            class 1 of two), the predictions of models of one kind that were
            trained from different seeds.
        from_logits: whether these are logits.

    Returns:
        float64 `[n, num_classes]`, rows that sum to 1.

    Raises:
        ValueError: if there is no member, or if the predictions are
            refused (see `tfmixup.metrics.winners_of`).

    Example:

    >>> deep_ensemble([[[0.5, 0.5]], [[1.0, 0.0]]]).tolist()
    [[0.75, 0.25]]

    Reference:
        Lakshminarayanan et al., 2017, https://arxiv.org/abs/1612.01474
    """
    members = [
        np.asarray(member)
        for member in without_frames(
            **{f"members[{n}]": member for n, member in enumerate(members)}
        )
    ]
    if not members or len({member.shape for member in members}) > 1:
        raise ValueError(
            "`members` must be one or more arrays of one shape "
            f"[n, num_classes]. Received: {[m.shape for m in members]}."
        )
    total = 0.0
    for member in members:
        rows = checked_predictions(member, from_logits).astype(np.float64)
        total = total + (special.softmax(rows, axis=1) if from_logits else rows)
    return total / len(members)


def ensemble_gaps(labels, members, from_logits=False):
    """How over- or underconfident each member and their ensemble are.

    Averaging lowers the confidence more than the accuracy rises where members
    disagree, which helps overconfident members. Mixup lowers the confidence
    as well, and the two add up: an ensemble of mixup models is often
    underconfident. A warning says so where the ensemble's gap is below 0 by
    more than two standard errors. Fit a temperature to the ensemble, or use a
    smaller alpha.

    Args:
        labels: int `[n]`, or one-hot `[n, num_classes]`.
        members: see `deep_ensemble`.
        from_logits: whether the members are logits.

    Returns:
        `EnsembleGaps`.

    Raises:
        ValueError: as `deep_ensemble` does, or for labels that are no classes.

    Example:

    >>> members = [[[0.9, 0.1], [0.5, 0.5]], [[0.7, 0.3], [0.9, 0.1]]]
    >>> gaps = ensemble_gaps([0, 1], members)
    >>> gaps.members.round(3).tolist(), round(gaps.ensemble, 3)
    ([0.2, 0.3], 0.25)

    Reference:
        Wen et al., 2021, section 4, https://arxiv.org/abs/2010.09875
    """
    if np.ndim(members) < 2 <= np.ndim(labels):
        raise ValueError(
            "`members` must be predictions [num_members, n, num_classes]. "
            f"Received: shape {np.shape(members)}. The labels come first: "
            "(labels, members)."
        )
    members = list(members)
    labels, *members = without_frames(
        labels=labels,
        **{f"members[{n}]": member for n, member in enumerate(members)},
    )
    average = deep_ensemble(members, from_logits)
    gaps = [_gaps(labels, member, from_logits).mean() for member in members]
    of_examples = _gaps(labels, average, False)
    gap = float(of_examples.mean())
    error = float(of_examples.std() / np.sqrt(len(of_examples)))
    if len(members) > 1 and gap < -2 * error:
        warnings.warn(
            f"The ensemble is underconfident: confidence minus accuracy is "
            f"{gap:.4f} (standard error {error:.4f}); its members have "
            f"{np.mean(gaps):.4f} on average. Averaging and mixup both lower "
            "the confidence. Fit a temperature to the ensemble, or train with "
            "a smaller alpha.",
            stacklevel=2,
        )
    return EnsembleGaps(np.array(gaps), gap, error)


def _gaps(labels, predictions, from_logits):
    found = winners_of(labels, np.asarray(predictions), from_logits)
    return found.confidence.astype(np.float64) - found.correct
